import { join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { systemCodeOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import type { ScaffoldFile } from "./template-kinds.js";

/** What writing a file would do. */
export interface FileChange extends ScaffoldFile {
  state: "new" | "same" | "different";
  /** From what is there to what would be written, as a unified diff. */
  diff: string;
}

/** Holds files against a folder. Throws what reading throws. */
export function compareFiles(folder: string, files: readonly ScaffoldFile[]): FileChange[] {
  return files.map((file) => {
    const before = readIfThere(join(folder, file.path));
    if (before === undefined) return { ...file, state: "new", diff: "" };
    if (before === file.content) return { ...file, state: "same", diff: "" };
    const diff = createTwoFilesPatch(file.path, `${file.path} (new)`, before, file.content, undefined, undefined, { context: 2 });
    return { ...file, state: "different", diff };
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readTextFile(path);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT" || systemCodeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
