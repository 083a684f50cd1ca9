import { createRandom } from "../math/random.js";
import type { Interval } from "./bootstrap.js";

/** What raters say of one thing; null where one did not look at it. */
export type Ratings = readonly (number | null)[];

const RESAMPLES = 2000;
const TAIL = 0.025;
/** Rows added on which raters agree by chance only, as Agresti and Coull (1998) add to a rate; one covers best at 20 and 60 rows. */
const CHANCE_ROWS = 1;

/**
 * A 95 % interval of a chance-corrected agreement (kappa, alpha) that does not shrink to a point where a few raters agreed on
 * everything: a percentile bootstrap (Efron and Tibshirani 1993) over the rows and one more, on which every rater's level is drawn
 * by itself from all of that rater's levels. Plain bootstraps of 20 rows without a disagreement give 1 to 1. It holds the value seen.
 * The seed is fixed. Null below three rows, or where the agreement is hardly ever defined.
 */
export function agreementInterval(rows: readonly Ratings[], statistic: (rows: readonly Ratings[]) => number, seed = 1): Interval | null {
  const n = rows.length;
  const seen = statistic(rows);
  if (n < 3 || !Number.isFinite(seen)) return null;
  const random = createRandom(seed);
  const anyRow = (): Ratings => rows[Math.floor(random() * n)] ?? [];
  const byChance = (): Ratings => (rows[0] ?? []).map((_, rater) => anyRow()[rater] ?? null);
  const resample = () => rows.map(() => (random() < CHANCE_ROWS / (n + CHANCE_ROWS) ? byChance() : anyRow()));
  const values = Array.from({ length: RESAMPLES }, () => statistic(resample())).filter(Number.isFinite);
  if (values.length < RESAMPLES / 2) return null;
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(values.length - 1, Math.max(0, Math.round(share * values.length - 0.5)))] ?? seen;
  return { low: Math.min(seen, at(TAIL)), high: Math.max(seen, at(1 - TAIL)) };
}
