import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import { chatBodySchema } from "../../inference/openai/wire-chat.js";
import { textBodySchema } from "../../inference/openai/wire-text.js";
import { checkCount, MOST_CHOICES } from "./call-bounds.js";

/** Known fields that can cost more than the bound of a call, or whose cost nobody here knows. */
const UNBOUNDED = ["web_search_options", "prediction", "service_tier", "chat_template", "logits_processors"];
/** Every other field of chats and of text completions: max_tokens, and their own number, bound what they cost. */
const KNOWN = new Set(
  [...Object.keys(chatBodySchema.shape), ...Object.keys(textBodySchema.shape)].filter((name) => !UNBOUNDED.includes(name)),
);

/** The names by which engines are told how many sequences they compute for each answer. */
const BEAMS = ["beam_width", "num_beams"] as const;
/** The names by which they are told how long an answer has to be at least. */
const LEAST_TOKENS = ["min_tokens", "min_new_tokens"] as const;
/** A tool of another kind is run by the upstream itself, whose model then continues with what it brought. */
const TOOLS_OF_CLIENTS = ["function", "custom"];

/**
 * Refuses what could make an upstream compute more than a call's bound: fields that nobody knows here, and tools that an upstream runs
 * itself. What the operator allows, or gives to requests by itself, passes. Throws INVALID_ARGUMENT naming the field.
 */
export function refuseUnbounded(body: JsonObject, allowed: readonly string[], defaults: Readonly<Record<string, unknown>> = {}): void {
  for (const [name, value] of Object.entries(body)) {
    const isGiven = Object.hasOwn(defaults, name) && defaults[name] === value;
    if (value === null || value === undefined || KNOWN.has(name) || isGiven || allowed.includes(name)) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `${name.slice(0, 80)}: a key with a budget cannot send a field whose cost is unknown.`, {
      param: name.slice(0, 80),
      hint: "max_tokens bounds an answer. The operator can allow more fields with --budget-field (security.budget_fields).",
    });
  }
  const { tools } = body;
  if (!Array.isArray(tools) || allowed.includes("tools")) return;
  const other = tools.findIndex((tool: JsonObject | null) => !TOOLS_OF_CLIENTS.includes(String(tool?.["type"])));
  if (other === -1) return;
  throw new LlmopsError("INVALID_ARGUMENT", `tools[${other}]: a key with a budget can only offer functions.`, {
    param: `tools[${other}].type`,
    hint: "The operator can allow other kinds of tools, whose cost is unknown, with --budget-field tools (security.budget_fields).",
  });
}

/** How many sequences are computed for each answer. Throws INVALID_ARGUMENT naming the field. */
export function beamsAsked(body: JsonObject): number {
  for (const name of BEAMS) checkCount(name, body[name], 1, MOST_CHOICES);
  return Math.max(1, ...BEAMS.map((name) => (typeof body[name] === "number" ? body[name] : 1)));
}

/** Refuses an answer that has to be longer than it may. Throws INVALID_ARGUMENT naming the field. */
export function refuseLongerThan(body: JsonObject, most: number): void {
  for (const name of LEAST_TOKENS) {
    checkCount(name, body[name], 0, Number.MAX_SAFE_INTEGER);
    if (typeof body[name] !== "number" || body[name] <= most) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `${name}: ${body[name]} is more than the ${most} tokens that the answer may have.`, {
      param: name,
      hint: "Set max_tokens to at least that.",
    });
  }
}
