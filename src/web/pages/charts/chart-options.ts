import type { CustomSeriesRenderItemAPI } from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import type { RunValues } from "../../api/documents.js";
import { categoryAxis, short, tooltip, valueAxis } from "../../charts/common-options.js";
import type { ChartColors } from "../../charts/colors.js";
import { formatMetric, toNumber } from "../../format/numbers.js";
import { intervalOf } from "../runs/columns.js";
import { scaleOf, valueOf, type Dimension } from "./chart-data.js";

/** Of categories on an axis: more would lie over each other. */
const MOST_LABELS = 20;

/** Runs as lines over axes of parameters and metrics. Dragging along an axis leaves only the runs that pass there. */
export function parallelOption(runs: readonly RunValues[], dimensions: readonly Dimension[], colors: ChartColors): EChartsCoreOption {
  const scales = dimensions.map((dimension) => scaleOf(runs, dimension));
  const last = dimensions.length - 1;
  const ends = scales[last]?.categories ? undefined : extent(scales[last]?.values ?? []);
  return {
    animation: false,
    parallel: { left: 50, right: 90, top: 48, bottom: 28, parallelAxisDefault: { nameTextStyle: { color: colors.ink } } },
    parallelAxis: dimensions.map(({ key }, dim) => ({
      ...{ dim, name: short(key, 18), nameRotate: dimensions.length > 8 ? 20 : 0, nameGap: 12 },
      ...(scales[dim]?.categories ? { type: "category", data: scales[dim].categories } : { type: "value", scale: true }),
      axisLabel: {
        ...{ color: colors.ink, textBorderColor: colors.surface, textBorderWidth: 3 },
        interval: Math.ceil((scales[dim]?.categories?.length ?? 0) / MOST_LABELS) - 1, // of categories: every so many has its name
        formatter: (value: number | string) => (typeof value === "number" ? formatMetric(key, value) : short(value, 16)),
      },
      axisLine: { lineStyle: { color: colors.soft } },
      areaSelectStyle: { color: colors.accent, opacity: 0.25, borderColor: colors.accent },
    })),
    ...(ends
      ? {
          visualMap: {
            ...{ show: false, dimension: last, min: ends[0], max: ends[1], seriesIndex: 0 },
            inRange: { color: [colors.series[1], colors.soft, colors.accent] },
          },
        }
      : {}),
    series: [
      {
        ...{
          type: "parallel",
          lineStyle: { width: 1.3, opacity: runs.length > 300 ? 0.25 : 0.55, color: colors.accent },
          progressive: 500,
        },
        ...{ inactiveOpacity: 0.03, activeOpacity: 0.9, smooth: false },
        data: runs.map((_, i) => scales.map(({ values }) => values[i] ?? "-")),
      },
    ],
  };
}

function extent(values: readonly (number | null)[]): [number, number] | undefined {
  const numbers = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return numbers.length > 1 && low < high ? [low, high] : undefined;
}

/** Runs as points: one dimension over another. */
export function scatterOption(runs: readonly RunValues[], x: Dimension, y: Dimension, colors: ChartColors): EChartsCoreOption {
  const [xs, ys] = [scaleOf(runs, x), scaleOf(runs, y)];
  const axis = ({ key }: Dimension, categories: string[] | undefined) =>
    categories
      ? categoryAxis(
          colors,
          key,
          categories.map((text) => short(text, 14)),
        )
      : valueAxis(colors, short(key, 50));
  return {
    animation: false,
    color: colors.series,
    grid: { left: 76, right: 20, top: 16, bottom: 48 },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => describe(runs[dataIndex], [x, y]),
    }),
    dataZoom: [
      { type: "inside", filterMode: "none" },
      { type: "inside", orient: "vertical", filterMode: "none" },
    ],
    xAxis: axis(x, xs.categories),
    yAxis: { ...axis(y, ys.categories), nameGap: 58 },
    series: [
      {
        ...{ type: "scatter", symbolSize: runs.length > 300 ? 5 : 9, itemStyle: { opacity: runs.length > 300 ? 0.5 : 0.8 } },
        data: runs.map(({ run_id }, i) => ({ value: [xs.values[i] ?? "-", ys.values[i] ?? "-"], run: run_id })),
      },
    ],
  };
}

function describe(run: RunValues | undefined, dimensions: readonly Dimension[]): string {
  if (!run) return "";
  const lines = dimensions.map((dimension) => {
    const value = valueOf(run, dimension);
    return `${short(dimension.key, 40)}: ${value === undefined ? "–" : dimension.kind === "metric" ? formatMetric(dimension.key, value) : short(value.toString(), 60)}`;
  });
  return [short(run.run_name, 60), ...lines].join("\n");
}

/** Runs with a metric, the best first, as bars with the interval around each where the run has one. */
export function barOption(runs: readonly RunValues[], key: string, colors: ChartColors): { option: EChartsCoreOption; shown: RunValues[] } {
  const shown = runs
    .filter((run) => Number.isFinite(toNumber(run.metrics[key]?.last)))
    .sort((a, b) => toNumber(b.metrics[key]?.last) - toNumber(a.metrics[key]?.last));
  const values = shown.map((run) => ({ value: toNumber(run.metrics[key]?.last), run: run.run_id }));
  const intervals = shown.map((run) => intervalOf(run.metrics, key));
  const zoomed = Math.min(100, 2500 / Math.max(1, shown.length));
  const option = {
    animation: false,
    color: colors.series,
    grid: { left: 12, right: shown.length > 25 ? 46 : 20, top: 8, bottom: 30, containLabel: true },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const ends = intervals[dataIndex]?.map((end) => formatMetric(key, end)).join(", ");
        return `${describe(shown[dataIndex], [{ kind: "metric", key }])}${ends === undefined ? "" : ` [${ends}]`}`;
      },
    }),
    dataZoom:
      shown.length > 25 ? [{ type: "slider", yAxisIndex: 0, start: 0, end: zoomed, width: 18, textStyle: { color: colors.soft } }] : [],
    xAxis: valueAxis(colors, "", { scale: false }),
    yAxis: {
      ...categoryAxis(
        colors,
        "",
        shown.map(({ run_name }) => short(run_name, 26)),
      ),
      inverse: true,
    },
    series: [
      { type: "bar", data: values, barMaxWidth: 18, itemStyle: { opacity: 0.75 } },
      { ...intervalSeries(colors), data: intervals.map((ends, i) => [i, ends?.[0] ?? "-", ends?.[1] ?? "-"]) },
    ],
  };
  return { option, shown };
}

/** Lines from the low to the high end of each interval. */
function intervalSeries(colors: ChartColors): object {
  return {
    ...{ type: "custom", encode: { x: [1, 2], y: 0 }, z: 5, silent: true },
    renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => {
      const [row, low, high] = [api.value(0), api.value(1), api.value(2)].map(Number) as [number, number, number];
      if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
      const [x1 = 0, y = 0] = api.coord([low, row]);
      const [x2 = 0] = api.coord([high, row]);
      const line = (from: [number, number], to: [number, number]) => ({
        ...{ type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] } },
        style: { stroke: colors.ink, lineWidth: 1.4 },
      });
      return { type: "group", children: [line([x1, y], [x2, y]), line([x1, y - 4], [x1, y + 4]), line([x2, y - 4], [x2, y + 4])] };
    },
  };
}
