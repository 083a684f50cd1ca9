import type { Dispatcher } from "undici";
import { isModelPath } from "../call.js";

/** Statuses of an answer that is all there, and that a later request may get as well. */
const WHOLE = [200, 203];

/**
 * True where an answer is for this client or this moment alone (RFC 9111, section 5.2.2), or is not all of one. For completions and
 * embeddings `no-cache`, `Set-Cookie` and `Vary` say nothing of that: servers send the first with streams so that no proxy holds them up,
 * and what stands before them sends the others with everything.
 */
export function forbidsKeeping(path: string, { statusCode, headers }: Pick<Dispatcher.ResponseData, "statusCode" | "headers">): boolean {
  const control = [headers["cache-control"] ?? []].flat().join(",").toLowerCase();
  if (!WHOLE.includes(statusCode) || /\b(no-store|private)\b/.test(control)) return true;
  if (isModelPath(path)) return false;
  const vary = [headers["vary"] ?? []].flat().join(",");
  return /\bno-cache\b/.test(control) || vary.includes("*") || headers["set-cookie"] !== undefined;
}
