import type { FastifyRequest } from "fastify";
import { callerOf } from "./caller.js";

/** Who may be given an answer that was kept for another request. */
export interface CacheSharing {
  /** Of routes that are passed on: headers whose values tell answers apart, beside the key. */
  vary: readonly string[];
  /** Answers of such routes are for all keys alike. */
  sharedRoutes: boolean;
  /** Completions and embeddings are for all keys alike: the same model says the same to everybody. */
  sharedCompletions: boolean;
}

export const DEFAULT_SHARING: CacheSharing = { vary: ["authorization"], sharedRoutes: false, sharedCompletions: true };

/** Headers that name who asks. */
const IDENTIFYING = ["authorization", "cookie"];

/** What tells requests apart whose answers may not be exchanged, although they ask the same: part of cache keys, never shown. */
export function audienceOf(request: FastifyRequest, kind: "completion" | "route", sharing: CacheSharing): readonly string[] {
  if (kind === "completion") return sharing.sharedCompletions ? [] : [callerOf(request).id];
  const { vary, sharedRoutes } = sharing;
  const names = sharedRoutes ? vary.filter((name) => !IDENTIFYING.includes(name.toLowerCase())) : vary;
  const values = names.map((name) => `${name.toLowerCase()}: ${[request.headers[name.toLowerCase()] ?? []].flat().join(", ")}`);
  return sharedRoutes ? values : [keyOf(request), ...values];
}

/** The headers of `vary` that an upstream is told, so that its answer can differ by them; who asks is nobody's business there. */
export function passedHeaders({ headers }: FastifyRequest, { vary }: CacheSharing): Record<string, string> {
  const names = vary.map((name) => name.toLowerCase()).filter((name) => !IDENTIFYING.includes(name));
  const given = names.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

/** The key's owner; nobody in particular where no keys are needed. */
function keyOf(request: FastifyRequest): string {
  const { id } = callerOf(request);
  return id.startsWith("ip:") ? "" : id;
}
