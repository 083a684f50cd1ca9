import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Call, JsonObject } from "../../inference/gateway/call.js";
import { tokensOfBytes } from "../../inference/gateway/token-tally.js";
import { promptCount } from "../../inference/openai/prompts.js";

/** The names by which clients and engines say how long an answer may be; an engine may heed any of them. */
const MOST_TOKENS = ["max_tokens", "max_completion_tokens", "n_predict", "max_new_tokens"] as const;
/** The names by which they say how many answers are computed for each prompt. */
const CHOICES = ["n", "best_of", "n_cmpl"] as const;
/** So many of anything that multiplies what is computed. */
export const MOST_CHOICES = 128;
/** What a picture, a sound or a file can take as a prompt, whose bytes say nothing of it: Qwen2-VL's most for one picture. */
const TOKENS_OF_A_MEDIUM = 16_384;

/**
 * A body whose amounts are counts, and say one thing: where several fields bound the answer's length all of them get the smallest, so
 * that it does not matter which of them an upstream heeds. Throws INVALID_ARGUMENT naming the field.
 */
export function withOneBound(body: JsonObject): JsonObject {
  for (const name of CHOICES) checkCount(name, body[name], 1, MOST_CHOICES);
  for (const name of MOST_TOKENS) checkCount(name, body[name], -1, Number.MAX_SAFE_INTEGER);
  const said = MOST_TOKENS.filter((name) => typeof body[name] === "number");
  const least = askedTokens(body);
  if (said.length < 2 || least === undefined) return body;
  return { ...body, ...Object.fromEntries(said.map((name) => [name, least])) };
}

/** The most tokens of one answer that a checked body asks for; undefined where it says nothing, or asks for as many as there can be. */
export function askedTokens(body: JsonObject): number | undefined {
  const said = MOST_TOKENS.map((name) => body[name]).filter((value) => typeof value === "number" && value >= 0) as number[];
  return said.length === 0 ? undefined : Math.min(...said);
}

/** True where a body asks for as many tokens as there can be, and nothing in it bounds them. */
export function asksForAll(body: JsonObject): boolean {
  return askedTokens(body) === undefined && MOST_TOKENS.some((name) => body[name] === -1);
}

/**
 * A body whose bound stands where every upstream heeds it: what one engine calls n_predict another ignores. Who says
 * max_completion_tokens means a model that may refuse max_tokens.
 */
export function withStandardBound(body: JsonObject, most: number): JsonObject {
  const unbounded = MOST_TOKENS.filter((name) => body[name] === -1);
  const bounded = { ...body, ...Object.fromEntries(unbounded.map((name) => [name, most])) };
  const isSaid = typeof bounded["max_tokens"] === "number" || typeof bounded["max_completion_tokens"] === "number";
  return isSaid ? bounded : { ...bounded, max_tokens: most };
}

/** How many answers are computed: for each prompt the most that any of its fields asks for. */
export function answersAsked({ path, body }: Call): number {
  const each = Math.max(1, ...CHOICES.map((name) => (typeof body[name] === "number" ? body[name] : 1)));
  const { prompt } = body;
  return path === "/v1/completions" ? each * promptCount(prompt) : each;
}

/** The most tokens a call's prompts can be where no tokenizer is at hand: a token has at least one byte, media are counted on top. */
export function promptBound(call: Call): number {
  return bytesOf(call) + TOKENS_OF_A_MEDIUM * mediaOf(call.body);
}

/** About how many tokens a call's prompts were, of which nobody told the number. */
export function promptGuess(call: Call): number {
  return tokensOfBytes(bytesOf(call)) + TOKENS_OF_A_MEDIUM * mediaOf(call.body);
}

function bytesOf({ body, query = "" }: Call): number {
  return Buffer.byteLength(JSON.stringify(body) + query);
}

function mediaOf({ messages }: JsonObject): number {
  if (!Array.isArray(messages)) return 0;
  const parts = messages.flatMap((message: JsonObject | null) => message?.["content"] ?? []) as unknown[];
  return parts.filter(
    (part) => typeof part === "object" && part !== null && !["text", "refusal"].includes(String((part as JsonObject)["type"])),
  ).length;
}

/** Throws INVALID_ARGUMENT for what is said and is not a whole number within these. */
export function checkCount(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined || value === null) return;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return;
  const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
  throw new LlmopsError("INVALID_ARGUMENT", `${name}: ${JSON.stringify(value)?.slice(0, 80)} is not a whole number from ${least}${upTo}.`, {
    param: name,
  });
}
