import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import { newId } from "./new-id.js";
import type { ResponsesRequest } from "./request-schema.js";

/** How a response ended, as far as it has. */
export type ResponseEnd = "in_progress" | "completed" | "max_output_tokens" | "content_filter" | "failed";

/** Of answers: what this server adds to those of the chat API. */
const ADDED = ["performance", "timings", "experiment_tracking", "request_id"];

/** Fields of a request that its response repeats, with what they are where it does not say. */
const REPEATED: Partial<Record<keyof ResponsesRequest, unknown>> = {
  ...{ instructions: null, max_output_tokens: null, parallel_tool_calls: true, previous_response_id: null, store: true },
  ...{ temperature: null, top_p: null, top_logprobs: 0, tool_choice: "auto", user: null, metadata: {} },
  ...{ prompt_cache_key: null, safety_identifier: null },
};

/** One response from its beginning: what it says of its request, and of itself, at each time. */
export class ResponseHead {
  readonly id = newId("resp");
  private readonly createdAt = Math.floor(Date.now() / 1000);
  private readonly request: ResponsesRequest;

  constructor(request: ResponsesRequest) {
    this.request = request;
  }

  /**
   * The response as the API shows it. `answer` is any part of the chat API's answer with its model; `beside` what is known only at the end.
   */
  show(end: ResponseEnd, output: readonly JsonObject[], answer: JsonObject, beside: { usage?: unknown; error?: object } = {}): JsonObject {
    const { request } = this;
    const isIncomplete = end === "max_output_tokens" || end === "content_filter";
    return {
      ...{ id: this.id, object: "response", created_at: this.createdAt, status: isIncomplete ? "incomplete" : end, background: false },
      ...(end === "completed" && { completed_at: Math.floor(Date.now() / 1000) }),
      error: beside.error ?? null,
      incomplete_details: isIncomplete ? { reason: end } : null,
      model: typeof answer["model"] === "string" ? answer["model"] : (request.model ?? ""),
      output,
      ...repeated(request),
      ...{ truncation: "disabled", service_tier: "default", usage: toUsage(beside.usage) },
      ...Object.fromEntries(ADDED.flatMap((name) => (answer[name] === undefined ? [] : [[name, answer[name]]]))),
    };
  }
}

/** What a response says of its request. */
function repeated(request: ResponsesRequest): JsonObject {
  const same = Object.entries(REPEATED).map(([name, standard]) => [name, request[name as keyof ResponsesRequest] ?? standard]);
  return {
    ...(Object.fromEntries(same) as JsonObject),
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    text: { format: request.text?.format ?? { type: "text" }, verbosity: "medium" },
    tools: (request.tools ?? []).map(shownTool),
  };
}

/** How an answer ended, by the chat API's word for it. */
export function endOf(finishReason: unknown): ResponseEnd {
  if (finishReason === "length") return "max_output_tokens";
  return finishReason === "content_filter" ? "content_filter" : "completed";
}

function shownTool({ name, description, parameters, strict }: NonNullable<ResponsesRequest["tools"]>[number]): object {
  return { type: "function", name, description: description ?? null, parameters: parameters ?? null, strict: strict ?? false };
}

/** The token counts under this API's names; null where nobody told them. */
function toUsage(usage: unknown): JsonObject | null {
  const told = asObject(usage);
  if (!told) return null;
  const count = (value: unknown) => (typeof value === "number" ? value : 0);
  const [input, output] = [count(told["prompt_tokens"]), count(told["completion_tokens"])];
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: count(asObject(told["prompt_tokens_details"])?.["cached_tokens"]), cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: count(asObject(told["completion_tokens_details"])?.["reasoning_tokens"]) },
    total_tokens: input + output,
  };
}
