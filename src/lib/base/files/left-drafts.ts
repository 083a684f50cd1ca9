import { randomUUID } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMarkRunning, ownMark } from "./process-identity.js";

/** What of drafts is in their names: whose they are, which earlier versions left out, and what tells them from others. */
export const DRAFT_TAG = "(?:(\\d+\\.[0-9a-f]{16})-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** One of a writer nothing is known of is left over when nobody has written to it for so long. */
const SILENT_MS = 3_600_000;
/** A folder is looked through so often by a process: some hold many files, and are written to often. */
const LOOK_MS = 3_600_000;
const MAX_REMEMBERED = 1000;

/** A tag for a new draft of this process. */
export function newDraftTag(): string {
  return `${ownMark()}-${randomUUID()}`;
}

/** Removes what killed writers left in a folder under names like that, whose first group is the writer's mark. Never throws. */
export function removeLeftDrafts(folder: string, name: RegExp): void {
  removeLeft(folder, name, ([, mark]) => (mark === undefined ? undefined : isMarkRunning(mark)));
}

/**
 * Removes the files of such names whose writers are gone; `isRunning` says it of a name and its path, undefined where nothing is known: then
 * the file must be an hour old. Looks once an hour at most. Never throws: who writes has other things to do.
 */
export function removeLeft(folder: string, name: RegExp, isRunning: (match: RegExpExecArray, path: string) => boolean | undefined): void {
  const key = `${folder}\n${name.source}`;
  const now = performance.now();
  if (now - (looked.get(key) ?? -Infinity) < LOOK_MS) return;
  if (looked.size >= MAX_REMEMBERED) looked.clear();
  looked.set(key, now);
  orNothing(() => {
    for (const entry of readdirSync(folder)) {
      const match = name.exec(entry);
      if (match) orNothing(() => removeIfLeft(join(folder, entry), (path) => isRunning(match, path)));
    }
  });
}

/** Folders that were looked through, and when, in milliseconds of this process. */
const looked = new Map<string, number>();

function removeIfLeft(path: string, isRunning: (path: string) => boolean | undefined): void {
  const { mtimeMs } = statSync(path);
  if (!(isRunning(path) ?? Date.now() - mtimeMs < SILENT_MS)) rmSync(path, { force: true });
}

/** It may be gone meanwhile, or another user's. */
function orNothing(work: () => void): void {
  try {
    work();
  } catch {
    // what is left is looked at again by the next process
  }
}
