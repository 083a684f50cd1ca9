import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LlmopsError, messageOf, systemCodeOf } from "../errors/llmops-error.js";
import { writeWholeStream } from "./write-whole.js";
import { makeFolder } from "./make-folder.js";

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "You may not write there: choose another folder, or change its permissions.",
  EPERM: "You may not write there: choose another folder, or change its permissions.",
  EROFS: "That file system is read-only: choose another folder.",
  ENOSPC: "The disk is full: free some space, or choose another folder.",
  ENOENT: "That folder does not exist: create it, or choose another one.",
  ENOTDIR: "A part of that path is a file: choose another folder.",
};

/** Throws INVALID_ARGUMENT for files that could not be written after the work, before it. */
export function checkOutputs(paths: readonly (string | undefined)[]): void {
  for (const path of paths.filter((given) => given !== undefined)) {
    try {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error("it is a folder");
      accessSync(dirname(resolve(path)), constants.W_OK);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }
}

/** Makes a folder for files that are written later. Throws INVALID_ARGUMENT. */
export function prepareFolder(path: string): void {
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Writes a file, whole or not at all. Throws INVALID_ARGUMENT. */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeWholeStream(path, content);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `${path} cannot be written: ${messageOf(cause)}.`, {
    hint: HINTS[systemCodeOf(cause) ?? ""] ?? "Name a file in a folder that exists and that you may write to.",
    cause,
  });
}
