import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ScoreContext } from "./scorer.js";

/**
 * What the work gives within the context's time. Throws SCORER_FAILED when that has passed, or the signal's reason as soon as it
 * aborts; the work may go on by itself, but nobody waits for it. `stop` ends it where that is possible.
 */
export function withinTime<T>(
  work: () => Promise<T>,
  { timeoutMs, signal }: Pick<ScoreContext, "timeoutMs" | "signal"> = {},
  stop: () => void = () => undefined,
): Promise<T> {
  if (timeoutMs === undefined && signal === undefined) return work();
  return new Promise((resolve, reject) => {
    const give = (error: Error) => {
      stop();
      reject(error);
    };
    const late = () => give(new LlmopsError("SCORER_FAILED", `it took longer than ${(timeoutMs ?? 0) / 1000} s (--timeout)`));
    const abort = () => give(signal?.reason as Error);
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      });
  });
}
