import { SAMPLING_KEYS, SAMPLING_PARAMETERS } from "../../base/config/sampling-parameters.js";
import type { ChatMessage, ChatRequest, CompletionRequest, ResponseFormat, TextRequest, Tool, ToolChoice } from "./completion.js";
import type { Habits } from "./endpoint-memory.js";
import { foldSystem } from "./fold-system.js";
import type { JsonObject } from "./json-object.js";

/**
 * The body of a streamed chat or text completion. top_k, min_p and repeat_penalty are extensions of the local servers; `extra` goes over
 * what is built, and takes a member away where it says null.
 */
export function toBody(model: string, request: CompletionRequest, habits: Habits, extra: JsonObject = {}): JsonObject {
  const built = "messages" in request ? toChatBody(request, habits) : toTextBody(request);
  const body: JsonObject = { ...toCommonBody(model, request, habits), ...built };
  const members = { ...body, ...extra, ...request.extra };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

function toChatBody(request: ChatRequest, { foldsSystem }: Habits): JsonObject {
  const { messages, tools, toolChoice, topLogprobs, responseFormat } = request;
  return {
    messages: (foldsSystem ? foldSystem(messages) : messages).map(toWireMessage),
    ...(topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: topLogprobs }),
    ...(responseFormat && toWireFormat(responseFormat)),
    ...(tools && { tools: tools.map(toWireTool) }),
    ...(toolChoice && { tool_choice: toWireToolChoice(toolChoice) }),
    ...(request.singleToolCall && { parallel_tool_calls: false }),
    ...(request.continuesLast && { continue_final_message: true, add_generation_prompt: false }),
    ...toTemplateFields(request),
  };
}

function toTemplateFields({ withoutAnswer, templateVariables, chatTemplate, documents, reasoningEffort }: ChatRequest): JsonObject {
  return {
    ...(withoutAnswer && { add_generation_prompt: false }),
    ...(templateVariables && { chat_template_kwargs: templateVariables }),
    ...(chatTemplate !== undefined && { chat_template: chatTemplate }),
    ...(documents && { documents }),
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
  };
}

function toTextBody({ prompt, suffix, withoutBeginning, topLogprobs, responseFormat }: TextRequest): JsonObject {
  return {
    prompt,
    ...(suffix === undefined ? {} : { suffix }),
    ...(withoutBeginning && { add_special_tokens: false }),
    ...(topLogprobs === undefined ? {} : { logprobs: topLogprobs }),
    ...(responseFormat && toWireFormat(responseFormat)),
  };
}

function toCommonBody(model: string, request: CompletionRequest, { maxTokensField, omits }: Habits): JsonObject {
  const omitsTemperature = omits.has("temperature") && request.wishes?.includes("temperature");
  // the newer name is one of chats alone
  const field = "messages" in request ? maxTokensField : "max_tokens";
  return {
    model,
    ...Object.fromEntries(SAMPLING_KEYS.map((key) => [SAMPLING_PARAMETERS[key].name, request[key]])),
    ...(omitsTemperature && { temperature: undefined }),
    ...toRuleFields(request),
    ignore_eos: request.ignoreEndTokens,
    max_tokens: undefined,
    [field]: request.maxTokens,
    stop: request.stop,
    ...(omits.has("seed") && { seed: undefined }),
    n: request.choices,
    stream: true,
    stream_options: omits.has("stream_options") ? undefined : { include_usage: true },
  };
}

/** vLLM's names, and llama-server's where vLLM has none: what asks for a rule is to be told of it, or to hear that it is refused. */
function toRuleFields(request: CompletionRequest): JsonObject {
  const biases = [...Object.entries(request.logitBias ?? {}), ...(request.textBias ?? [])];
  const finite = biases.map(([what, bias]) => [what, Number.isFinite(bias) ? bias : false] as const);
  return {
    logit_bias: request.logitBias || request.textBias ? Object.fromEntries(finite) : undefined,
    allowed_token_ids: request.allowedTokens,
    bad_words: request.badWords,
    stop_token_ids: request.stopTokens,
    include_stop_str_in_output: request.keepsStop,
    skip_special_tokens: request.showsSpecial && false,
    truncate_prompt_tokens: request.promptTail,
    t_max_predict_ms: request.decodeLimitMs,
    samplers: request.samplers,
    dry_sequence_breakers: request.dryBreakers,
    penalize_prompt: request.countsPrompt,
  };
}

function toWireMessage({ role, content, name, thoughts, toolCalls, toolCallId }: ChatMessage): object {
  const calls = toolCalls?.map((c) => ({ id: c.id, type: "function", function: { name: c.name, arguments: c.arguments } }));
  return {
    ...{ role, content },
    ...(name !== undefined && { name }),
    ...(thoughts !== undefined && { reasoning_content: thoughts }),
    ...(calls && { tool_calls: calls }),
    ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
  };
}

/** OpenAI's field for JSON, vLLM's for what OpenAI has none for. */
function toWireFormat(format: ResponseFormat): object {
  switch (format.type) {
    case "json_object":
      return { response_format: { type: "json_object" } };
    case "json_schema":
      return { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: format.schema } } };
    case "grammar":
      return { structured_outputs: { grammar: format.grammar } };
    case "regex":
      return { structured_outputs: { regex: format.pattern } };
    case "choice":
      return { structured_outputs: { choice: format.choices } };
  }
}

function toWireTool({ name, description, parameters, strict }: Tool): object {
  return { type: "function", function: { name, description, parameters, strict } };
}

function toWireToolChoice(choice: ToolChoice): string | object {
  return typeof choice === "string" ? choice : { type: "function", function: choice };
}
