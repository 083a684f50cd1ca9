import { closeSync, fstatSync, ftruncateSync, openSync, writeFileSync } from "node:fs";

/**
 * Adds text at the end of a file that was opened for appending, and that nobody else writes: all of it, or nothing. A disk that gets full
 * takes a part and refuses the rest, and what is written once there is room again would go on in that line. Returns the bytes added.
 * Throws the system's error.
 */
export function appendWhole(file: number, text: string): number {
  const bytes = Buffer.from(text);
  const before = fstatSync(file);
  try {
    writeFileSync(file, bytes); // writes on where the system takes a part
  } catch (error) {
    if (before.isFile()) ftruncateSync(file, before.size);
    throw error;
  }
  return bytes.length;
}

/** `appendWhole` for a path; a new file gets the mode. Throws the system's error. */
export function appendWholeTo(path: string, text: string, { mode }: { mode: number }): void {
  const file = openSync(path, "a", mode);
  try {
    appendWhole(file, text);
  } finally {
    closeSync(file);
  }
}
