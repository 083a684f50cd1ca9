import type { FastifyRequest } from "fastify";
import { isModelPath } from "../../inference/gateway/call.js";
import { callerOf } from "./caller.js";

/** Who may be given an answer that was kept for another request. */
export interface CacheSharing {
  /** Of routes that are passed on: headers whose values tell answers apart, beside the key. */
  vary: readonly string[];
  /** The header a key may come in, beside Authorization. */
  keyHeader: string;
  /** Answers of such routes are for all keys alike. */
  sharedRoutes: boolean;
  /** Completions and embeddings are for all keys alike: the same model says the same to everybody. */
  sharedCompletions: boolean;
}

export const DEFAULT_SHARING: CacheSharing = {
  vary: ["authorization"],
  keyHeader: "x-api-key",
  sharedRoutes: false,
  sharedCompletions: true,
};

/** Headers that name who asks, beside that of a key. */
const IDENTIFYING = ["authorization", "cookie", "proxy-authorization"];
/** Headers of one connection, which say nothing to the next (RFC 9110, section 7.6.1), and those that a request of our own has anew. */
const OF_A_CONNECTION = ["connection", "host", "content-length", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer", "expect"];

/** What tells requests apart whose answers may not be exchanged, although they ask the same: part of cache keys, never shown. */
export function audienceOf(request: FastifyRequest, path: string, sharing: CacheSharing): readonly string[] {
  if (isModelPath(path)) return sharing.sharedCompletions ? [] : [callerOf(request).id];
  const named = sharing.sharedRoutes ? impersonalNames(sharing) : namesOf(sharing);
  const values = named.map((name) => `${name}: ${[request.headers[name] ?? []].flat().join(", ")}`);
  return sharing.sharedRoutes ? values : [keyOf(request), ...values];
}

/** The headers of `vary` that an upstream of a passed-on route is told, so that its answer can differ by them; who asks is nobody's business there. */
export function passedHeaders({ headers }: FastifyRequest, path: string, sharing: CacheSharing): Record<string, string> {
  if (isModelPath(path)) return {};
  const names = impersonalNames(sharing).filter((name) => !OF_A_CONNECTION.includes(name));
  const given = names.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

function namesOf({ vary }: CacheSharing): string[] {
  return vary.map((name) => name.toLowerCase());
}

/** Those that do not say who asks: a key is never sent on, whichever header it came in. */
function impersonalNames(sharing: CacheSharing): string[] {
  return namesOf(sharing).filter((name) => !IDENTIFYING.includes(name) && name !== sharing.keyHeader.toLowerCase());
}

/** The key's owner; nobody in particular where no keys are needed. */
function keyOf(request: FastifyRequest): string {
  const { id } = callerOf(request);
  return id.startsWith("ip:") ? "" : id;
}
