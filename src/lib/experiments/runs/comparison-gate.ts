import { LlmopsError } from "../../base/errors/llmops-error.js";
import { checksWithin, type CheckResult, type DecidedState, type EndedCells, type FailureLimit } from "../gates/checks.js";
import { checkNoLoss } from "../gates/no-loss.js";
import type { JudgedDifference } from "../../base/stats/compare-family.js";
import { isProven, type Direction } from "../../base/stats/verdict.js";
import { directionOf, type ScoreComparison } from "./compare-scores.js";
import type { ScoredSource } from "./sample-scores.js";

/** What decides about results beside the first. */
export interface ComparisonGate {
  /** Scores in which none may be worse. */
  scores: readonly string[];
  /** How many rows of each may lack such a score. */
  limit: FailureLimit;
  /** A loss below it does not matter. */
  minEffect: number;
}

/**
 * Whether each of the other results is not worse than the first in every gated score, by the verdicts of the comparison. With too many
 * rows without such a score nothing is said. Throws INVALID_ARGUMENT for a gated score that one of them has not in common with the first.
 */
export function checkComparisons(
  sources: readonly ScoredSource[],
  comparisons: readonly ScoreComparison[],
  { scores, limit, minEffect }: ComparisonGate,
): CheckResult[] {
  return sources.slice(1).flatMap((source, i) => {
    const checks = scores.map((score) => toCheck(sources, findComparison(comparisons, { score, source: i + 1 }, sources), minEffect));
    return checks.length === 0 ? [] : checksWithin(limit, [endedRows(source, scores)], checks);
  });
}

function findComparison(
  comparisons: readonly ScoreComparison[],
  { score, source }: { score: string; source: number },
  sources: readonly ScoredSource[],
): ScoreComparison {
  const own = comparisons.filter((comparison) => comparison.source === source);
  const found = own.find((comparison) => comparison.score === score);
  if (found) return found;
  throw new LlmopsError(
    "INVALID_ARGUMENT",
    `${sources[0]?.name ?? ""} and ${sources[source]?.name ?? ""} have no score "${score}" in common.`,
    {
      hint: `They have: ${[...new Set(own.map((comparison) => comparison.score))].join(", ") || "none"}.`,
    },
  );
}

function toCheck(sources: readonly ScoredSource[], comparison: ScoreComparison, minEffect: number): CheckResult {
  const { source, score, difference, low, high, n, pValue, verdict } = comparison;
  const round = (value: number) => `${value > 0 ? "+" : ""}${Number(value.toPrecision(4))}`;
  const range = low === null || high === null ? "" : ` (${round(low)} to ${round(high)})`;
  const state = stateBeside(comparison, { direction: gatedDirection(score, sources), minEffect });
  const said = verdict === state ? "" : `${verdict}: `; // the state stands before the evidence already
  return {
    name: `${score} of ${sources[source]?.name ?? ""} not worse than of ${sources[0]?.name ?? ""}`,
    state,
    evidence: `${said}${round(difference)}${range} over ${n} samples, p = ${Number(pValue.toPrecision(2))}`,
  };
}

/** Which way a gated score is better. Throws INVALID_ARGUMENT where it is not known: a gate cannot guess what a loss is. */
function gatedDirection(score: string, sources: readonly ScoredSource[]): Direction {
  const direction = directionOf(score, sources);
  if (direction !== undefined) return direction;
  throw new LlmopsError("INVALID_ARGUMENT", `Whether more or less ${score} is better is not known, so that no loss of it can be told.`, {
    hint: `Pass --higher-is-better '${score}' or --lower-is-better '${score}'.`,
  });
}

/** Whether a loss of `minEffect` or more is ruled out, for every gate alike; what is neither good nor bad is fine as soon as it is known. */
export function stateBeside(
  comparison: JudgedDifference,
  { direction, minEffect }: { direction: Direction; minEffect: number },
): DecidedState {
  if (direction === "none") return comparison.verdict === "cannot tell" ? "cannot tell" : "met";
  return checkNoLoss({ ...comparison, proven: isProven(comparison) }, { direction, margin: minEffect });
}

/** The rows of a result; one without a gated score counts as unscored. */
function endedRows({ table }: ScoredSource, scores: readonly string[]): EndedCells {
  const unscored = Math.max(0, ...scores.map((score) => table?.missing.get(score) ?? 0));
  return { done: table?.rows ?? 0, failed: 0, filtered: 0, unscored };
}
