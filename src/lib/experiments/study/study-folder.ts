import { randomInt } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { takeLock } from "../../base/files/file-lock.js";
import { readHeader, type StudyHeader } from "./study-journal.js";

/** Finished studies kept for --retry-failed and `compare`. */
const KEPT = 50;

/** The last part of an id has so many values. */
const PARTS_OF_A_SECOND = 0x10000;

/**
 * An id that sorts by time: 20261121-133502-4f9a. Its last part is the fraction of the second, by chance within one millisecond: "last" is
 * the last of several studies of one second too.
 */
export function newStudyId(now = new Date()): string {
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const [from = 0, to = 0] = [0, 1].map((more) => Math.floor(((now.getUTCMilliseconds() + more) * PARTS_OF_A_SECOND) / 1000));
  return `${stamp}-${randomInt(from, to).toString(16).padStart(4, "0")}`;
}

/** An id that no study of the folder has. */
export function freeStudyId(parent: string): string {
  const id = newStudyId();
  return existsSync(join(parent, id)) ? freeStudyId(parent) : id;
}

/** Studies of a kind: how they are called, and which they are. */
export interface StudyKind {
  what: string;
  includes: (header: StudyHeader) => boolean;
}

/** Studies of a command. */
export function studiesOf(command: string): StudyKind {
  return { what: `study of ${command}`, includes: (header) => header.command === command };
}

/** The study an id, its beginning, or "last" names; "last" is the last one of that kind, where one is given. Throws STUDY_NOT_FOUND. */
export function findStudy(parent: string, name: string, kind?: StudyKind): StudyHeader {
  const all = listStudies(parent);
  const ids = kind === undefined || name !== "last" ? all : all.filter((id) => kind.includes(readHeader(join(parent, id))));
  const found = name === "last" ? ids.slice(-1) : ids.filter((id) => id.startsWith(name));
  const exact = found.find((id) => id === name) ?? (found.length === 1 ? found[0] : undefined);
  if (exact !== undefined) return readHeader(join(parent, exact));
  const what = kind === undefined || name !== "last" ? `study "${name}"` : kind.what;
  const why = found.length > 1 ? `${found.length} studies begin with "${name}"` : `No ${what} was found`;
  const newest = ids.slice(-3).reverse();
  throw new LlmopsError("STUDY_NOT_FOUND", `${why} in ${parent}.`, {
    hint: newest.length === 0 ? "None has been started here." : `The newest are: ${newest.join(", ")}; "last" names the last one.`,
  });
}

/** Removes all but the newest finished studies. */
export function pruneStudies(parent: string): void {
  const finished = listStudies(parent).filter((id) => readHeader(join(parent, id)).status === "finished");
  for (const id of finished.slice(0, -KEPT)) rmSync(join(parent, id), { recursive: true, force: true });
}

/**
 * Keeps a study to one process: throws STUDY_BUSY while another one that is alive has it. Returns what gives it back.
 */
export function lockStudy(parent: string, id: string): () => void {
  const lock = takeLock(join(parent, id, "lock"));
  if (lock.owner === undefined) return lock.release;
  throw new LlmopsError("STUDY_BUSY", `The study ${id} is being run by process ${lock.owner}.`, {
    hint: "Wait for it to finish, or stop it.",
  });
}

function listStudies(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter((id) => existsSync(join(parent, id, "study.json")))
    .sort();
}
