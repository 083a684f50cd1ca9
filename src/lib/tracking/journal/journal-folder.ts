import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exists, isMarkRunning, ownMark } from "../../base/files/process-identity.js";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";

export const SCHEMA = "llmops.journal/1";
/** The process that owns it, by its mark or, from earlier versions, by its number alone; and its id. */
const NAME = /^(\d+(?:\.[0-9a-f]{16})?)-([0-9a-f-]{36})\.jsonl$/;

/** The first line of a journal. */
export interface Header {
  schema: string;
  uri: string;
  host: string;
}

export interface FoundJournal {
  id: string;
  /** Whether another process has it open that is alive. */
  isInUse: boolean;
  header: Header;
  path: string;
}

/** The journals in a folder, of processes alive or gone. Throws STORE_UNWRITABLE. */
export function listJournals(folder: string): FoundJournal[] {
  return journalFiles(folder).flatMap(({ text, ...file }) => {
    const header = parseHeader(text);
    return header ? [{ ...file, header }] : [];
  });
}

/** Files of processes that are gone whose first line no longer says which store their entries are for. */
export function listDamagedJournals(folder: string): string[] {
  const damaged = journalFiles(folder).filter(({ isInUse, text }) => text.includes("\n") && !parseHeader(text) && !isInUse);
  return damaged.map(({ path }) => path);
}

function journalFiles(folder: string): (Omit<FoundJournal, "header"> & { text: string })[] {
  return namesIn(folder).flatMap((name) => {
    const [, owner, id] = NAME.exec(name) ?? [];
    if (owner === undefined || id === undefined) return [];
    const path = join(folder, name);
    try {
      return [{ id, isInUse: isOtherAlive(owner), path, text: readFileSync(path, "utf8") }];
    } catch {
      return []; // gone meanwhile
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw journalUnwritable(folder, cause);
  }
}

/** STORE_UNWRITABLE for a journal, or the folder of journals. */
export function journalUnwritable(path: string, cause: unknown): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `The journal ${path} cannot be written: ${messageOf(cause)}.`, {
    hint: hintWhereFull(cause, "Make the folder writable, or name another with LLMOPS_STATE_DIR."),
    cause,
  });
}

/** Undefined for a line that was never written to its end, or damaged. */
function parseHeader(text: string): Header | undefined {
  try {
    const header = JSON.parse(text.split("\n", 1)[0] ?? "") as Header | null;
    return header?.schema === SCHEMA && typeof header.uri === "string" ? header : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the owner of a journal is another process, and alive. Earlier versions wrote the number alone: this process's own is then one
 * of a process before it, as in a container that was started again.
 */
function isOtherAlive(owner: string): boolean {
  if (owner === ownMark()) return false;
  // one of this machine before it was started again is gone; those of machines of other names are told by the header
  if (owner.includes(".")) return isMarkRunning(owner) ?? false;
  return Number(owner) !== process.pid && exists(Number(owner));
}
