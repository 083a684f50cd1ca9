import type { EChartsCoreOption } from "echarts/core";
import type { SeriesPoint } from "../../api/monitors.js";
import type { ChartColors } from "../../charts/colors.js";
import { short, tooltip, valueAxis } from "../../charts/common-options.js";
import { formatTime } from "../../format/times.js";
import { formatIn, type Unit } from "../../format/units.js";
import type { Limit } from "./panels.js";
import type { Span } from "./ranges.js";

export interface DrawnLine {
  label: string;
  points: readonly SeriesPoint[];
}

/** A pause so much longer than usual is a gap: nobody looked. */
const GAP_FACTOR = 3;
/** What is lower is drawn as this: only error budgets are negative, and how far they are overdrawn is said elsewhere. */
const LEAST = -1;
type Place = [time: number, value: number | null];

/** Places of a line, which breaks where there were no values for longer than usual. */
export function broken(points: readonly SeriesPoint[], value: (point: SeriesPoint) => number): Place[] {
  const steps = points.slice(1).map(({ time }, i) => time - (points[i]?.time ?? time));
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? Infinity;
  return points.flatMap((point, i): Place[] => {
    const step = steps[i - 1];
    const own: Place = [point.time, value(point)];
    return step !== undefined && step > GAP_FACTOR * usual ? [[point.time - step / 2, null], own] : [own];
  });
}

/** Lines over time with the ranges of what each point stands for, and the limits they are held against. */
export function panelOption(
  { unit, lines, limits, span }: { unit: Unit; lines: readonly DrawnLine[]; limits: readonly Limit[]; span: Span },
  colors: ChartColors,
): EChartsCoreOption {
  const hasLegend = lines.length + limits.length > 1;
  const color = (i: number) => colors.series[i % colors.series.length] ?? colors.accent;
  return {
    animation: false,
    grid: { left: 66, right: 14, top: hasLegend ? 34 : 12, bottom: 26 },
    legend: {
      ...{ show: hasLegend, type: "scroll", top: 0, left: 0, itemWidth: 16, textStyle: { color: colors.soft, fontSize: 12 } },
      ...{ formatter: (name: string) => short(name, 34), pageTextStyle: { color: colors.soft }, pageIconColor: colors.soft },
      data: [...lines.map(({ label }) => label), ...limits.map(({ label }) => label)],
    },
    tooltip: tooltip(colors, { trigger: "axis", formatter: (items: unknown) => describe(items as Item[], lines, unit) }),
    xAxis: {
      ...valueAxis(colors, "", { type: "time", min: span.from, max: span.to, axisLabel: { color: colors.soft, hideOverlap: true } }),
      splitLine: { show: false },
    },
    yAxis: valueAxis(colors, "", {
      scale: false,
      ...(unit === "count" ? { minInterval: 1 } : {}),
      ...(unit === "ratio" ? shareEnds(lines, limits) : {}),
      axisLabel: { color: colors.soft, formatter: (value: number) => formatIn(unit, value), hideOverlap: true },
      splitNumber: 4,
    }),
    series: [
      ...lines.flatMap(({ label, points }, i) => [...band(label, points, color(i)), curve(label, points, color(i))]),
      ...limits.map(({ label, value }) => ({
        ...{ type: "line", name: label, silent: true, symbol: "none", color: colors.soft, lineStyle: { type: "dashed", width: 1.2 } },
        data: [
          [span.from, value],
          [span.to, value],
        ],
        tooltip: { show: false },
      })),
    ],
  };
}

/** Shares end at 100 %; error budgets, which can be overdrawn without an end, begin at -100 %. */
function shareEnds(lines: readonly DrawnLine[], limits: readonly Limit[]): { min?: number; max?: number; interval?: number } {
  const values = [...lines.flatMap(({ points }) => points.flatMap(({ min, max }) => [min, max])), ...limits.map(({ value }) => value)];
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);
  return {
    ...(most > 0.5 && most <= 1 ? { max: 1, interval: 0.25 } : {}),
    ...(most <= 0 && least < 0 ? { max: 0 } : {}),
    ...(least < -1 ? { min: -1 } : {}),
  };
}

function curve(label: string, points: readonly SeriesPoint[], color: string): object {
  return {
    ...{ type: "line", name: label, color, z: 4, symbolSize: 4, showSymbol: points.length < 40, connectNulls: false },
    ...{ lineStyle: { width: 1.7 }, data: broken(points, ({ mean }) => Math.max(LEAST, mean)) },
  };
}

/** From the least to the greatest of the values that points stand for; nothing where each stands for one. */
function band(label: string, points: readonly SeriesPoint[], color: string): object[] {
  if (points.every(({ points: values }) => values === 1)) return [];
  const shared = {
    type: "line",
    stack: `range of ${label}`,
    stackStrategy: "all",
    symbol: "none",
    silent: true,
    lineStyle: { opacity: 0 },
  };
  return [
    { ...shared, data: broken(points, ({ min }) => Math.max(LEAST, min)), tooltip: { show: false } },
    {
      ...shared,
      areaStyle: { color, opacity: 0.16 },
      data: broken(points, ({ min, max }) => Math.max(LEAST, max) - Math.max(LEAST, min)),
      tooltip: { show: false },
    },
  ];
}

interface Item {
  seriesName: string;
  value: Place;
}

function describe(items: readonly Item[], lines: readonly DrawnLine[], unit: Unit): string {
  const time = items[0]?.value[0] ?? 0;
  const texts = lines.flatMap(({ label, points }) => {
    const item = items.find(({ seriesName }) => seriesName === label);
    const point = item && points.find((one) => one.time === item.value[0]);
    if (!point) return [];
    const range = point.points > 1 ? ` (${formatIn(unit, point.min)} to ${formatIn(unit, point.max)} in ${point.points} polls)` : "";
    return [`${label}: ${formatIn(unit, point.mean)}${range}`];
  });
  return [formatTime(time), ...texts].join("\n");
}
