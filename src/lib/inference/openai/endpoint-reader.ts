import type OpenAI from "openai";
import { choicesOf, deltaOf, readFinish, textIn, thoughtsOf } from "./answer-check.js";
import type { AnswerPart } from "./read-answer.js";
import type { ChosenLogprob, Chunk, FinishReason, ToolCall, Usage } from "./completion.js";
import { asObject, type JsonObject } from "./json-object.js";

type ChatLogprobs = OpenAI.ChatCompletionChunk.Choice.Logprobs;
type TextLogprobs = OpenAI.CompletionChoice.Logprobs;

/** Turns the parts of an endpoint's answer into chunks. Calls, which come in pieces, are given whole at the end. */
export class EndpointReader {
  private readonly ends = new Map<number, FinishReason>();
  private readonly refusals = new Map<number, string>();
  private readonly calls = new Map<number, Map<number, ToolCall>>();
  private usage: Usage | undefined;
  private readonly begun = new Set<number>();
  private pieces = 0;

  /** The chunks of one part, a streamed one or a whole answer. */
  *read({ body }: AnswerPart): Generator<Chunk> {
    this.usage = toUsage(body["usage"]) ?? this.usage;
    for (const choice of choicesOf(body)) {
      const index = typeof choice["index"] === "number" ? choice["index"] : 0;
      const delta = deltaOf(choice);
      this.begun.add(index);
      const thought = thoughtsOf(delta);
      if (thought !== "") yield this.counted({ type: "thought", choice: index, text: thought });
      const text = textIn(delta);
      const logprobs = readLogprobs(choice["logprobs"]);
      if (text !== "" || logprobs) yield this.counted({ type: "text", choice: index, text, ...(logprobs && { logprobs }) });
      this.noteCalls(index, delta);
      this.noteEnd(index, choice, delta);
    }
  }

  /** The calls, the ends and the token counts, once all parts of a whole answer were read. */
  *end(): Generator<Chunk> {
    for (const [choice, calls] of this.calls) for (const call of calls.values()) yield { type: "tool_call", choice, call };
    for (const choice of this.refusals.keys()) this.ends.set(choice, "content_filter");
    // "[DONE]" alone may end a choice
    for (const choice of this.begun) if (!this.ends.has(choice)) this.ends.set(choice, "stop");
    for (const [choice, reason] of this.ends) {
      const refusal = this.refusals.get(choice);
      yield { type: "end", choice, reason, ...(refusal !== undefined && { refusal }) };
    }
    // servers without usage in streams send about one piece a token
    yield { type: "finish", usage: this.usage ?? { promptTokens: 0, completionTokens: this.pieces } };
  }

  private counted(chunk: Chunk): Chunk {
    this.pieces++;
    return chunk;
  }

  private noteEnd(index: number, choice: JsonObject, delta: JsonObject): void {
    const reason = readFinish(choice);
    // a filter's word is not taken back
    if (reason !== undefined && this.ends.get(index) !== "content_filter") this.ends.set(index, reason);
    const { refusal } = delta;
    if (typeof refusal === "string" && refusal !== "") this.refusals.set(index, (this.refusals.get(index) ?? "") + refusal);
  }

  private noteCalls(choice: number, delta: JsonObject): void {
    const pieces = Array.isArray(delta["tool_calls"]) ? delta["tool_calls"] : [];
    for (const [place, value] of pieces.entries()) {
      const piece = asObject(value);
      const called = asObject(piece?.["function"]);
      const index = typeof piece?.["index"] === "number" ? piece["index"] : place;
      const calls = this.calls.get(choice) ?? new Map<number, ToolCall>();
      this.calls.set(choice, calls);
      const call = calls.get(index) ?? { id: "", name: "", arguments: "" };
      calls.set(index, call);
      call.id += stringOf(piece?.["id"]);
      call.name += stringOf(called?.["name"]);
      call.arguments += stringOf(called?.["arguments"]);
    }
  }
}

/** Token counts in OpenAI's shape; undefined where there are none. */
export function toUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const { prompt_tokens: prompt, completion_tokens: completion } = usage ?? {};
  if (!isCount(prompt)) return undefined;
  const cached = asObject(usage?.["prompt_tokens_details"])?.["cached_tokens"];
  const reasoning = asObject(usage?.["completion_tokens_details"])?.["reasoning_tokens"];
  return {
    promptTokens: prompt,
    completionTokens: isCount(completion) ? completion : 0,
    ...(typeof cached === "number" && { cachedTokens: cached }),
    ...(typeof reasoning === "number" && { reasoningTokens: reasoning }),
  };
}

/** What is negative counts nothing. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Log-probabilities in the shape of chats or of text completions. */
function readLogprobs(value: unknown): ChosenLogprob[] | undefined {
  const logprobs = asObject(value);
  if (Array.isArray(logprobs?.["content"])) return (logprobs as unknown as ChatLogprobs).content?.map(toChosenLogprob);
  if (!Array.isArray(logprobs?.["tokens"])) return undefined;
  const text = logprobs as unknown as TextLogprobs;
  return text.tokens?.map((token, i) => toChosenTextLogprob(token, text, i));
}

function toChosenLogprob(token: OpenAI.ChatCompletionTokenLogprob): ChosenLogprob {
  const describe = ({ token: text, bytes, logprob }: OpenAI.ChatCompletionTokenLogprob.TopLogprob) => {
    return { text, bytes: bytes ?? [...Buffer.from(text)], logprob };
  };
  return { ...describe(token), top: (token.top_logprobs ?? []).map(describe) };
}

function toChosenTextLogprob(text: string, logprobs: TextLogprobs, i: number): ChosenLogprob {
  const describe = (token: string, logprob: number) => ({ text: token, bytes: [...Buffer.from(token)], logprob });
  const top = Object.entries(logprobs.top_logprobs?.[i] ?? {}).map(([token, logprob]) => describe(token, logprob));
  return { ...describe(text, logprobs.token_logprobs?.[i] ?? -Infinity), top };
}
