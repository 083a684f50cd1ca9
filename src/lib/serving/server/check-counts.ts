import type { FastifyInstance } from "fastify";
import { limitName, type RequestLimits } from "../../base/config/request-limits.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { promptCount } from "../../inference/openai/prompts.js";

type Counted = { field: string; limit: keyof RequestLimits; noun: string };

/** Fields whose entries are counted, in whichever body of this server's own routes they stand. */
const COUNTED: readonly Counted[] = [
  { field: "messages", limit: "messages", noun: "messages" },
  { field: "tools", limit: "tools", noun: "tools" },
  { field: "stop", limit: "stops", noun: "texts" },
  { field: "logit_bias", limit: "logit_bias", noun: "tokens" },
  { field: "stop_token_ids", limit: "stops", noun: "tokens" },
  { field: "allowed_token_ids", limit: "logit_bias", noun: "tokens" },
  { field: "bad_words", limit: "logit_bias", noun: "texts" },
  { field: "tags", limit: "tags", noun: "tags" },
  { field: "tokens", limit: "detokenize_tokens", noun: "tokens" },
];

/**
 * Refuses bodies of our own routes that have more of something than the limits allow, before their shape is looked at: what is passed on
 * to an upstream's routes is the upstream's to judge.
 */
export function checkCountsBefore(app: FastifyInstance, limits: RequestLimits, passed: readonly string[]): void {
  app.addHook("preValidation", (request, _reply, done) => {
    const { body, routeOptions } = request;
    if (typeof body === "object" && body !== null && !passed.includes(routeOptions.url ?? "")) checkCounts(body, limits);
    done();
  });
}

/** Throws INVALID_ARGUMENT naming the field of a body that has too many entries, the limit and the number. */
export function checkCounts(body: object, limits: RequestLimits): void {
  const fields = body as Readonly<Record<string, unknown>>;
  for (const { field, limit, noun } of COUNTED) {
    const value = fields[field];
    if (typeof value === "object" && value !== null) refuse(field, limit, { found: entriesOf(value), noun, limits });
  }
  const { prompt, stop } = fields;
  refuse("prompt", "prompts", { found: promptCount(prompt), noun: "prompts", limits });
  if (stop === undefined) return;
  const lengths = [stop].flat().map((text) => (typeof text === "string" ? text.length : 0));
  refuse("stop", "stop_length", { found: Math.max(0, ...lengths), noun: "characters in one text", limits });
}

/** What to do about a limit that was met. */
export function hintOf(limit: keyof RequestLimits): string {
  return `Send less at once; ${limitName(limit)} sets the limit.`;
}

function entriesOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function refuse(
  param: string,
  limit: keyof RequestLimits,
  { found, noun, limits }: { found: number; noun: string; limits: RequestLimits },
): void {
  const most = limits[limit];
  if (found <= most) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${param}: ${found} ${noun}, and at most ${most} are taken.`, { param, hint: hintOf(limit) });
}
