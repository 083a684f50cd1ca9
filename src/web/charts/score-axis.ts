import { formatScore, type ScoreFormat } from "../format/scores.js";
import type { ChartColors } from "./colors.js";
import { valueAxis } from "./common-options.js";

/** What axes of rates that reach to 1 span: with five parts their marks are round, and none lies close to the end. */
const SPANS = [0.04, 0.08, 0.2, 0.4, 0.8, 1];
const ENDS_AT_ONE = 0.96;

/** Where an axis of rates from `min` to `max` begins; null where it may begin anywhere. */
export function rateStart({ min, max }: { min: number; max: number }): number | null {
  if (max <= ENDS_AT_ONE) return min < 1 - ENDS_AT_ONE ? 0 : null;
  const span = SPANS.find((one) => 1 - one <= min) ?? 1;
  return Math.round(100 * (1 - span)) / 100;
}

/** An axis of a score. One of a rate ends where rates end. */
export function scoreAxis(colors: ChartColors, format: ScoreFormat, name = "", more: object = {}): object {
  const ends = {
    min: rateStart,
    max: ({ max }: { max: number }) => (max > ENDS_AT_ONE ? 1 : null),
  };
  return valueAxis(colors, name, {
    axisLabel: { color: colors.soft, formatter: (value: number) => formatScore(format, value), hideOverlap: true },
    splitNumber: 5,
    ...(format.isRate ? ends : {}),
    ...more,
  });
}
