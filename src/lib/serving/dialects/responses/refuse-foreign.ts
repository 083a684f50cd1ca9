import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import { refusalOf } from "../../../inference/openai/body-issues.js";

const FUNCTIONS_ONLY = ["function", "allowed_tools"];

/** Fields that change the answer and that this API does not have here, with the values that mean the same as none. */
const REFUSED: readonly { path: readonly string[]; harmless: readonly unknown[]; hint: string }[] = [
  { path: ["background"], harmless: [false], hint: "Leave it out, and stream the answer instead." },
  { path: ["conversation"], harmless: [], hint: "Continue a conversation with previous_response_id." },
  { path: ["prompt"], harmless: [], hint: "Send instructions and input." },
  { path: ["truncation"], harmless: ["disabled"], hint: "Leave it out, and send what fits the context." },
  { path: ["context_management"], harmless: [], hint: "Leave it out, and send what fits the context." },
  { path: ["moderation"], harmless: [], hint: "Leave it out: nothing is moderated here." },
  { path: ["messages"], harmless: [], hint: "Send them as input." },
  { path: ["max_tokens"], harmless: [], hint: "Say max_output_tokens." },
  { path: ["max_completion_tokens"], harmless: [], hint: "Say max_output_tokens." },
  { path: ["response_format"], harmless: [], hint: "Say text.format." },
  { path: ["reasoning_effort"], harmless: [], hint: "Say reasoning.effort." },
  { path: ["logprobs"], harmless: [false], hint: 'Say include: ["message.output_text.logprobs"].' },
  { path: ["n"], harmless: [1], hint: "Send the request again for another answer." },
  { path: ["text", "verbosity"], harmless: ["medium"], hint: "Say in instructions how long the answer is to be." },
  { path: ["reasoning", "summary"], harmless: ["auto", "detailed"], hint: "Ask for auto: thoughts are given whole." },
  { path: ["reasoning", "generate_summary"], harmless: ["auto", "detailed"], hint: "Ask for auto: thoughts are given whole." },
];

/** Refuses what only OpenAI's own service can do, and what the chat API calls otherwise. Throws UNSUPPORTED_PARAMETER naming the field. */
export function refuseForeign(body: JsonObject): void {
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
