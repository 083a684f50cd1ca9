import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCodeOf } from "../errors/llmops-error.js";

/**
 * Makes a folder and those above it; the one place that makes several. Throws what the system says of the first that cannot be made.
 * Node's own way (`recursive`) never ends where a folder that is there takes no folders and says ENOENT, as /proc does.
 */
export function makeFolder(path: string, mode?: number): void {
  try {
    makeOne(path, mode);
  } catch (error) {
    const above = dirname(path);
    if (systemCodeOf(error) !== "ENOENT" || above === path || isFolder(above)) throw error;
    makeFolder(above, mode);
    makeOne(path, mode);
  }
}

/** Makes one folder, unless it is there. */
function makeOne(path: string, mode: number | undefined): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
