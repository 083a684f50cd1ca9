import { DelegateBackoff, handleWhen, retry } from "cockatiel";
import { LlmopsError } from "../errors/llmops-error.js";
import type { Completion, CompletionRequest } from "../openai/completion.js";
import { collectChunks, type CompletionTarget } from "../openai/completion-target.js";
import { withDeadlines } from "./with-deadlines.js";
import { unlessAborted } from "../openai/follow-signal.js";

/** What may pass when it is tried again. */
const PASSING = ["ENDPOINT_UNREACHABLE", "ENDPOINT_ERROR", "QUEUE_FULL"];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface AskLimits {
  /** For one attempt. */
  timeoutMs: number;
  /** Further attempts at what may pass. */
  retries: number;
}

export interface AskContext extends AskLimits {
  target: CompletionTarget;
  signal: AbortSignal;
}

/**
 * A whole completion within a deadline, tried again, after a pause that respects Retry-After, where that may help. Throws what the
 * last attempt threw, REQUEST_TIMEOUT, or the signal's reason as soon as it aborts.
 */
export function ask(request: CompletionRequest, { target, timeoutMs, retries, signal }: AskContext): Promise<Completion> {
  const deadlines = { totalMs: timeoutMs, firstTokenMs: undefined, stallMs: undefined };
  const attempt = () =>
    collectChunks(
      withDeadlines((inner) => target.complete(request, { signal: inner }), deadlines, signal),
      target.location,
    );
  if (retries === 0) return attempt();
  const policy = retry(
    handleWhen((error) => error instanceof LlmopsError && PASSING.includes(error.code)),
    { maxAttempts: retries, backoff: new DelegateBackoff(pauseBefore) },
  );
  // the policy's pauses do not end with the signal
  return unlessAborted(policy.execute(attempt, signal), signal);
}

/** As long as the server asks, otherwise longer each time, with full jitter. */
function pauseBefore({ attempt, result }: { attempt: number; result: unknown }): number {
  const error = (result as { error?: unknown }).error;
  const asked = error instanceof LlmopsError ? error.retryAfterSeconds : undefined;
  if (asked !== undefined) return Math.min(LONGEST_PAUSE_MS, asked * 1000);
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}
