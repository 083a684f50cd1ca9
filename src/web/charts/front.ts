import type { EChartsCoreOption } from "echarts/core";
import { formatInterval, formatScore, type ScoreFormat } from "../format/scores.js";
import type { ChartColors } from "./colors.js";
import { short, tooltip } from "./common-options.js";
import { whiskerSeries } from "./intervals.js";
import { scoreAxis } from "./score-axis.js";

interface Value {
  mean: number;
  low: number | null;
  high: number | null;
}

/** A thing that is good or bad in two ways. */
export interface FrontPoint {
  name: string;
  x: Value;
  y: Value;
  /** No other is better in both. */
  isOnFront: boolean;
  /** From 0 to 1: what it takes of a third quantity, drawn as its size. */
  size?: number | undefined;
  notes: readonly string[];
  run: string | null;
}

/** Points with the intervals of both their values, and a line of those on the front. */
export function frontOption(
  points: readonly FrontPoint[],
  [x, y]: readonly [ScoreFormat, ScoreFormat],
  colors: ChartColors,
): EChartsCoreOption {
  const front = points.filter(({ isOnFront }) => isOnFront).sort((a, b) => a.x.mean - b.x.mean || a.y.mean - b.y.mean);
  return {
    animation: false,
    grid: { left: 76, right: 24, top: 16, bottom: 48 },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ data }: { data: { at?: number } }) => describe(points[data.at ?? -1], x, y),
    }),
    xAxis: scoreAxis(colors, x, short(x.name, 40)),
    yAxis: { ...scoreAxis(colors, y, short(y.name, 40)), nameGap: 58 },
    series: [
      ...crosses(points, colors),
      {
        ...{ type: "line", silent: true, symbol: "none", z: 3, lineStyle: { color: colors.good, width: 1.5, type: "dashed" } },
        data: front.map((point) => [point.x.mean, point.y.mean]),
      },
      {
        ...{ type: "scatter", z: 6 },
        data: points.map((point, at) => ({
          ...{ value: [point.x.mean, point.y.mean], at, run: point.run },
          symbolSize: point.size === undefined ? 10 : 8 + 18 * Math.sqrt(point.size),
          itemStyle: { color: point.isOnFront ? colors.good : colors.accent, opacity: 0.85 },
        })),
      },
    ],
  };
}

function crosses(points: readonly FrontPoint[], colors: ChartColors): object[] {
  const color = colors.soft;
  return [
    whiskerSeries(
      points.map(({ x, y }) => [x.mean, y.low ?? "-", y.high ?? "-"]),
      { color, cap: 3 },
    ),
    whiskerSeries(
      points.map(({ x, y }) => [y.mean, x.low ?? "-", x.high ?? "-"]),
      { color, cap: 3, isVertical: false },
    ),
  ];
}

function describe(point: FrontPoint | undefined, x: ScoreFormat, y: ScoreFormat): string {
  if (!point) return "";
  const line = (format: ScoreFormat, value: Value) =>
    `${short(format.name, 40)}: ${formatScore(format, value.mean)} ${formatInterval(format, value)}`.trim();
  return [short(point.name, 60), line(y, point.y), line(x, point.x), ...point.notes].join("\n");
}
