import { z } from "zod";
import {
  REASONING_FORMATS,
  type ChatMessage,
  type ChatRequest,
  type Choice,
  type ChosenLogprob,
  type Chunk,
  type ChunkOf,
  type Tool,
  type ToolChoice,
  type TokenLogprob,
} from "./completion.js";
import type { Deadlines } from "./deadlines.js";
import { refused, taken } from "./other-fields.js";
import { toWireEnd, type AnswerHead } from "./wire-answer.js";
import { checkBody, commonFields, logprobCount, maxTokens, toDeadlines, toSampling } from "./wire-fields.js";
import { formatFields, toResponseFormat } from "./wire-format.js";
import { templateFields, toTemplateRequest } from "./wire-template.js";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const parts = z.array(textPart).transform((all) => all.map((part) => part.text).join(""));
const content = z.union([z.string(), parts], { error: ({ input }) => contentError(input) });
const callArguments = z.union([z.string(), z.record(z.string(), z.unknown()).transform((members) => JSON.stringify(members))], {
  error: "JSON text is expected",
});
const call = z.object({ id: z.string(), type: z.literal("function"), function: z.object({ name: z.string(), arguments: callArguments }) });
const name = z.string().nullish();
const thought = z.string().nullish();
const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer", "user"]), content, name }),
  z.object({
    ...{ role: z.literal("assistant"), content: content.nullish(), name, tool_calls: z.array(call).nullish() },
    ...{ reasoning_content: thought, reasoning: thought },
  }),
  z.object({ role: z.literal("tool"), content, tool_call_id: z.string(), name }),
]);
const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string().regex(/^[\w.-]{1,128}$/, "a name has up to 128 letters, digits, dots, dashes and underscores"),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
});
const toolChoice = z.union(
  [z.enum(["none", "auto", "required"]), z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) })],
  { error: "none, auto, required, or a function with its name, is expected" },
);

/** POST /v1/chat/completions, as platform.openai.com/docs/api-reference/chat/create has it. */
export const chatBodySchema = z.object({
  messages: z.array(message).min(1).describe("Roles system, developer, user, assistant, tool; text only."),
  ...commonFields,
  max_tokens: maxTokens.nullish().describe("As many as fit the context when absent, or -1; 0 for none."),
  max_completion_tokens: maxTokens.nullish().describe("The same as max_tokens."),
  ...formatFields,
  logprobs: z.boolean().nullish().describe("Give the log-probability of every token, before any sampling setting."),
  top_logprobs: logprobCount.nullish().describe("And of so many of the likeliest at its place."),
  tools: z.array(tool).max(128).nullish().describe("Functions the model may call, where its chat template knows how."),
  tool_choice: toolChoice.nullish().describe("none, auto, required, or one function."),
  parallel_tool_calls: z.boolean().nullish().describe("false ends the answer after the first call."),
  reasoning_format: z
    .enum(REASONING_FORMATS)
    .nullish()
    .describe("Where thoughts go: auto and deepseek give them apart, none leaves them in the text (llama-server's name)."),
  reasoning_budget: z
    .number()
    .int()
    .min(-1)
    .nullish()
    .describe("Tokens a thought may have: -1 for any number, 0 for none (llama-server's name)."),
  continue_final_message: z.boolean().nullish().describe("Continue the assistant's last message (vLLM's name)."),
  ...templateFields,
  echo: refused([false], "Say continue_final_message, whose last message you have."),
  best_of: refused([1], "Set n, and choose by logprobs among the answers."),
  add_special_tokens: taken("the prompt begins once with the token that prompts begin with"),
  modalities: z.array(z.literal("text", { error: "only text is supported" })).nullish(),
});

export interface ParsedRequest<Request> {
  completion: Request;
  stream: boolean;
  includeUsage: boolean;
  deadlines: Partial<Deadlines>;
}

/** Checks a request body. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the field. */
export function parseChatRequest(body: unknown): ParsedRequest<ChatRequest> {
  const r = checkBody(chatBodySchema, body);
  const completion: ChatRequest = {
    messages: r.messages.map(toMessage),
    ...toSampling(r),
    ...toResponseFormat(r),
    ...toLogprobs(r),
    ...(r.tools && r.tools.length > 0 ? { tools: r.tools.map(toTool) } : {}),
    ...(r.tool_choice ? { toolChoice: toToolChoice(r.tool_choice) } : {}),
    ...(r.parallel_tool_calls === false ? { singleToolCall: true } : {}),
    ...toReasoning(r),
    ...(r.continue_final_message ? { continuesLast: true } : {}),
    ...toTemplateRequest(r),
  };
  return { completion, stream: r.stream ?? false, includeUsage: r.stream_options?.include_usage ?? false, deadlines: toDeadlines(r) };
}

/** Says what of a content cannot be taken. */
function contentError(input: unknown): string {
  if (!Array.isArray(input)) return "a text, or a list of text parts, is expected";
  const types = input.map((part: { type?: unknown } | null) => part?.type);
  const other = types.find((type) => type !== "text");
  return other === undefined
    ? "a text part needs its text"
    : `only text parts are supported, not ${JSON.stringify(other)}: models are given no pictures, sounds or files`;
}

function toLogprobs(r: z.output<typeof chatBodySchema>): Pick<ChatRequest, "topLogprobs"> {
  return r.logprobs || typeof r.n_probs === "number" ? { topLogprobs: r.top_logprobs ?? r.n_probs ?? 0 } : {};
}

function toReasoning(r: z.output<typeof chatBodySchema>): Pick<ChatRequest, "reasoningFormat" | "reasoningBudget"> {
  const { reasoning_format: format, reasoning_budget: budget } = r;
  return { ...(format && { reasoningFormat: format }), ...(typeof budget === "number" && { reasoningBudget: budget }) };
}

function toMessage(m: z.output<typeof message>): ChatMessage {
  const named = typeof m.name === "string" ? { name: m.name } : {};
  if (m.role === "tool") return { role: "tool", content: m.content, toolCallId: m.tool_call_id, ...named };
  if (m.role !== "assistant") return { role: m.role, content: m.content, ...named };
  const calls = m.tool_calls?.map((c) => ({ id: c.id, name: c.function.name, arguments: c.function.arguments }));
  const thoughts = m.reasoning_content ?? m.reasoning;
  return {
    ...{ role: "assistant", content: m.content ?? "", ...named },
    ...(typeof thoughts === "string" && { thoughts }),
    ...(calls && calls.length > 0 && { toolCalls: calls }),
  };
}

function toTool({ function: f }: z.output<typeof tool>): Tool {
  const parameters = f.parameters ?? { type: "object", properties: {} };
  return { name: f.name, ...(f.description ? { description: f.description } : {}), parameters, strict: f.strict ?? false };
}

function toToolChoice(choice: z.output<typeof toolChoice>): ToolChoice {
  return typeof choice === "string" ? choice : { name: choice.function.name };
}

/** One choice of a whole answer. */
export function toWireChoice(choice: Choice, index: number): object {
  const calls = choice.toolCalls.map((c) => ({ id: c.id, type: "function", function: { name: c.name, arguments: c.arguments } }));
  const text = calls.length > 0 && choice.text === "" ? null : choice.text;
  const answer = {
    role: "assistant",
    content: text,
    refusal: choice.refusal ?? null,
    ...(choice.thoughts === undefined ? {} : { reasoning_content: choice.thoughts, reasoning: choice.thoughts }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return { index, message: answer, logprobs: toWireLogprobs(choice.logprobs), ...toWireEnd(choice.finishReason, choice.stoppedBy) };
}

/** Makes the events of a streamed answer; remembers how many calls each choice had. */
export class ChatStream {
  private readonly head: AnswerHead;
  private readonly begun = new Set<number>();
  private readonly calls = new Map<number, number>();

  constructor(head: AnswerHead) {
    this.head = head;
  }

  events(chunk: Exclude<Chunk, { type: "finish" }>): object[] {
    const events = this.begun.has(chunk.choice) ? [] : [this.event(chunk.choice, { role: "assistant", content: "" })];
    this.begun.add(chunk.choice);
    if (chunk.type === "text") {
      if (chunk.text !== "" || chunk.logprobs) events.push(this.event(chunk.choice, { content: chunk.text }, { logprobs: chunk.logprobs }));
    } else if (chunk.type === "thought") {
      // DeepSeek's name, and OpenRouter's
      events.push(this.event(chunk.choice, { reasoning_content: chunk.text, reasoning: chunk.text }));
    } else if (chunk.type === "end") events.push(this.event(chunk.choice, {}, { end: chunk }));
    else if (chunk.type === "tool_call") events.push(this.event(chunk.choice, { tool_calls: [this.toCall(chunk)] }));
    else if (chunk.type === "arguments") events.push(this.event(chunk.choice, { tool_calls: [this.toArguments(chunk)] }));
    return events;
  }

  private toCall({ choice, call: c }: ChunkOf<"tool_call">): object {
    const index = this.calls.get(choice) ?? 0;
    this.calls.set(choice, index + 1);
    return { index, id: c.id, type: "function", function: { name: c.name, arguments: c.arguments } };
  }

  private toArguments({ choice, text }: ChunkOf<"arguments">): object {
    return { index: (this.calls.get(choice) ?? 1) - 1, function: { arguments: text } };
  }

  private event(
    index: number,
    delta: object,
    { end, logprobs }: { end?: ChunkOf<"end">; logprobs?: ChosenLogprob[] | undefined } = {},
  ): object {
    const ended = end ? toWireEnd(end.reason, end.stop) : { finish_reason: null };
    const choice = { index, delta, logprobs: toWireLogprobs(logprobs), ...ended };
    const { id, created, model, system_fingerprint } = this.head;
    return { id, object: "chat.completion.chunk", created, model, system_fingerprint, choices: [choice] };
  }
}

function toWireLogprobs(logprobs: readonly ChosenLogprob[] | undefined): object | null {
  if (!logprobs) return null;
  const toWire = ({ text, bytes, logprob }: TokenLogprob) => ({ token: text, logprob: finite(logprob), bytes });
  return { content: logprobs.map((chosen) => ({ ...toWire(chosen), top_logprobs: chosen.top.map(toWire) })), refusal: null };
}

/** OpenAI writes -9999 for what is practically impossible; JSON has no infinity. */
export function finite(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : -9999;
}
