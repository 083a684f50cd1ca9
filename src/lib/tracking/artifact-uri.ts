import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LlmopsError } from "../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../base/errors/text-ends.js";
import { checkArtifactPath } from "./artifact-path.js";
import { invalid } from "./mlflow-error.js";

/** The URI of everything a tracking server hands out itself, wherever it keeps it. */
export const PROXIED = "mlflow-artifacts:/";

/** The scheme of a URI in small letters; undefined for a plain path. */
export function schemeOf(uri: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
}

/**
 * The folder of this machine that a URI says: file:///PATH, file:/PATH, or a path, a relative one from `from` on; undefined for other
 * URIs and for none. Throws INVALID_PARAMETER_VALUE for a file: URI that names another machine, or nothing.
 */
export function localFolder(uri: string, from: string): string | undefined {
  const scheme = schemeOf(uri);
  if (uri === "" || uri.includes("\0") || (scheme !== undefined && scheme !== "file")) return undefined;
  if (scheme === undefined) return resolve(from, uri);
  try {
    return resolve(fileURLToPath(new URL(uri)));
  } catch {
    throw invalid(`Invalid artifact location: '${uri}' is not a folder of this machine. Write it as file:///PATH.`);
  }
}

/** Where a file lies below mlflow-artifacts:/; undefined for other URIs. Throws INVALID_PARAMETER_VALUE for what leaves it. */
export function belowProxied(uri: string): string | undefined {
  if (!uri.startsWith(PROXIED)) return undefined;
  const relative = withoutTrailingSlashes(uri.slice(PROXIED.length).replace(/^\/+/, ""));
  checkArtifactPath(relative);
  return relative;
}

/** Whether a URI is of a bucket: s3://, or gs:// for Google's. */
export function isBucketUri(uri: string): boolean {
  return /^(s3|gs):\/\/[^/]/i.test(uri);
}

/** The error for an artifact location that is of no kind that can be reached. */
export function unreachableLocation(uri: string, hint: string): LlmopsError {
  return new LlmopsError("STORE_INCOMPATIBLE", `The artifact location ${uri} cannot be reached from here.`, { hint });
}
