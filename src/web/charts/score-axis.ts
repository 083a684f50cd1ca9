import { formatScore, type ScoreFormat } from "../format/scores.js";
import type { ChartColors } from "./colors.js";
import { valueAxis } from "./common-options.js";

/** An axis of a score. One of a rate ends where rates end. */
export function scoreAxis(colors: ChartColors, format: ScoreFormat, name = "", more: object = {}): object {
  const ends = {
    min: ({ min }: { min: number }) => (min < 0.04 ? 0 : null),
    max: ({ max }: { max: number }) => (max > 0.96 ? 1 : null),
  };
  return valueAxis(colors, name, {
    axisLabel: { color: colors.soft, formatter: (value: number) => formatScore(format, value), hideOverlap: true },
    splitNumber: 4,
    ...(format.isRate ? ends : {}),
    ...more,
  });
}
