import type { EChartsCoreOption } from "echarts/core";
import type { RunValues } from "../../api/documents.js";
import type { ChartColors } from "../../charts/colors.js";
import { short } from "../../charts/common-options.js";
import { heatMapOption, type HeatAxis, type HeatCell } from "../../charts/heat-map.js";
import { count, formatMetric, formatNumber, toNumber } from "../../format/numbers.js";
import { scaleOf, type Dimension } from "./chart-data.js";

/** The places of an axis: single values, or ranges of numbers where there are many. */
export interface Places {
  labels: string[];
  /** Of each run; undefined where it has none. */
  at: (number | undefined)[];
}

/** A cell of a map: the mean of so many runs. */
export interface MapCell extends HeatCell {
  runs: number;
}

/** More different numbers than this are put into ranges. */
const MOST_VALUES = 12;
const MOST_CATEGORIES = 30;

/** Where runs stand along a dimension. Many numbers are put into ranges of one width; of many texts the first in order have places. */
export function placesOf(runs: readonly RunValues[], dimension: Dimension): Places {
  const { categories, values } = scaleOf(runs, dimension);
  if (categories) {
    const isShown = (value: number | null): value is number => value !== null && value < MOST_CATEGORIES;
    return { labels: categories.slice(0, MOST_CATEGORIES), at: values.map((value) => (isShown(value) ? value : undefined)) };
  }
  const numbers = [...new Set(values.filter((value) => value !== null))].sort((a, b) => a - b);
  if (numbers.length <= MOST_VALUES) {
    const places = new Map(numbers.map((number, i) => [number, i]));
    return { labels: numbers.map(formatNumber), at: values.map((value) => (value === null ? undefined : places.get(value))) };
  }
  const [low = 0, high = 1] = [numbers[0], numbers.at(-1)];
  const step = high / MOST_VALUES - low / MOST_VALUES; // their difference alone may be beyond the largest number
  const placeOf = (value: number) => Math.min(MOST_VALUES - 1, Math.floor(value / step - low / step));
  const labels = Array.from({ length: MOST_VALUES }, (_, i) => `${formatNumber(low + i * step)} – ${formatNumber(low + (i + 1) * step)}`);
  return { labels, at: values.map((value) => (value === null ? undefined : placeOf(value))) };
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

/** A map of means between the least and the greatest; how many runs each is of is in the tooltip. */
export function mapOption(
  cells: readonly MapCell[],
  axes: readonly [x: HeatAxis, y: HeatAxis],
  metric: string,
  colors: ChartColors,
): EChartsCoreOption {
  const describe = (cell: MapCell) => {
    const where = axes.map(({ name, labels }, i) => `${short(name, 30)}: ${short(labels[i === 0 ? cell.x : cell.y] ?? "", 40)}`);
    return [...where, `mean ${short(metric, 40)} of ${count(cell.runs, "run")}: ${formatMetric(metric, cell.mean)}`].join("\n");
  };
  const [x, y] = axes.map(({ name, labels }): HeatAxis => ({ name, labels: labels.map((label) => short(label, 18)) })) as [
    HeatAxis,
    HeatAxis,
  ];
  return heatMapOption({ cells, axes: [x, y], text: (mean) => formatMetric(metric, mean), describe }, colors);
}
