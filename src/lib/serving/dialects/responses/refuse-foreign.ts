import { z } from "zod";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import { refusalOf } from "../../../inference/openai/body-issues.js";
import { refused } from "../../../inference/openai/other-fields.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";

const FUNCTIONS_ONLY = ["function", "allowed_tools"];

const OF_TOKENS = "Use /v1/chat/completions, which returns ids and probabilities of tokens.";

/** Fields that change the answer and that this API does not have here: OpenAI's own, and those that the chat API has. */
export const foreignFields = {
  background: refused([false], "Leave it out, and stream the answer instead."),
  conversation: refused([], "Continue a conversation with previous_response_id."),
  prompt: refused([], "Send instructions and input."),
  truncation: refused(["disabled"], "Leave it out, and send what fits the context."),
  context_management: refused([], "Leave it out, and send what fits the context."),
  moderation: refused([], "Leave it out: this server does not moderate."),
  messages: refused([], "Send them as input."),
  max_tokens: refused([], "Use max_output_tokens."),
  max_completion_tokens: refused([], "Use max_output_tokens."),
  response_format: refused([], "Use text.format."),
  reasoning_effort: refused([], "Use reasoning.effort."),
  logprobs: refused([false], 'Use include: ["message.output_text.logprobs"].'),
  n: refused([1], "Send the request again for another answer."),
  n_cmpl: refused([1], "Send the request again for another answer."),
  echo: refused([false], "Prepend the beginning of the answer where you read it."),
  return_token_ids: refused([false], OF_TOKENS),
  return_tokens: refused([false], OF_TOKENS),
  return_tokens_as_token_ids: refused([false], OF_TOKENS),
  prompt_logprobs: refused([], OF_TOKENS),
  n_probs: refused([0], OF_TOKENS),
  post_sampling_probs: refused([false], OF_TOKENS),
};
const foreignSchema = z.looseObject(foreignFields);

/** The same of members of objects. */
const REFUSED: readonly { path: readonly string[]; harmless: readonly unknown[]; hint: string }[] = [
  { path: ["text", "verbosity"], harmless: ["medium"], hint: "Say in instructions how long the answer is to be." },
  { path: ["reasoning", "summary"], harmless: ["auto", "detailed"], hint: "Ask for auto: thoughts are given whole." },
  { path: ["reasoning", "generate_summary"], harmless: ["auto", "detailed"], hint: "Ask for auto: thoughts are given whole." },
];

/** Refuses what only OpenAI's own service can do, and what the chat API calls otherwise. Throws UNSUPPORTED_PARAMETER naming the field. */
export function refuseForeign(body: JsonObject): void {
  checkBody(foreignSchema, body);
  for (const { path, harmless, hint } of REFUSED) {
    const value = path.reduce<unknown>((at, name) => asObject(at)?.[name], body);
    if (value === undefined || value === null || harmless.includes(value)) continue;
    const param = path.join(".");
    throw refusalOf(param, { value, hint });
  }
  const tools = Array.isArray(body["tools"]) ? (body["tools"] as unknown[]) : [];
  tools.forEach((tool, index) => refuseTool(asObject(tool)?.["type"], `tools[${index}].type`, ["function"]));
  const choice = asObject(body["tool_choice"]);
  if (!choice) return;
  refuseTool(choice["type"], "tool_choice.type", FUNCTIONS_ONLY);
  const allowed = Array.isArray(choice["tools"]) ? (choice["tools"] as unknown[]) : [];
  allowed.forEach((tool, index) => refuseTool(asObject(tool)?.["type"], `tool_choice.tools[${index}].type`, ["function"]));
}

function refuseTool(type: unknown, param: string, known: readonly string[]): void {
  if (typeof type !== "string" || known.includes(type)) return;
  const what = `This server does not run the tool ${JSON.stringify(type.slice(0, 80))}: models here are offered functions, which clients run.`;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", what, { param, hint: 'Offer a tool with "type": "function".' });
}
