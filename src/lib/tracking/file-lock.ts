import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { systemCodeOf } from "../errors/llmops-error.js";
import { isAlive } from "./journal/journal-folder.js";

/** A lock that is held, with what releases it, or the process that holds it. */
export type FileLock = { release: () => void; owner: undefined } | { owner: number };

/** Takes a lock file, also one that a process left that is gone. Throws what writing there throws. */
export function lockFile(path: string): FileLock {
  for (;;) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return { release: () => rmSync(path, { force: true }), owner: undefined };
    } catch (cause) {
      if (systemCodeOf(cause) !== "EEXIST") throw cause;
      const owner = Number(readFileSync(path, "utf8"));
      if (owner > 0 && isAlive(owner)) return { owner };
      rmSync(path, { force: true });
    }
  }
}
