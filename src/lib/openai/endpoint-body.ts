import type OpenAI from "openai";
import type { ChatMessage, ChatRequest, CompletionRequest, ResponseFormat, TextRequest, Tool, ToolChoice } from "./completion.js";

/** The body of a streamed chat completion. top_k, min_p and repeat_penalty are extensions of the local servers. */
export function toChatBody(model: string, request: ChatRequest): OpenAI.ChatCompletionCreateParamsStreaming {
  const { messages, tools, toolChoice, topLogprobs, responseFormat } = request;
  const body = {
    ...toCommonBody(model, request),
    messages: messages.map(toWireMessage),
    ...(topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: topLogprobs }),
    ...(responseFormat && { response_format: toWireFormat(responseFormat) }),
    ...(tools && { tools: tools.map(toWireTool) }),
    ...(toolChoice && { tool_choice: toWireToolChoice(toolChoice) }),
    ...(request.singleToolCall && { parallel_tool_calls: false }),
    ...(request.continuesLast && { continue_final_message: true, add_generation_prompt: false }),
  };
  return body as unknown as OpenAI.ChatCompletionCreateParamsStreaming;
}

/** The body of a streamed text completion. */
export function toTextBody(model: string, request: TextRequest): OpenAI.CompletionCreateParamsStreaming {
  const { prompt, suffix, topLogprobs, responseFormat } = request;
  const body = {
    ...toCommonBody(model, request),
    prompt,
    ...(suffix === undefined ? {} : { suffix }),
    ...(topLogprobs === undefined ? {} : { logprobs: topLogprobs }),
    ...(responseFormat && { response_format: toWireFormat(responseFormat) }),
  };
  return body as unknown as OpenAI.CompletionCreateParamsStreaming;
}

/** Members that are undefined are not sent. */
function toCommonBody(model: string, request: CompletionRequest): object {
  return {
    model,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    min_p: request.minP,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    repeat_penalty: request.repeatPenalty,
    logit_bias: request.logitBias,
    ignore_eos: request.ignoreEndTokens,
    max_tokens: request.maxTokens,
    stop: request.stop,
    seed: request.seed,
    n: request.choices,
    stream: true,
    stream_options: { include_usage: true },
  };
}

function toWireMessage({ role, content, toolCalls, toolCallId }: ChatMessage): object {
  const calls = toolCalls?.map((c) => ({ id: c.id, type: "function", function: { name: c.name, arguments: c.arguments } }));
  return { role, content, ...(calls && { tool_calls: calls }), ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }) };
}

function toWireFormat(format: ResponseFormat): object {
  if (format.type === "json_object") return format;
  return { type: "json_schema", json_schema: { name: "answer", strict: true, schema: format.schema } };
}

function toWireTool({ name, description, parameters, strict }: Tool): object {
  return { type: "function", function: { name, description, parameters, strict } };
}

function toWireToolChoice(choice: ToolChoice): string | object {
  return typeof choice === "string" ? choice : { type: "function", function: choice };
}
