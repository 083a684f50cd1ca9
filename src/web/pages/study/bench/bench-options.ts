import type { EChartsCoreOption } from "echarts/core";
import type { Percentiles } from "../../../api/bench-document.js";
import type { ChartColors } from "../../../charts/colors.js";
import { tooltip, valueAxis } from "../../../charts/common-options.js";
import { whiskerSeries } from "../../../charts/intervals.js";
import { formatNumber } from "../../../format/numbers.js";
import { nameOf, type ShownLevel } from "./bench-levels.js";

/** A line over the load. */
interface LoadLine {
  name: string;
  value: (level: ShownLevel) => number | null;
  interval?: (level: ShownLevel) => { low: number | null; high: number | null } | undefined;
  isDashed?: boolean;
}

/** Loads that reach over more than this are drawn in powers of two. */
const WIDE = 8;

/** How much was answered at each load. */
export function throughputOption(levels: readonly ShownLevel[], unit: "tokens" | "requests", colors: ChartColors): EChartsCoreOption {
  const lines: LoadLine[] =
    unit === "tokens"
      ? [{ name: "tokens/s", value: (level) => level.completion_tokens_per_second }]
      : [
          { name: "requests/s", value: (level) => level.requests_per_second },
          ...(levels.some(({ goodput }) => goodput !== null)
            ? [{ name: "that met every objective", value: (level: ShownLevel) => level.goodput, isDashed: true }]
            : []),
        ];
  return loadOption(levels, lines, { name: unit === "tokens" ? "tokens/s" : "requests/s", suffix: "" }, colors);
}

/** Percentiles of a time at each load, with their intervals where there are any. */
export function latencyOption(
  levels: readonly ShownLevel[],
  time: (level: ShownLevel) => Percentiles,
  colors: ChartColors,
): EChartsCoreOption {
  const lines = (["p50", "p90", "p99"] as const).map((p) => ({
    ...{ name: p === "p50" ? "median" : p, value: (level: ShownLevel) => time(level)[p] },
    interval: (level: ShownLevel) => time(level).intervals?.[p],
  }));
  return loadOption(levels, lines, { name: "ms", suffix: " ms" }, colors);
}

function loadOption(
  levels: readonly ShownLevel[],
  lines: readonly LoadLine[],
  { name, suffix }: { name: string; suffix: string },
  colors: ChartColors,
): EChartsCoreOption {
  const loads = levels.map(({ value }) => value);
  const isWide = Math.min(...loads) > 0 && Math.max(...loads) / Math.min(...loads) >= WIDE;
  const isRate = levels[0]?.load === "rate";
  return {
    animation: false,
    grid: { left: 62, right: 18, top: lines.length > 1 ? 38 : 14, bottom: 44 },
    legend: { show: lines.length > 1, top: 0, textStyle: { color: colors.soft }, data: lines.map((line) => line.name) },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ data }: { data: { place?: [number, number] } }) => {
        const [line = -1, at = -1] = data.place ?? [];
        return textOf(lines[line], levels[at], suffix);
      },
    }),
    xAxis: valueAxis(colors, isRate ? "requests a second that arrive" : "requests at a time", isWide ? { type: "log", logBase: 2 } : {}),
    yAxis: valueAxis(colors, name, { scale: false, nameGap: 44 }),
    series: lines.flatMap((line, i) => lineSeries(line, { i, levels, colors })),
  };
}

function lineSeries(line: LoadLine, { i, levels, colors }: { i: number; levels: readonly ShownLevel[]; colors: ChartColors }): object[] {
  const color = colors.series[i % colors.series.length] ?? colors.accent;
  return [
    whiskerSeries(
      levels.flatMap((level) => {
        const interval = line.interval?.(level);
        return interval ? [[level.value, interval.low ?? "-", interval.high ?? "-"] as const] : [];
      }),
      { color },
    ),
    {
      ...{ type: "line", name: line.name, z: 6, symbol: "circle", showSymbol: true, itemStyle: { color } },
      lineStyle: { color, width: 2, type: line.isDashed === true ? "dashed" : "solid" },
      data: levels.map((level, at) => ({
        ...{ value: [level.value, line.value(level) ?? "-"], place: [i, at], run: level.runId, symbolSize: level.isRunning ? 11 : 7 },
        ...(level.isRunning && { symbol: "emptyCircle" }),
      })),
    },
  ];
}

function textOf(line: LoadLine | undefined, level: ShownLevel | undefined, suffix: string): string {
  const value = level && line?.value(level);
  if (!line || !level || value === null || value === undefined) return "";
  const interval = line.interval?.(level);
  const ends = interval ? ` [${[interval.low, interval.high].map((end) => (end === null ? "?" : formatNumber(end))).join(", ")}]` : "";
  return `${nameOf(level)}${level.isRunning ? " (running)" : ""}\n${line.name}: ${formatNumber(value)}${suffix}${ends}`;
}
