import type OpenAI from "openai";
import type { ChosenLogprob, Chunk, FinishReason, ToolCall, Usage } from "./completion.js";

type ChatChunk = OpenAI.ChatCompletionChunk;
type TextChunk = OpenAI.Completion;

/** Turns the events of an endpoint into chunks. Calls, which come in pieces, are given whole at the end. */
export class EndpointReader {
  private readonly ends = new Map<number, FinishReason>();
  private readonly calls = new Map<number, Map<number, ToolCall>>();
  private usage: Usage | undefined;
  private pieces = 0;

  *readChat(part: ChatChunk): Generator<Chunk> {
    this.readUsage(part.usage);
    for (const { index, delta, finish_reason: reason, logprobs } of part.choices) {
      const read = logprobs?.content?.map(toChosenLogprob);
      if (delta.content || read) yield this.text(index, delta.content ?? "", read);
      for (const piece of delta.tool_calls ?? []) this.addCall(index, piece);
      this.noteEnd(index, reason);
    }
  }

  *readText(part: TextChunk): Generator<Chunk> {
    this.readUsage(part.usage);
    for (const { index, text, finish_reason: reason, logprobs } of part.choices) {
      const read = logprobs?.tokens?.map((token, i) => toChosenTextLogprob(token, logprobs, i));
      if (text || read) yield this.text(index, text, read);
      this.noteEnd(index, reason);
    }
  }

  *end(): Generator<Chunk> {
    for (const [choice, calls] of this.calls) for (const call of calls.values()) yield { type: "tool_call", choice, call };
    if (this.ends.size === 0) this.ends.set(0, "stop");
    for (const [choice, reason] of this.ends) yield { type: "end", choice, reason };
    // servers without usage in streams send about one piece a token
    yield { type: "finish", usage: this.usage ?? { promptTokens: 0, completionTokens: this.pieces } };
  }

  private text(choice: number, text: string, logprobs: ChosenLogprob[] | undefined): Chunk {
    this.pieces++;
    return { type: "text", choice, text, ...(logprobs ? { logprobs } : {}) };
  }

  private readUsage(usage: OpenAI.CompletionUsage | null | undefined): void {
    if (!usage) return;
    const cached = usage.prompt_tokens_details?.cached_tokens;
    this.usage = {
      promptTokens: usage.prompt_tokens,
      completionTokens: usage.completion_tokens,
      ...(typeof cached === "number" ? { cachedTokens: cached } : {}),
    };
  }

  private noteEnd(choice: number, reason: string | null): void {
    if (reason !== null) this.ends.set(choice, reason === "length" || reason === "tool_calls" ? reason : "stop");
  }

  private addCall(choice: number, piece: OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const calls = this.calls.get(choice) ?? new Map<number, ToolCall>();
    this.calls.set(choice, calls);
    const call = calls.get(piece.index) ?? { id: "", name: "", arguments: "" };
    calls.set(piece.index, call);
    call.id += piece.id ?? "";
    call.name += piece.function?.name ?? "";
    call.arguments += piece.function?.arguments ?? "";
  }
}

function toChosenLogprob(token: OpenAI.ChatCompletionTokenLogprob): ChosenLogprob {
  const describe = ({ token: text, bytes, logprob }: OpenAI.ChatCompletionTokenLogprob.TopLogprob) => {
    return { text, bytes: bytes ?? [...Buffer.from(text)], logprob };
  };
  return { ...describe(token), top: token.top_logprobs.map(describe) };
}

function toChosenTextLogprob(text: string, logprobs: OpenAI.CompletionChoice.Logprobs, i: number): ChosenLogprob {
  const describe = (token: string, logprob: number) => ({ text: token, bytes: [...Buffer.from(token)], logprob });
  const top = Object.entries(logprobs.top_logprobs?.[i] ?? {}).map(([token, logprob]) => describe(token, logprob));
  return { ...describe(text, logprobs.token_logprobs?.[i] ?? -Infinity), top };
}
