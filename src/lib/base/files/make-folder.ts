import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { systemCodeOf } from "../errors/llmops-error.js";

/** Makes a folder and those above it. Throws what the system says: where a file system is read-only Node itself only says that nothing is there. */
export function makeFolder(path: string, mode?: number): void {
  try {
    mkdirSync(path, { recursive: true, ...(mode !== undefined && { mode }) });
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") accessSync(nearestFolder(path), constants.W_OK);
    throw error;
  }
}

function nearestFolder(path: string): string {
  const place = resolve(path);
  return existsSync(place) || dirname(place) === place ? place : nearestFolder(dirname(place));
}
