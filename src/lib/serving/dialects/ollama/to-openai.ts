import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { refusalOf } from "../../../inference/openai/body-issues.js";
import type { FieldNames } from "../field-names.js";
import { ownFieldsOf } from "../own-fields.js";
import type { Translation } from "../translation.js";
import { toOllamaAnswer, type AnswerKind } from "./ollama-answer.js";
import type { ChatBody, GenerateBody } from "./ollama-body.js";
import { toChatMessages } from "./ollama-messages.js";
import { fromOptions, namesOf } from "./ollama-options.js";
import { OllamaStream } from "./ollama-stream.js";

/** What the chat API's fields are called in Ollama's, beside its options. */
const NAMES: FieldNames = [
  [/^response_format(\.json_schema(\.schema)?)?\b/, "format"],
  [/^reasoning_(effort|budget)\b/, "think"],
];
/** The one message that a prompt is. */
const OF_MESSAGES = [/^messages\b.*/, "prompt"] as const;

/** A request of /api/chat; `model` is what it is called here. Throws UNSUPPORTED_PARAMETER naming the field. */
export function translateChat(body: ChatBody, model: string): Translation {
  const { messages, tools } = body;
  const chat = {
    ...{ model, messages: toChatMessages(messages ?? []), ...answerFields(body) },
    ...(tools && tools.length > 0 && { tools: tools.map((tool) => ({ ...tool, type: "function" })) }),
  };
  return translation("/v1/chat/completions", chat, { kind: "chat", body });
}

/** A request of /api/generate. Throws UNSUPPORTED_PARAMETER naming the field. */
export function translateGenerate(body: GenerateBody, model: string): Translation {
  const { prompt, suffix, system, raw } = body;
  refuseOld(body);
  if (raw === true || suffix) return translation("/v1/completions", rawText(body, model), { kind: "generate", body });
  const messages = [...(system ? [{ role: "system", content: system }] : []), { role: "user", content: prompt ?? "" }];
  return translation("/v1/chat/completions", { model, messages, ...answerFields(body) }, { kind: "generate", body });
}

/** Whether a request only wants its model loaded. */
export function isOnlyLoading(body: ChatBody | GenerateBody): boolean {
  const messages = "messages" in body ? (body.messages ?? []) : [];
  const prompt = "prompt" in body ? (body.prompt ?? "") : "";
  return messages.length === 0 && prompt === "";
}

function translation(
  path: Translation["path"],
  body: JsonObject,
  { kind, body: asked }: { kind: AnswerKind; body: ChatBody | GenerateBody },
): Translation {
  const told = { kind, model: asked.model, begun: performance.now() };
  const isStreamed = asked.stream !== false;
  return {
    path,
    body: { ...body, ...(isStreamed && { stream: true, stream_options: { include_usage: true } }) },
    names: [...namesOf(asked.options), ...(kind === "generate" ? [OF_MESSAGES] : []), ...NAMES],
    toAnswer: (answer) => toOllamaAnswer(answer, told),
    stream: () => new OllamaStream(told),
  };
}

function answerFields(body: ChatBody | GenerateBody): JsonObject {
  const { logprobs, top_logprobs: top } = body;
  const own = ownFieldsOf(body);
  return {
    ...own,
    ...fromOptions(body.options),
    ...toFormat(body.format),
    ...toThinking(body.think, body.chat_template_kwargs ?? {}),
    ...(logprobs === true && { logprobs, ...(typeof top === "number" && { top_logprobs: top }) }),
  };
}

function rawText(body: GenerateBody, model: string): JsonObject {
  const { prompt, suffix, logprobs, system, think } = body;
  if (logprobs === true) throw refusalOf("logprobs", { value: true, hint: "Ask /v1/completions, which has logprobs." });
  if (system) throw refusalOf("system", { value: system, hint: "Put it into the prompt, which is read as it is." });
  const { chat_template, chat_template_kwargs, ...own } = ownFieldsOf(body);
  const [ofChats] = Object.entries({ think, chat_template, chat_template_kwargs }).filter(([, value]) => value);
  if (ofChats) throw refusalOf(ofChats[0], { value: ofChats[1], hint: "Leave it out: the prompt is read without the chat template." });
  // text completions have few tokens where nothing is said: here as many as fit are meant
  const sampling = { max_tokens: -1, ...own, ...fromOptions(body.options), ...toFormat(body.format) };
  return { model, prompt: prompt ?? "", ...(suffix && { suffix }), ...sampling };
}

function toFormat(format: ChatBody["format"]): JsonObject {
  if (!format) return {};
  if (format === "json") return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: { name: "answer", schema: format } } };
}

/** The switches that chat templates have, whichever of them this one reads. */
function toThinking(think: ChatBody["think"], variables: JsonObject): JsonObject {
  if (think === false) return { reasoning_effort: "none", reasoning_budget: 0 };
  if (think === undefined || think === null) return {};
  const effort = think === true ? {} : { reasoning_effort: think === "max" ? "high" : think };
  return { chat_template_kwargs: { enable_thinking: true, thinking: true, ...effort, ...variables } };
}

function refuseOld({ template, context }: GenerateBody): void {
  if (template) throw refusalOf("template", { value: template, hint: "Send the whole prompt with raw, or messages to /api/chat." });
  if (!context || context.length === 0) return;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not support context (${context.length} tokens).`, {
    hint: "Send the conversation as messages to /api/chat: what was evaluated before is reused.",
    param: "context",
  });
}
