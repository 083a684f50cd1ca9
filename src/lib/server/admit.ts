import type { FastifyReply, FastifyRequest } from "fastify";
import type { Admission } from "../access/access.js";
import { costOf } from "../access/limit.js";
import type { Call } from "../gateway/call.js";
import { callerOf } from "./caller.js";
import { promptTokens } from "./prompt-text.js";
import type { Service } from "./service.js";

/** A call that was let in. */
export interface Admitted {
  /** As it may be made: with a bound on its tokens where they are counted. */
  call: Call;
  /** The most tokens it can take; 0 where they are not counted. */
  worst: TokenCounts;
  /** Undefined where nothing is limited. */
  admission: Admission | undefined;
}

export interface TokenCounts {
  prompt: number;
  completion: number;
}

const NOTHING: TokenCounts = { prompt: 0, completion: 0 };
const DEFAULT_MAX_TOKENS = 4096;

/** Lets a call in by the caller's limits. Throws RATE_LIMITED. */
export async function admit(service: Service, request: FastifyRequest, reply: FastifyReply, asked: Call): Promise<Admitted> {
  const { access, prices } = service;
  if (!access) return { call: asked, worst: NOTHING, admission: undefined };
  const caller = callerOf(request);
  const { call, worst } = access.isMetered(caller) ? await bound(service, asked) : { call: asked, worst: NOTHING };
  const admission = await access.admit(caller, costOf(worst, prices));
  for (const [name, value] of Object.entries(admission.headers)) void reply.header(name, value);
  return { call, worst, admission };
}

/** The most tokens a call can take, and the call held to that: whoever answers may otherwise go on without end. */
async function bound(service: Service, call: Call): Promise<{ call: Call; worst: TokenCounts }> {
  const { defaultMaxTokens } = service;
  const local = service.loadedFor(call);
  // a token has at least one byte
  const bytes = Buffer.byteLength(JSON.stringify(call.body));
  if (call.path !== "/v1/chat/completions" && call.path !== "/v1/completions") return { call, worst: { prompt: bytes, completion: 0 } };
  const prompt = local ? (await promptTokens(local, call)).length : bytes;
  const asked = askedTokens(call);
  const most = asked ?? (local ? Math.max(1, local.contextSize - prompt) : (defaultMaxTokens ?? DEFAULT_MAX_TOKENS));
  const held = asked === undefined ? { ...call, body: { ...call.body, max_tokens: most } } : call;
  return { call: held, worst: { prompt, completion: most * Math.max(1, Number(call.body["n"] ?? 1)) } };
}

function askedTokens({ body, path }: Call): number | undefined {
  const asked = body["max_completion_tokens"] ?? body["max_tokens"] ?? (path === "/v1/completions" ? 16 : undefined);
  return typeof asked === "number" ? asked : undefined;
}
