import type { Estimate } from "../base/stats/estimate.js";
import type { ComparisonDocument } from "../base/stats/comparison-document.js";
import { ALPHA } from "../base/stats/multiplicity.js";
import { missingScores } from "../experiments/study/score-table.js";
import type { CellsDocument } from "../experiments/study/sweep-result.js";

type Kind = "rate" | "mean";

const MANY_SAMPLES = 1_000_000;

/** A score as people read it: rates in per cent, everything else to four digits. */
export function formatScore(value: number | null | undefined, kind: Kind): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "-";
  return kind === "rate" ? `${(value * 100).toFixed(1)} %` : String(Number(value.toPrecision(4)));
}

/** The interval of an estimate: "97.5 % - 99.6 %". */
export function formatInterval(estimate: Estimate | undefined, kind: Kind): string {
  if (!estimate || estimate.low === null || estimate.high === null) return "-";
  return `${formatScore(estimate.low, kind)} - ${formatScore(estimate.high, kind)}`;
}

/** A difference with its sign; of rates in percentage points. */
export function formatDifference(value: number | null, kind: Kind): string {
  if (value === null || Number.isNaN(value)) return "-";
  const shown = kind === "rate" ? value * 100 : value;
  const fixed = kind === "rate" ? shown.toFixed(1) : String(Number(shown.toPrecision(3)));
  // what is not zero does not look like it: an interval that ends just beside zero leaves it out
  const text = Number(fixed) === 0 && shown !== 0 ? String(Number(shown.toPrecision(1))) : fixed;
  return value > 0 ? `+${text}` : text;
}

/** A p value as papers print it; one just above 0.05 does not look like 0.05. */
export function formatP(p: number): string {
  if (p < 0.001) return "p < 0.001";
  const short = Number(p.toPrecision(2));
  return `p = ${short === ALPHA && p > ALPHA ? Number(p.toPrecision(4)) : short}`;
}

/** A comparison in words: "worse by 8.5 points (6.1 to 10.9), p < 0.001". */
export function describeComparison(comparison: ComparisonDocument, kind: Kind): string {
  const { samples, verdict, difference, low, high, p_value: p, further_samples: further } = comparison;
  const unit = kind === "rate" ? " points" : "";
  const range = low === null || high === null ? "" : ` (${formatDifference(low, kind)} to ${formatDifference(high, kind)})`;
  const size = `${formatDifference(difference, kind)}${unit}${range}, ${formatP(p)}`;
  if (samples === 0) return "cannot tell: no samples in common";
  if (verdict === "no difference") return `no difference that matters: ${size}`;
  if (verdict !== "cannot tell") return `${verdict}: ${size}`;
  if (further === null) return `cannot tell: ${difference === 0 ? "no difference seen" : size}`;
  return `cannot tell: ${size}; ${formatFurther(further)} more samples would`;
}

/** How many samples, where nobody would ask millions. */
export function formatFurther(samples: number): string {
  return samples > MANY_SAMPLES ? "over a million" : `about ${samples.toLocaleString("en")}`;
}

/** Milliseconds of a time in seconds. */
export function formatMilliseconds(estimate: Estimate | undefined): string {
  return estimate ? `${(estimate.mean * 1000).toFixed(0)} ms` : "-";
}

/** How many cells have a score, of how many planned where some are missing. */
export function formatCells(cells: CellsDocument): string {
  const missing = missingScores(cells);
  return missing > 0 || cells.done < cells.planned ? `${cells.done - missing}/${cells.planned}` : String(cells.done);
}

/** How cells ended in words: "77 of 84 cells scored, 5 failed, 2 filtered". */
export function describeCells(cells: CellsDocument): string {
  const { done, failed, filtered, unscored, planned } = cells;
  const kinds = [
    [failed, "failed"],
    [filtered, "filtered"],
    [unscored, "unscored"],
    [planned - done, "not asked"],
  ] as const;
  const lacking = kinds.filter(([count]) => count > 0).map(([count, kind]) => `, ${count} ${kind}`);
  return `${done - missingScores(cells)} of ${planned} cells scored${lacking.join("")}`;
}
