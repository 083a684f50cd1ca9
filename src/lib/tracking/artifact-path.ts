import { invalid } from "./mlflow-error.js";

const MAX_DECODINGS = 10;

/**
 * Throws INVALID_PARAMETER_VALUE for an artifact path that is absolute or leaves its folder, however often
 * it is percent-encoded and with either slash. The empty path is the folder itself.
 */
export function checkArtifactPath(path: string): void {
  let decoded = path;
  for (let round = 0; ; round++) {
    if (leavesFolder(decoded) || round === MAX_DECODINGS) throw invalid(`Invalid path: '${path}'`);
    const next = decodeOnce(decoded);
    if (next === decoded) return;
    decoded = next;
  }
}

function leavesFolder(path: string): boolean {
  if (path.includes("\0") || /^[\\/]/.test(path) || /^[A-Za-z]:[\\/]/.test(path) || /^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return true;
  return path.split(/[\\/]/).some((part) => part === "..");
}

function decodeOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a plain percent sign
  }
}

/** The path percent-encoded for a URL, its slashes kept. */
export function encodeArtifactPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
