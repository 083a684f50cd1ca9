import type { FastifyReply, FastifyRequest } from "fastify";
import type { Admission } from "../access/access.js";
import type { Caller } from "../access/api-keys.js";
import { costOf } from "../access/limit.js";
import type { Call } from "../gateway/call.js";
import { promptTokens } from "./prompt-text.js";
import type { Service } from "./service.js";

const callers = new WeakMap<FastifyRequest, Caller>();

/** Remembers whose key a request came with. */
export function noteCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sent a request: the owner of its key, or its address. */
export function callerOf(request: FastifyRequest): Caller {
  return callers.get(request) ?? { id: `ip:${request.ip}`, name: request.ip, limits: [], maxParallel: undefined };
}

/** Lets a call in by the caller's limits. Throws RATE_LIMITED. Returns the call as it may be made: with a bound where one is needed. */
export async function admit(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  call: Call,
): Promise<{ call: Call; admission: Admission | undefined }> {
  const { access, prices } = service;
  if (!access) return { call, admission: undefined };
  const caller = callerOf(request);
  const metered = access.isMetered(caller);
  const bounded = metered ? withBound(service, call) : call;
  const worst = metered ? worstTokens(service, bounded) : { prompt: 0, completion: 0 };
  const admission = await access.admit(caller, costOf(worst, prices));
  for (const [name, value] of Object.entries(admission.headers)) void reply.header(name, value);
  return { call: bounded, admission };
}

/** An upstream may answer without end: where tokens are counted, max_tokens is set. */
function withBound({ local, defaultMaxTokens }: Service, call: Call): Call {
  if (local || askedTokens(call) !== undefined || call.path === "/v1/embeddings") return call;
  return { ...call, body: { ...call.body, max_tokens: defaultMaxTokens ?? DEFAULT_MAX_TOKENS } };
}

const DEFAULT_MAX_TOKENS = 4096;

/** The most tokens a call can take. */
function worstTokens(service: Service, call: Call): { prompt: number; completion: number } {
  const { local } = service;
  const choices = Math.max(1, Number(call.body["n"] ?? 1));
  if (!local) {
    // a token has at least one byte
    return { prompt: Buffer.byteLength(JSON.stringify(call.body)), completion: (askedTokens(call) ?? 0) * choices };
  }
  if (call.path === "/v1/embeddings") return { prompt: Buffer.byteLength(JSON.stringify(call.body["input"])), completion: 0 };
  const prompt = promptTokens(service, call).length;
  return { prompt, completion: (askedTokens(call) ?? Math.max(0, local.contextSize - prompt)) * choices };
}

function askedTokens({ body, path }: Call): number | undefined {
  const asked = body["max_completion_tokens"] ?? body["max_tokens"] ?? (path === "/v1/completions" ? 16 : undefined);
  return typeof asked === "number" ? asked : undefined;
}
