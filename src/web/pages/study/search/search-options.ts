import type { EChartsCoreOption } from "echarts/core";
import type { SearchDimension, SliceDocument } from "../../../api/search-document.js";
import type { ChartColors } from "../../../charts/colors.js";
import { categoryAxis, short, tooltip, valueAxis } from "../../../charts/common-options.js";
import { bandSeries, whiskerSeries, type BandPoint } from "../../../charts/intervals.js";
import { scoreAxis } from "../../../charts/score-axis.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatInterval, formatScore, type ScoreFormat } from "../../../format/scores.js";
import { bestSoFar, type MeasuredTrial, type Objective } from "./search-data.js";

/** How an objective is written. */
export function formatOf({ name, kind }: Pick<Objective, "name" | "kind">): ScoreFormat {
  return { name, isRate: kind === "rate" };
}

/** A trial in the lines of a tooltip. */
export function trialText({ trial, value, low, high }: MeasuredTrial, format: ScoreFormat): string {
  const params = Object.entries(trial.params).map(([name, at]) => `${short(name, 30)} ${short(String(at), 40)}`);
  const marks = [...(trial.state === "finished" ? [] : [trial.state]), ...(trial.feasible === false ? ["breaks a constraint"] : [])];
  return [
    `Trial ${trial.trial + 1}`,
    ...params,
    `${format.name} ${formatScore(format, value)} ${formatInterval(format, { low, high })}`.trim(),
    ...marks,
  ].join("\n");
}

/** A series of trials as points: hollow ones were not asked everything, or break a constraint. */
export function trialSeries(
  measured: readonly MeasuredTrial[],
  at: (trial: MeasuredTrial) => [number | string, number],
  colors: ChartColors,
): object {
  return {
    ...{ type: "scatter", z: 6, symbolSize: 9 },
    data: measured.map((one, i) => {
      const isFull = one.trial.state === "finished" && one.trial.feasible !== false;
      return {
        ...{ value: at(one), trial: i, run: one.trial.run_id },
        itemStyle: { color: isFull ? colors.accent : colors.surface, borderColor: colors.accent, borderWidth: 1.5, opacity: 0.9 },
      };
    }),
  };
}

/** A tooltip that tells of the trials of trialSeries. */
export function trialTooltip(measured: readonly MeasuredTrial[], format: ScoreFormat, colors: ChartColors): object {
  return tooltip(colors, {
    trigger: "item",
    formatter: ({ data }: { data: { trial?: number } }) => {
      const one = measured[data.trial ?? -1];
      return one ? trialText(one, format) : "";
    },
  });
}

/** The values of all trials in the order in which they were tried, and the best so far. */
export function historyOption(measured: readonly MeasuredTrial[], objective: Objective, colors: ChartColors): EChartsCoreOption {
  const format = formatOf(objective);
  return {
    animation: false,
    grid: { left: 66, right: 18, top: 14, bottom: 44 },
    tooltip: trialTooltip(measured, format, colors),
    dataZoom: [{ type: "inside", filterMode: "none" }],
    xAxis: valueAxis(colors, "trial", { scale: true, minInterval: 1 }),
    yAxis: scoreAxis(colors, format),
    series: [
      whiskerSeries(
        measured.map(({ trial, low, high }) => [trial.trial + 1, low ?? "-", high ?? "-"]),
        { color: colors.soft, cap: 3 },
      ),
      {
        ...{ type: "line", step: "end", silent: true, symbol: "none", z: 5, lineStyle: { color: colors.good, width: 2 } },
        data: bestSoFar(measured, objective),
      },
      trialSeries(measured, ({ trial, value }) => [trial.trial + 1, value], colors),
    ],
  };
}

/** The axis of a parameter: logarithmic where it is searched so, its values where it has some. */
export function dimensionAxis(dimension: SearchDimension, colors: ChartColors): object {
  const { name } = dimension;
  if (dimension.kind === "categorical") {
    const labels = dimension.values.map((value) => short(String(value), 18));
    return categoryAxis(colors, name, labels);
  }
  const { low: min, high: max, log } = dimension;
  return valueAxis(colors, short(name, 50), {
    ...{ type: log ? "log" : "value", min, max },
    axisLabel: { color: colors.soft, hideOverlap: true, formatter: (value: number) => formatNumber(Number(value.toPrecision(4))) },
  });
}

/** Where a value of a parameter is on its axis. */
export function placeOn(dimension: SearchDimension, value: unknown): number {
  return dimension.kind === "categorical" ? dimension.values.indexOf(value as string) : Number(value);
}

/** What is believed along a parameter, with its 95 % interval, and the trials, whose other values may be anything. */
export function sliceOption(
  slice: SliceDocument,
  dimension: SearchDimension,
  { measured, objective, colors }: { measured: readonly MeasuredTrial[]; objective: Objective; colors: ChartColors },
): EChartsCoreOption {
  const format = formatOf(objective);
  const places = slice.values.map((value) => placeOn(dimension, value));
  const isLine = dimension.kind !== "categorical";
  const ends = places.map((x, i): BandPoint => [x, slice.low[i] ?? NaN, slice.high[i] ?? NaN]);
  return {
    animation: false,
    grid: { left: 66, right: 18, top: 14, bottom: 44 },
    tooltip: trialTooltip(measured, format, colors),
    xAxis: dimensionAxis(dimension, colors),
    yAxis: scoreAxis(colors, format),
    series: [
      isLine ? bandSeries(ends, colors.accent) : whiskerSeries(ends, { color: colors.accent }),
      {
        ...{ type: isLine ? "line" : "scatter", silent: true, symbol: isLine ? "none" : "rect", symbolSize: [16, 3], z: 5 },
        ...{ lineStyle: { color: colors.accent, width: 2 }, itemStyle: { color: colors.accent } },
        data: places.map((x, i) => [x, slice.mean[i] ?? "-"]),
      },
      trialSeries(measured, ({ trial, value }) => [placeOn(dimension, trial.params[dimension.name]), value], colors),
    ],
  };
}
