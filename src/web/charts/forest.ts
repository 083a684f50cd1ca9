import type { EChartsCoreOption } from "echarts/core";
import { formatInterval, formatScore, type ScoreFormat } from "../format/scores.js";
import type { ChartColors } from "./colors.js";
import { short, tooltip } from "./common-options.js";
import { whiskerSeries } from "./intervals.js";
import { scoreAxis } from "./score-axis.js";

/** A line of a forest plot. */
export interface ForestLine {
  name: string;
  mean: number;
  low: number | null;
  high: number | null;
  /** Further lines of its tooltip. */
  notes: readonly string[];
  isMarked: boolean;
}

/** So many lines are shown at a time; the others are reached by a slider. */
const SHOWN = 30;
const LINE_HEIGHT = 24;

/** The height that a forest plot needs, in pixels. */
export function forestHeight(lines: readonly ForestLine[]): number {
  return 64 + LINE_HEIGHT * Math.min(SHOWN, Math.max(2, lines.length));
}

/** Names with values as dots and their intervals, from top to bottom. */
export function forestOption(lines: readonly ForestLine[], format: ScoreFormat, colors: ChartColors, zero?: number): EChartsCoreOption {
  const isLong = lines.length > SHOWN;
  return {
    animation: false,
    grid: { left: 8, right: isLong ? 44 : 24, top: 10, bottom: 28, containLabel: true },
    tooltip: tooltip(colors, { trigger: "item", formatter: ({ dataIndex }: { dataIndex: number }) => describe(lines[dataIndex], format) }),
    dataZoom: isLong
      ? [{ type: "slider", yAxisIndex: 0, startValue: 0, endValue: SHOWN - 1, width: 16, right: 6, textStyle: { color: colors.soft } }]
      : [],
    xAxis: scoreAxis(colors, format),
    yAxis: {
      ...{ type: "category", inverse: true, data: lines.map((_, i) => i), axisTick: { show: false } },
      axisLine: { lineStyle: { color: colors.line } },
      axisLabel: { color: colors.ink, interval: 0, formatter: (i: string) => short(lines[Number(i)]?.name ?? "", 30) },
    },
    series: [
      whiskerSeries(
        lines.map(({ low, high }, i) => [i, low ?? "-", high ?? "-"]),
        { color: colors.soft, isVertical: false },
      ),
      {
        ...{ type: "scatter", z: 6, symbolSize: 9, data: lines.map(({ mean }, i) => [mean, i]) },
        itemStyle: { color: ({ dataIndex }: { dataIndex: number }) => (lines[dataIndex]?.isMarked ? colors.good : colors.accent) },
        ...(zero === undefined ? {} : { markLine: zeroLine(zero, colors) }),
      },
    ],
  };
}

function zeroLine(at: number, colors: ChartColors): object {
  return { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colors.soft, type: "dashed" }, data: [{ xAxis: at }] };
}

function describe(line: ForestLine | undefined, format: ScoreFormat): string {
  if (!line) return "";
  return [short(line.name, 60), `${formatScore(format, line.mean)} ${formatInterval(format, line)}`.trim(), ...line.notes].join("\n");
}
