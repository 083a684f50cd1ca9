import type { EChartsCoreOption } from "echarts/core";
import type { HistoryPoint } from "../api/runs.js";
import { formatMetric, toNumber } from "../format/numbers.js";
import { formatTime } from "../format/times.js";
import type { ChartColors } from "./colors.js";
import { short, tooltip, valueAxis } from "./common-options.js";

/** What curves are drawn over: the step, the time, or seconds since the run's first point. */
export type CurveAxis = "step" | "time" | "relative";

export interface CurveSettings {
  axis: CurveAxis;
  isLog: boolean;
  /** From 0, as measured, to under 1: the weight of what came before in an exponential moving average. */
  smoothing: number;
}

type Point = [x: number, y: number | null];

/** The points of each run in order of the axis; what is not finite leaves a gap. */
export function curvePoints(history: readonly HistoryPoint[], { axis, isLog, smoothing }: CurveSettings): Map<string, Point[]> {
  const runs = new Map<string, HistoryPoint[]>();
  for (const point of history) {
    const points = runs.get(point.run_id);
    if (points) points.push(point);
    else runs.set(point.run_id, [point]);
  }
  const curves = [...runs].map(([run, points]): [string, Point[]] => {
    const start = Math.min(...points.map(({ timestamp }) => timestamp));
    const x = ({ step, timestamp }: HistoryPoint) => (axis === "step" ? step : axis === "time" ? timestamp : (timestamp - start) / 1000);
    const line = points.map((point): Point => [x(point), drawable(toNumber(point.value), isLog)]).sort((a, b) => a[0] - b[0]);
    return [run, smooth(line, smoothing)];
  });
  return new Map(curves);
}

function drawable(value: number, isLog: boolean): number | null {
  return Number.isFinite(value) && (!isLog || value > 0) ? value : null;
}

/** An exponential moving average that begins with the first value, corrected for its start as Adam's is. */
export function smooth(points: readonly Point[], weight: number): Point[] {
  if (weight <= 0) return [...points];
  let average = 0;
  let seen = 0;
  return points.map(([x, y]) => {
    if (y === null) return [x, null];
    seen++;
    average = weight * average + (1 - weight) * y;
    return [x, average / (1 - weight ** seen)];
  });
}

/** A chart of a metric's curves in some runs. */
export function curvesOption(
  key: string,
  history: readonly HistoryPoint[],
  settings: CurveSettings,
  { names, colors }: { names: ReadonlyMap<string, string>; colors: ChartColors },
): EChartsCoreOption {
  const curves = [...curvePoints(history, settings)];
  const isTime = settings.axis === "time";
  const xName = { step: "step", time: "", relative: "seconds since the first point" }[settings.axis];
  const xText = (x: number) => (isTime ? formatTime(x) : `${xName} ${x}`);
  const isMany = curves.length > 12;
  return {
    animation: false,
    color: colors.series,
    grid: { left: 64, right: 16, top: curves.length > 1 && !isMany ? 40 : 14, bottom: 44 },
    legend: {
      show: curves.length > 1 && !isMany,
      type: "scroll",
      textStyle: { color: colors.soft },
      formatter: (name: string) => short(name, 40),
    },
    tooltip: tooltip(colors, {
      trigger: isMany ? "item" : "axis",
      formatter: (items: unknown) => tooltipText(key, Array.isArray(items) ? (items as Item[]) : [items as Item], xText),
    }),
    dataZoom: [{ type: "inside", filterMode: "none" }],
    xAxis: valueAxis(colors, xName, isTime ? { type: "time", axisLabel: { color: colors.soft, hideOverlap: true } } : { scale: true }),
    yAxis: valueAxis(colors, "", settings.isLog ? { type: "log" } : {}),
    series: curves.map(([run, data]) => ({
      ...{ type: "line", name: names.get(run) ?? run, data, sampling: "lttb", showSymbol: data.length < 30, symbolSize: 5 },
      ...{ lineStyle: { width: isMany ? 1 : 1.8, opacity: isMany ? 0.6 : 1 }, connectNulls: false },
    })),
  };
}

interface Item {
  seriesName: string;
  marker: string;
  value: Point;
}

function tooltipText(key: string, items: readonly Item[], xText: (x: number) => string): string {
  const lines = items
    .slice(0, 14)
    .map(({ seriesName, value: [, y] }) => `${short(seriesName, 40)}: ${y === null ? "–" : formatMetric(key, y)}`);
  return [xText(items[0]?.value[0] ?? 0), ...lines].join("\n");
}
