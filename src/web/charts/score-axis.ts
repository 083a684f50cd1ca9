import { formatScore, type ScoreFormat } from "../format/scores.js";
import type { ChartColors } from "./colors.js";
import { valueAxis } from "./common-options.js";

/**
 * What axes of rates that reach to 1 span. ECharts rounds a fifth of a span to the distance of its marks: none of these fifths is near a
 * bound of that rounding, as that of 0.2 is, and each distance divides its span, so that marks meet both ends.
 */
const SPANS = [0.04, 0.08, 0.25, 0.4, 0.8, 1];
/** The parts that axes are divided into. */
export const PARTS = 5;
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
    splitNumber: PARTS,
    ...(format.isRate ? ends : {}),
    ...more,
  });
}
