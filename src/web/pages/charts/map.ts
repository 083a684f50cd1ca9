import type { CustomSeriesRenderItemAPI } from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import type { RunValues } from "../../api/documents.js";
import type { ChartColors } from "../../charts/colors.js";
import { short, tooltip, valueAxis } from "../../charts/common-options.js";
import { heatCell } from "../../charts/heat-cell.js";
import { count, formatMetric, formatNumber, toNumber } from "../../format/numbers.js";
import { scaleOf, type Dimension } from "./chart-data.js";

/** The places of an axis: single values, or ranges of numbers where there are many. */
export interface Places {
  labels: string[];
  /** Of each run; undefined where it has none. */
  at: (number | undefined)[];
}

/** A cell of a map: the mean of the runs there. */
export interface MapCell {
  x: number;
  y: number;
  mean: number;
  runs: number;
}

/** More different numbers than this are put into ranges. */
const MOST_VALUES = 12;
const MOST_CATEGORIES = 30;

/** Where runs stand along a dimension. Many numbers are put into ranges of one width; of many texts the first in order have places. */
export function placesOf(runs: readonly RunValues[], dimension: Dimension): Places {
  const { categories, values } = scaleOf(runs, dimension);
  if (categories) {
    const labels = categories.slice(0, MOST_CATEGORIES);
    const places = new Map(labels.map((label, i) => [label, i]));
    return { labels, at: values.map((value) => (value === null ? undefined : places.get(String(value)))) };
  }
  const numbers = [...new Set(values.filter((value) => typeof value === "number"))].sort((a, b) => a - b);
  if (numbers.length <= MOST_VALUES) {
    const places = new Map(numbers.map((number, i) => [number, i]));
    return { labels: numbers.map(formatNumber), at: values.map((value) => (typeof value === "number" ? places.get(value) : undefined)) };
  }
  const [low = 0, high = 1] = [numbers[0], numbers.at(-1)];
  const step = high / MOST_VALUES - low / MOST_VALUES; // their difference alone may be beyond the largest number
  const placeOf = (value: number) => Math.min(MOST_VALUES - 1, Math.floor(value / step - low / step));
  const labels = Array.from({ length: MOST_VALUES }, (_, i) => `${formatNumber(low + i * step)} – ${formatNumber(low + (i + 1) * step)}`);
  return { labels, at: values.map((value) => (typeof value === "number" ? placeOf(value) : undefined)) };
}

/** The mean of a metric in each cell that has a run with it. */
export function mapCells(runs: readonly RunValues[], x: Places, y: Places, metric: string): MapCell[] {
  const cells = new Map<string, MapCell>();
  runs.forEach((run, i) => {
    const [value, right, up] = [toNumber(run.metrics[metric]?.last), x.at[i], y.at[i]];
    if (!Number.isFinite(value) || right === undefined || up === undefined) return;
    const cell = cells.get(`${right} ${up}`) ?? { x: right, y: up, mean: 0, runs: 0 };
    cell.runs++;
    cell.mean += value / cell.runs - cell.mean / cell.runs;
    cells.set(`${right} ${up}`, cell);
  });
  return [...cells.values()];
}

/** What a map is of: its axes, and the metric from its least to its greatest mean. */
export interface MapParts {
  axes: readonly [x: Places & { name: string }, y: Places & { name: string }];
  metric: string;
  ends: readonly [low: number, high: number];
}

/** A map of means between the least and the greatest, a number in each cell; how many runs that is of is in the tooltip. Cells without a run stay empty: nothing is made up between. */
export function mapOption(
  cells: readonly MapCell[],
  { axes, metric, ends: [low, high] }: MapParts,
  colors: ChartColors,
): EChartsCoreOption {
  const [x, y] = axes;
  const share = (mean: number) => (high > low ? (mean - low) / (high - low) : 0.5);
  return {
    animation: false,
    grid: { left: 16, right: 16, top: 10, bottom: 34, containLabel: true },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const cell = cells[dataIndex];
        if (!cell) return "";
        const where = axes.map(({ name, labels }, i) => `${short(name, 30)}: ${short(labels[i === 0 ? cell.x : cell.y] ?? "", 40)}`);
        return [...where, `mean ${short(metric, 40)} of ${count(cell.runs, "run")}: ${formatMetric(metric, cell.mean)}`].join("\n");
      },
    }),
    xAxis: categories(x, colors),
    yAxis: { ...categories(y, colors), name: "" },
    series: [
      {
        ...{ type: "custom", encode: { x: 0, y: 1 }, data: cells.map((cell) => [cell.x, cell.y, cell.mean]) },
        renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => {
          const mean = Number(api.value(2));
          return heatCell(api, { share: share(mean), text: formatMetric(metric, mean), colors });
        },
      },
    ],
  };
}

function categories({ name, labels }: Places & { name: string }, colors: ChartColors): object {
  return {
    ...valueAxis(colors, short(name, 50)),
    ...{ type: "category", data: labels.map((_, i) => i), splitLine: { show: false }, axisTick: { show: false } },
    axisLabel: { color: colors.soft, hideOverlap: true, formatter: (i: string) => short(labels[Number(i)] ?? "", 18) },
  };
}
