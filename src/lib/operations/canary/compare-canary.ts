import { z } from "zod";
import { mean } from "simple-statistics";
import { distributionShift } from "../../base/stats/distribution-shift.js";
import { ALPHA, correct } from "../../base/stats/multiplicity.js";
import { comparePaired, type PairedDifference } from "../../base/stats/paired.js";
import { furtherSamplesAt, furtherToNarrow } from "../../base/stats/power.js";
import { isProven } from "../../base/stats/verdict.js";
import type { Canary } from "./canary-baseline.js";

const canaryStateSchema = z.enum(["fine", "drift", "cannot tell"]);

export type CanaryState = z.infer<typeof canaryStateSchema>;

const canaryMetricSchema = z.object({
  metric: z.string(),
  samples: z.number(),
  before: z.number(),
  now: z.number(),
  difference: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  tolerance: z.number().describe("What would count."),
  p_mean: z.number().describe("Of the shift of the mean and of the shape, corrected by Benjamini and Hochberg over all metrics and both."),
  p_shape: z.number(),
  distance: z.number().describe("The largest distance between the distributions, 0..1."),
  state: canaryStateSchema,
  further_samples: z.number().nullable().describe("How many samples more would probably tell; null where it is told."),
});

/** How a metric of the canary stands against the one that was kept. */
export type CanaryMetric = z.infer<typeof canaryMetricSchema>;

export const canaryComparisonSchema = z.object({
  state: canaryStateSchema,
  metrics: z.array(canaryMetricSchema),
  identical: z.number().describe("Samples whose answers are the same, letter by letter."),
  samples: z.number(),
});

export type CanaryComparison = z.infer<typeof canaryComparisonSchema>;

/** How far a metric may move before it counts. */
export interface Tolerances {
  /** Of rates and scores, in their own unit. */
  quality: number;
  /** Of the length of answers, as a share of what it was. */
  length: number;
  /** Of times, as a share of what they were. */
  latency: number;
}

export const FAILED_METRIC = "failed";
const TIMES = /_seconds$/;
const LENGTH = "response_length";
/** A shape that moved less is not worth waking anybody. */
const LEAST_DISTANCE = 0.1;

/**
 * Compares two canaries sample by sample: the means by a paired test, the distributions by one that exchanges labels within
 * samples. It is drift when a difference is proven and larger than tolerated, fine when a larger one can be ruled out, and
 * otherwise it cannot tell; answers that are the same letter by letter need no interval. Drift of any metric is drift, so its p values are corrected over all of them; fine means that every
 * metric is, which needs no correction (an intersection-union test, Berger 1982), and so intervals are each metric's own, of 95 %.
 * Faster answers are not drift; better and worse ones are both: the model is not the same.
 */
export function compareCanary(before: Canary, now: Canary, tolerances: Tolerances): CanaryComparison {
  const ids = Object.keys(before.samples).filter((id) => id in now.samples);
  const identical = ids.filter((id) => before.samples[id]?.answers === now.samples[id]?.answers).length;
  const names = [...new Set(ids.flatMap((id) => Object.keys(before.samples[id]?.values ?? {})))];
  const raw = names.flatMap((metric) => {
    const pairs = ids.flatMap((id) => {
      const [was = [], is = []] = [before.samples[id]?.values[metric], now.samples[id]?.values[metric]];
      return was.length > 0 && is.length > 0 ? [{ before: was, now: is }] : [];
    });
    if (pairs.length === 0) return [];
    const isBinary = pairs.every((pair) => [...pair.before, ...pair.now].every((value) => value === 0 || value === 1));
    const compared = comparePaired(
      pairs.map((pair) => mean([...pair.now]) - mean([...pair.before])),
      isBinary ? { largest: 1, binary: true } : {},
    );
    const center = mean(pairs.map((pair) => mean([...pair.before])));
    return [{ metric, compared, center, shift: distributionShift(pairs), tolerance: toleranceOf(metric, center, tolerances) }];
  });
  const corrected = correct(
    raw.flatMap(({ compared, shift }) => [compared.pValue, shift.pValue]),
    "bh",
  );
  const metrics = raw.map(({ metric, compared, center, shift, tolerance }, i): CanaryMetric => {
    const [pMean = 1, pShape = 1] = corrected.slice(2 * i, 2 * i + 2);
    const isSame = identical === ids.length && shift.distance === 0;
    const state = isSame
      ? "fine"
      : judge(metric, { compared: { ...compared, pValue: pMean }, tolerance, distance: shift.distance, pShape });
    return {
      ...{ metric, samples: compared.n, before: center, now: center + compared.difference, tolerance, state },
      ...{ difference: compared.difference, low: compared.low, high: compared.high },
      ...{ p_mean: pMean, p_shape: pShape, distance: shift.distance },
      further_samples: state === "cannot tell" ? furtherFor(compared, tolerance, ALPHA / corrected.length) : null,
    };
  });
  return { state: overall(metrics), metrics, identical, samples: ids.length };
}

function judge(
  metric: string,
  { compared, tolerance, distance, pShape }: { compared: PairedDifference; tolerance: number; distance: number; pShape: number },
): CanaryState {
  const { difference } = compared;
  // times move in shape with every load of a machine, and fewer failures are welcome: there the mean counts, where it grows
  const onlyMore = TIMES.test(metric) || metric === FAILED_METRIC;
  const moved = onlyMore ? difference : Math.abs(difference);
  if (moved > tolerance && isProven(compared)) return "drift";
  if (!onlyMore && pShape <= ALPHA && distance >= LEAST_DISTANCE) return "drift";
  return worstCase(compared, onlyMore) <= tolerance ? "fine" : "cannot tell";
}

/** How many samples more would rule out a change as large as tolerated, or, where a larger one was seen, prove it at a level. */
function furtherFor(compared: PairedDifference, tolerance: number, level: number): number | null {
  const { n, difference, low, high, effectSize, uncorrected } = compared;
  const moved = Math.abs(difference);
  if (moved < tolerance) return low === null || high === null ? null : furtherToNarrow(n, (high - low) / 2, tolerance - moved);
  const more = furtherSamplesAt(level, { n, effectSize, pValue: uncorrected });
  return Number.isFinite(more) ? more : null;
}

/** The largest change the interval allows. */
function worstCase({ low, high }: PairedDifference, onlyMore: boolean): number {
  if (low === null || high === null) return Infinity;
  return onlyMore ? high : Math.max(Math.abs(low), Math.abs(high));
}

function toleranceOf(metric: string, before: number, { quality, length, latency }: Tolerances): number {
  if (TIMES.test(metric)) return latency * before;
  return metric === LENGTH ? length * before : quality;
}

function overall(metrics: readonly CanaryMetric[]): CanaryState {
  if (metrics.some(({ state }) => state === "drift")) return "drift";
  return metrics.length === 0 || metrics.some(({ state }) => state === "cannot tell") ? "cannot tell" : "fine";
}
