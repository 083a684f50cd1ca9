import type { FastifyReply, FastifyRequest } from "fastify";
import type { Admission } from "../access/access.js";
import { costOf } from "../access/limit.js";
import type { Call } from "../../inference/gateway/call.js";
import { answersAsked, askedTokens, asksForAll, promptBound, withStandardBound } from "./call-bounds.js";
import { callerOf } from "./caller.js";
import { beamsAsked, refuseLongerThan, refuseUnbounded } from "./metered-fields.js";
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
/** OpenAI's default of /v1/completions. */
const TEXT_MAX_TOKENS = 16;

/** Lets a call in by the caller's limits. Throws RATE_LIMITED, and INVALID_ARGUMENT for what no limit can bound. */
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
  const isText = call.path === "/v1/completions";
  if (!isText && call.path !== "/v1/chat/completions") return { call, worst: { prompt: promptBound(call), completion: 0 } };
  refuseUnbounded(call.body, service.budgetFields, service.defaultsOf(call.body));
  const local = service.loadedFor(call);
  const prompt = local ? (await promptTokens(local, call)).length : promptBound(call);
  const longest = local ? Math.max(1, local.contextSize - prompt) : (defaultMaxTokens ?? DEFAULT_MAX_TOKENS);
  const asked = askedTokens(call.body) ?? (isText && !asksForAll(call.body) ? TEXT_MAX_TOKENS : longest);
  // a model of this process ends an answer where its context does
  const most = local ? Math.min(asked, longest) : asked;
  refuseLongerThan(call.body, most);
  const completion = most * answersAsked(call) * beamsAsked(call.body);
  return { call: { ...call, body: withStandardBound(call.body, most) }, worst: { prompt, completion } };
}
