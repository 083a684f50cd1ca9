import type { Sample } from "../dataset/sample.js";
import { isScore, LARGEST_SCORE } from "../../base/stats/score-value.js";
import { isAbort, LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { withoutFullStop } from "../../base/errors/text-ends.js";
import type { Completion } from "../../inference/openai/completion.js";
import { unlessAborted } from "../../inference/openai/follow-signal.js";
import type { Score, Scorer } from "./scorer.js";

/**
 * What every scorer says about one completion, in their order. A scorer that fails leaves the answer unscored by it, with the
 * reason; it never takes the answer or the other scores with it. Throws only when the signal aborts.
 */
export async function scoreAll(
  scorers: readonly Scorer[],
  { sample, completion }: { sample: Sample; completion: Completion },
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<Record<string, Score>> {
  const scores: Record<string, Score> = {};
  for (const scorer of scorers) {
    try {
      const given = scorer.score(sample, completion, { earlier: scores, signal, timeoutMs });
      scores[scorer.name] = checked(given instanceof Promise ? await unlessAborted(given, signal) : given);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      scores[scorer.name] = failedScore(scorer.name, sample.id, thrown);
    }
  }
  return scores;
}

/** A value that is not a finite number is not a score, nor is one so large that averages of it would not be. */
function checked(score: Score): Score {
  if (score.value === null || isScore(score.value)) return score;
  if (Number.isFinite(score.value)) {
    throw new LlmopsError("SCORER_FAILED", `it gave ${score.value}, which is too large to calculate with (up to ${LARGEST_SCORE})`);
  }
  throw new LlmopsError("SCORER_FAILED", `it gave ${score.value}, which is not a number to calculate with`);
}

/** An error of a service the scorer asked keeps its code; anything else is the scorer's own failure. */
function failedScore(scorer: string, row: string, thrown: unknown): Score {
  const isOther = thrown instanceof LlmopsError && thrown.code !== "INTERNAL" && !isAbort(thrown);
  const code = isOther ? thrown.code : "SCORER_FAILED";
  const reason = `${scorer}: ${messageOf(thrown)}`;
  const message = `The scorer ${scorer} failed on the row "${row}": ${withoutFullStop(messageOf(thrown))}.`;
  return { value: null, explanation: message, mayPass: true, failure: { code, message, reason } };
}
