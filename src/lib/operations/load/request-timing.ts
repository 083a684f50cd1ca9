import { z } from "zod";
import { errorCodeSchema } from "../../base/errors/error-code-schema.js";
import { isAbort, toLlmopsError, type LlmopsError } from "../../base/errors/llmops-error.js";
import { withDeadlines } from "../../inference/gateway/with-deadlines.js";
import type { Chunk, CompletionRequest, FinishReason } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { isForRate } from "../../inference/openai/pace.js";

/** One request of a load test, timed from the moment it was due: a client that falls behind does not hide the wait. */
export interface RequestTiming {
  /** Until the first token; undefined where none came. */
  firstTokenMs: number | undefined;
  /** Between two tokens, each: the tokens of one event share the time since the one before. */
  gapsMs: number[];
  /** Mean time for a token after the first; undefined below two tokens. */
  perTokenMs: number | undefined;
  totalMs: number;
  promptTokens: number;
  completionTokens: number;
  /** Why it failed. */
  error: RequestFailure | undefined;
  /** It was refused because too much was asked. */
  isRateLimited?: boolean;
}

export const requestFailureSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
});

/** Why a request failed, in the words of the server where it said any. */
export type RequestFailure = z.infer<typeof requestFailureSchema>;

/** Asks and times one request, which fails with REQUEST_TIMEOUT where it takes longer than it may. Undefined when the signal aborted. */
export async function timeRequest(
  target: CompletionTarget,
  request: CompletionRequest,
  { dueMs = performance.now(), timeoutMs, signal }: { dueMs?: number; timeoutMs?: number | undefined; signal: AbortSignal },
): Promise<RequestTiming | undefined> {
  const pieces: Piece[] = [];
  let usage = { promptTokens: 0, completionTokens: 0 };
  let failure: Failure = { error: undefined };
  try {
    for await (const chunk of chunksOf(target, request, { timeoutMs, signal })) {
      if (chunk.type === "finish") usage = chunk.usage;
      else if (chunk.type === "end") failure = { error: failure.error ?? whyWithheld(chunk.reason) };
      else if (chunk.type !== "prompt" && chunk.type !== "tokens") pieces.push({ time: performance.now(), length: lengthOf(chunk) });
    }
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) return undefined;
    failure = toFailure(toLlmopsError(thrown));
  }
  const timing = toTiming(pieces, usage.completionTokens, dueMs);
  return { ...timing, promptTokens: usage.promptTokens, ...failure };
}

/** The time is counted from when a request is sent, not from when it was due. */
function chunksOf(
  target: CompletionTarget,
  request: CompletionRequest,
  { timeoutMs, signal }: { timeoutMs: number | undefined; signal: AbortSignal },
): AsyncIterable<Chunk> {
  if (timeoutMs === undefined) return target.complete(request, { signal });
  const deadlines = { totalMs: timeoutMs, firstTokenMs: undefined, stallMs: undefined };
  return withDeadlines((inner) => target.complete(request, { signal: inner }), deadlines, signal);
}

type Failure = Pick<RequestTiming, "error" | "isRateLimited">;

function toFailure(thrown: LlmopsError): Failure {
  return { error: { code: thrown.code, message: thrown.message }, ...(isForRate(thrown) && { isRateLimited: true }) };
}

function lengthOf(chunk: Extract<Chunk, { type: "text" | "thought" | "tool_call" | "arguments" }>): number {
  return chunk.type === "tool_call" ? chunk.call.arguments.length : chunk.text.length;
}

function whyWithheld(reason: FinishReason): RequestFailure | undefined {
  if (reason !== "content_filter") return undefined;
  return { code: "CONTENT_FILTERED", message: "The service withheld the answer (content_filter)." };
}

/** When some text or thought came, and how much of it. */
interface Piece {
  time: number;
  length: number;
}

function toTiming(pieces: readonly Piece[], completionTokens: number, dueMs: number): Omit<RequestTiming, "promptTokens" | "error"> {
  const first = pieces[0]?.time;
  const further = completionTokens - 1;
  return {
    firstTokenMs: first === undefined ? undefined : first - dueMs,
    gapsMs: gapsBetween(pieces, completionTokens),
    perTokenMs: first === undefined || further < 1 ? undefined : ((pieces.at(-1)?.time ?? first) - first) / further,
    totalMs: performance.now() - dueMs,
    completionTokens,
  };
}

/**
 * The times between tokens. Where more tokens were counted than pieces came, each piece has a part of them by its length, and the time
 * since the piece before is theirs in equal parts.
 */
function gapsBetween(pieces: readonly Piece[], completionTokens: number): number[] {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const isSpread = completionTokens > pieces.length && length > 0;
  return pieces.slice(1).flatMap((piece, i) => {
    const gap = piece.time - (pieces[i]?.time ?? piece.time);
    const tokens = isSpread ? Math.max(1, Math.round((completionTokens * piece.length) / length)) : 1;
    return Array.from({ length: tokens }, () => gap / tokens);
  });
}
