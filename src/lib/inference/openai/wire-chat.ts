import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
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
} from "./completion.js";
import type { Deadlines } from "./deadlines.js";
import { refused, taken } from "./other-fields.js";
import { idsOf, PendingIds } from "./answer-ids.js";
import { toWireEnd, type AnswerHead } from "./wire-answer.js";
import { logprobCount, PLAIN_FORM, toDemand, toForm, type AnswerForm } from "./wire-demand.js";
import { checkBody, commonFields, maxTokens, toDeadlines, toSampling } from "./wire-fields.js";
import { formatFields, toResponseFormat } from "./wire-format.js";
import { toWireLogprobs } from "./wire-logprobs.js";
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
  max_tokens: maxTokens.nullish().describe("Default, and -1: as many as fit the context; 0: none."),
  max_completion_tokens: maxTokens.nullish().describe("The same as max_tokens."),
  ...formatFields,
  logprobs: z.boolean().nullish().describe("Return the log-probability of every token, before any sampler is applied."),
  top_logprobs: logprobCount.nullish().describe("Also return this many of the most likely tokens at each position."),
  tools: z.array(tool).max(128).nullish().describe("Functions the model may call."),
  tool_choice: toolChoice.nullish().describe("none, auto, required, or one function."),
  parallel_tool_calls: z.boolean().nullish().describe("false: end the answer after the first call."),
  reasoning_format: z
    .enum(REASONING_FORMATS)
    .nullish()
    .describe("Where thoughts go: auto and deepseek return them separately, none leaves them in the text (llama-server's name)."),
  reasoning_budget: z
    .number()
    .int()
    .min(-1)
    .nullish()
    .describe("Most tokens of a thought: -1 for any number, 0 for none (llama-server's name)."),
  continue_final_message: z.boolean().nullish().describe("Continue the assistant's last message (vLLM's name)."),
  ...templateFields,
  echo: z.boolean().nullish().describe("Begin the answer with the last message, if it is the assistant's (vLLM's name)."),
  best_of: refused([1], "Set n, and choose among the answers by logprobs."),
  add_special_tokens: taken("a prompt always begins with exactly one BOS token, if the model has one"),
  modalities: z.array(z.literal("text", { error: "only text is supported" })).nullish(),
});

export interface ParsedRequest<Request> {
  completion: Request;
  stream: boolean;
  includeUsage: boolean;
  deadlines: Partial<Deadlines>;
  form: AnswerForm;
}

/** A chat's request, and the text its answers begin with. */
export type ParsedChatRequest = ParsedRequest<ChatRequest> & { echoed: string };

/** Checks a request body. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the field. */
export function parseChatRequest(body: unknown): ParsedChatRequest {
  const r = checkBody(chatBodySchema, body);
  const completion: ChatRequest = {
    messages: r.messages.map(toMessage),
    ...toSampling(r),
    ...toResponseFormat(r),
    ...toDemand(r, toTopLogprobs(r)),
    ...(r.tools && r.tools.length > 0 ? { tools: r.tools.map(toTool) } : {}),
    ...(r.tool_choice ? { toolChoice: toToolChoice(r.tool_choice) } : {}),
    ...(r.parallel_tool_calls === false ? { singleToolCall: true } : {}),
    ...toReasoning(r),
    ...(r.continue_final_message ? { continuesLast: true } : {}),
    ...toTemplateRequest(r),
  };
  const { stream, stream_options: options } = r;
  return {
    ...{ completion, stream: stream ?? false, includeUsage: options?.include_usage ?? false },
    ...{ deadlines: toDeadlines(r), form: toForm(r), echoed: r.echo ? echoedBy(completion) : "" },
  };
}

/** The last message, where the answer continues what its role says: the assistant, or whoever spoke last where no turn begins. */
function echoedBy({ messages, withoutAnswer }: ChatRequest): string {
  const last = messages.at(-1);
  return last && (last.role === "assistant" || withoutAnswer) ? last.content : "";
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

/** How many of the likeliest tokens are told; undefined where no log-probabilities are. Throws INVALID_ARGUMENT. */
function toTopLogprobs(r: z.output<typeof chatBodySchema>): number | undefined {
  if ((r.top_logprobs ?? 0) > 0 && !r.logprobs && typeof r.n_probs !== "number") {
    throw new LlmopsError("INVALID_ARGUMENT", `top_logprobs: ${r.top_logprobs} are asked for, but log-probabilities are not.`, {
      hint: "Set logprobs to true.",
      param: "top_logprobs",
    });
  }
  return r.logprobs || typeof r.n_probs === "number" ? (r.top_logprobs ?? r.n_probs ?? 0) : undefined;
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
export function toWireChoice(choice: Choice, index: number, { echoed = "", form = PLAIN_FORM }: ChatWriting = {}): object {
  const calls = choice.toolCalls.map((c) => ({ id: c.id, type: "function", function: { name: c.name, arguments: c.arguments } }));
  const text = echoed + choice.text;
  const answer = {
    role: "assistant",
    content: calls.length > 0 && text === "" ? null : text,
    refusal: choice.refusal ?? null,
    ...(choice.thoughts === undefined ? {} : { reasoning_content: choice.thoughts, reasoning: choice.thoughts }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    ...{ index, message: answer, logprobs: toWireLogprobs(choice.logprobs, form) },
    ...toWireEnd(choice.finishReason, choice.stoppedBy),
    ...idsOf(choice.tokens ?? [], form),
  };
}

/** How an answer is written. */
export interface ChatWriting {
  /** The text every choice begins with. */
  echoed?: string;
  form?: AnswerForm;
}

/** Makes the events of a streamed answer; remembers how many calls each choice had. */
export class ChatStream {
  private readonly head: AnswerHead;
  private readonly begun = new Set<number>();
  private readonly calls = new Map<number, number>();
  private readonly echoed: string;
  private readonly form: AnswerForm;
  private readonly pending: PendingIds;

  constructor(head: AnswerHead, { echoed = "", form = PLAIN_FORM }: ChatWriting = {}) {
    this.head = head;
    this.echoed = echoed;
    this.form = form;
    this.pending = new PendingIds(form);
  }

  /** The events of a chunk; none where it is told with a later one. */
  events(chunk: Exclude<Chunk, { type: "finish" }>): object[] {
    this.pending.note(chunk);
    const events = this.begin(chunk.choice);
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

  /** The role, with what is said of the prompt, then what the answer begins with. */
  private begin(choice: number): object[] {
    if (this.begun.has(choice)) return [];
    this.begun.add(choice);
    // null until there is some: an answer that calls tools has none
    const role = this.event(choice, { role: "assistant", content: null });
    return this.echoed === "" ? [role] : [role, this.event(choice, { content: this.echoed })];
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
    const choice = { index, delta, logprobs: toWireLogprobs(logprobs, this.form), ...ended, ...this.pending.take(index) };
    const { id, created, model, system_fingerprint } = this.head;
    const prompt = this.pending.takePrompt(index);
    return { id, object: "chat.completion.chunk", created, model, system_fingerprint, choices: [choice], ...prompt };
  }
}
