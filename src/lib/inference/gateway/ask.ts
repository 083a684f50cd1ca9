import { setMaxListeners } from "node:events";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Completion, CompletionRequest } from "../openai/completion.js";
import { collectCompletion, type CompletionTarget } from "../openai/completion-target.js";
import { isForRate, Pace, pauseBefore, type Turn } from "../openai/pace.js";
import { withoutThoughts, type ThoughtMarks } from "../openai/thoughts.js";
import { withinDeadline } from "./with-deadlines.js";

/** What may pass when it is tried again. */
const PASSING = ["ENDPOINT_UNREACHABLE", "ENDPOINT_ERROR", "QUEUE_FULL", "REQUEST_TIMEOUT", "RATE_LIMITED"];
/** How long an endpoint may refuse everything for its rate: where it says when to come back, and where it does not. */
const PATIENCE_MS = { told: 600_000, untold: 120_000 };
const TIMEOUT_HINT = "Raise --timeout, lower max_tokens, or ask fewer at a time with --concurrency.";

export interface AskLimits {
  /** For one attempt, from the moment it is sent: waiting for the endpoint's rate does not count. */
  timeoutMs: number;
  /** Further attempts at what may pass, timeouts and broken answers too; being refused for the rate uses none up. */
  retries: number;
  /** What stands around thoughts in texts; the usual marks when absent. */
  thoughtMarks?: readonly ThoughtMarks[];
}

export interface AskContext extends AskLimits {
  target: CompletionTarget;
  signal: AbortSignal;
}

/**
 * A whole answer, its thoughts apart from its text. What may pass is tried again, after a pause that respects Retry-After; refusals for
 * the rate are waited out. Throws what the last attempt threw, REQUEST_TIMEOUT, CONTENT_FILTERED where the service withheld the answer,
 * or the signal's reason as soon as it aborts.
 */
export async function ask(request: CompletionRequest, context: AskContext): Promise<Completion> {
  const { target, signal, retries } = context;
  // all that are asked at a time listen to it, as many as there are; each takes its listeners off when it ends
  setMaxListeners(0, signal);
  // what has no pace of its own gets one for this request as soon as it refuses
  let { pace } = target;
  let isAgain = false;
  for (let failures = 0; ;) {
    const turn = await pace?.enter(signal, isAgain);
    try {
      const completion = await attempt(request, context);
      turn?.answered();
      return finish(completion, context);
    } catch (thrown) {
      const error = passingError(thrown, signal);
      isAgain = isForRate(error);
      if (error && isAgain) {
        pace ??= new Pace();
        waitForRate(error, { turn, pace, timeoutMs: context.timeoutMs });
        continue;
      }
      turn?.left();
      if (!error || failures >= retries) throw thrown;
      failures++;
      await pauseBefore(failures, error.retryAfterSeconds, signal);
    }
  }
}

/** One attempt; a half answer is never its result. */
function attempt(request: CompletionRequest, { target, timeoutMs, signal }: AskContext): Promise<Completion> {
  const deadlines = { totalMs: timeoutMs, firstTokenMs: undefined, stallMs: undefined, hint: TIMEOUT_HINT };
  return withinDeadline((inner) => collectCompletion(target, request, { signal: inner }), deadlines, signal);
}

/** What was thrown, where it may pass. */
function passingError(thrown: unknown, signal: AbortSignal): LlmopsError | undefined {
  if (signal.aborted) return undefined;
  return thrown instanceof LlmopsError && PASSING.includes(thrown.code) ? thrown : undefined;
}

/** Notes a refusal, which the next turn waits out. Throws the refusal where the endpoint has answered nothing for too long. */
function waitForRate(error: LlmopsError, { turn, pace, timeoutMs }: { turn: Turn | undefined; pace: Pace; timeoutMs: number }): void {
  const { retryAfterSeconds } = error;
  if (turn) turn.refused(retryAfterSeconds);
  else pace.refuse(retryAfterSeconds);
  const patienceMs = retryAfterSeconds === undefined ? Math.min(PATIENCE_MS.untold, timeoutMs) : Math.max(PATIENCE_MS.told, timeoutMs);
  if (pace.stuckMs > patienceMs) throw error;
}

/** Takes the thoughts out of the texts. Throws CONTENT_FILTERED where any choice was withheld. */
function finish(completion: Completion, { target, thoughtMarks }: AskContext): Completion {
  const withheld = completion.choices.find(({ finishReason }) => finishReason === "content_filter");
  if (withheld) {
    const words = withheld.refusal === undefined ? "finish_reason content_filter" : `"${withheld.refusal}"`;
    throw new LlmopsError("CONTENT_FILTERED", `The service at ${target.location} withheld the answer: ${words}.`, {
      hint: "It counts as filtered, not as wrong; such a request is not answered.",
    });
  }
  return withoutThoughts(completion, thoughtMarks);
}
