import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemCodeOf } from "../../errors/llmops-error.js";

export const SCHEMA = "llmops.journal/1";
/** The process that owns it, and its id. */
const NAME = /^(\d+)-([0-9a-f-]{36})\.jsonl$/;

/** The first line of a journal. */
export interface Header {
  schema: string;
  uri: string;
  host: string;
}

/** The journals in a folder, of processes alive or gone. */
export function listJournals(folder: string): { pid: number; id: string; header: Header; path: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const [, pid, id] = NAME.exec(name) ?? [];
    if (pid === undefined || id === undefined) return [];
    const path = join(folder, name);
    try {
      const header = JSON.parse(readFileSync(path, "utf8").split("\n", 1)[0] ?? "") as Header;
      return header.schema === SCHEMA ? [{ pid: Number(pid), id, header, path }] : [];
    } catch {
      return []; // gone, or its first line was never written
    }
  });
}

/** Whether a process is there. The same number as this process's, as in a container that was started again, is a process that is gone. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === "EPERM";
  }
}
