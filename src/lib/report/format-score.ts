import type { Estimate } from "../stats/estimate.js";
import type { ComparisonDocument } from "../stats/comparison-document.js";
import type { SweepResult } from "../study/sweep-result.js";

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
  const text = kind === "rate" ? (value * 100).toFixed(1) : String(Number(value.toPrecision(3)));
  return value > 0 && !text.startsWith("-") ? `+${text}` : text;
}

/** A p value as papers print it. */
export function formatP(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}

/** A comparison in words: "worse by 8.5 points (6.1 to 10.9), p < 0.001". */
export function describeComparison(comparison: ComparisonDocument, kind: Kind): string {
  const { verdict, difference, low, high, p_value: p, further_samples: further } = comparison;
  const unit = kind === "rate" ? " points" : "";
  const range = low === null || high === null ? "" : ` (${formatDifference(low, kind)} to ${formatDifference(high, kind)})`;
  const size = `${formatDifference(difference, kind)}${unit}${range}, ${formatP(p)}`;
  if (verdict !== "cannot tell") return `${verdict}: ${size}`;
  if (further === null) return `cannot tell: ${difference === 0 ? "no difference seen" : size}`;
  return `cannot tell: ${size}; ${formatFurther(further)} more samples would`;
}

/** How many samples, where nobody would ask millions. */
export function formatFurther(samples: number): string {
  return samples > MANY_SAMPLES ? "over a million" : `about ${samples.toLocaleString("en")}`;
}

/** Why a result names no best setting. */
export function explainNoBest({ study, settings }: SweepResult): string {
  const scored = settings.some(({ metrics }) => metrics[study.metric]);
  return scored ? `More or less of ${study.metric} is neither good nor bad.` : `Nothing was scored by ${study.scorer}.`;
}

/** Milliseconds of a time in seconds. */
export function formatMilliseconds(estimate: Estimate | undefined): string {
  return estimate ? `${(estimate.mean * 1000).toFixed(0)} ms` : "-";
}

/** How many cells are good, of how many planned where some are missing. */
export function formatCells({ done, failed, planned }: { done: number; failed: number; planned: number }): string {
  return failed > 0 || done < planned ? `${done - failed}/${planned}` : String(done);
}
