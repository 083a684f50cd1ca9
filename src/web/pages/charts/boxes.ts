import { quantileSorted } from "simple-statistics";
import type { EChartsCoreOption } from "echarts/core";
import type { RunValues } from "../../api/documents.js";
import type { ChartColors } from "../../charts/colors.js";
import { categoryAxis, short, tooltip, valueAxis } from "../../charts/common-options.js";
import { compareValues, count, formatMetric, formatNumber, toNumber } from "../../format/numbers.js";
import { valueOf, type Dimension } from "./chart-data.js";

/** A metric of the runs that share a value: quartiles, and the farthest runs within 1.5 times their distance, as Tukey draws them. */
export interface Box {
  value: string;
  runs: number;
  low: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  high: number;
  outliers: { run: RunValues; value: number }[];
}

const REACH = 1.5;

/** Boxes of the most frequent values of a parameter, `most` of them, numbers by size, and how many values there are. */
export function boxesOf(runs: readonly RunValues[], by: Dimension, metric: string, most: number): { boxes: Box[]; values: number } {
  const groups = new Map<string, { run: RunValues; value: number }[]>();
  for (const run of runs) {
    const [group, value] = [valueOf(run, by), toNumber(run.metrics[metric]?.last)];
    if (group === undefined || !Number.isFinite(value)) continue;
    const key = String(group);
    groups.set(key, [...(groups.get(key) ?? []), { run, value }]);
  }
  const shown = [...groups].sort((a, b) => b[1].length - a[1].length).slice(0, most);
  const boxes = shown.map(([value, members]) => boxOf(value, members));
  return { boxes: boxes.sort((a, b) => compareValues(a.value, b.value)), values: groups.size };
}

function boxOf(value: string, members: readonly { run: RunValues; value: number }[]): Box {
  const sorted = [...members].sort((a, b) => a.value - b.value);
  const numbers = sorted.map((member) => member.value);
  const [lowerQuartile, median, upperQuartile] = [0.25, 0.5, 0.75].map((share) => quantileSorted(numbers, share)) as [
    number,
    number,
    number,
  ];
  const reach = REACH * (upperQuartile - lowerQuartile);
  const isWithin = (number: number) => number >= lowerQuartile - reach && number <= upperQuartile + reach;
  const within = numbers.filter(isWithin);
  return {
    ...{ value, runs: members.length, lowerQuartile, median, upperQuartile },
    ...{ low: within[0] ?? median, high: within.at(-1) ?? median },
    outliers: sorted.filter((member) => !isWithin(member.value)),
  };
}

/** Boxes beside each other, with the runs outside them as points; these carry the run's id as data. */
export function boxOption(boxes: readonly Box[], by: string, metric: string, colors: ChartColors): EChartsCoreOption {
  const text = (value: number) => formatMetric(metric, value);
  const outliers = boxes.flatMap((box, at) =>
    box.outliers.map(({ run, value }) => ({ value: [at, value], run: run.run_id, name: run.run_name })),
  );
  return {
    animation: false,
    color: colors.series,
    grid: { left: 76, right: 20, top: 16, bottom: 48 },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ seriesType, dataIndex }: { seriesType: string; dataIndex: number }) => {
        const outlier = outliers[dataIndex];
        if (seriesType === "scatter")
          return outlier ? `${short(outlier.name, 60)}\n${short(metric, 40)}: ${text(outlier.value[1] ?? NaN)}` : "";
        const box = boxes[dataIndex];
        if (!box) return "";
        const quartiles = `${text(box.lowerQuartile)} to ${text(box.upperQuartile)}`;
        return `${short(by, 30)}: ${short(box.value, 40)}\n${count(box.runs, "run")}, median ${text(box.median)}\nmiddle half ${quartiles}`;
      },
    }),
    xAxis: categoryAxis(
      colors,
      by,
      boxes.map(({ value, runs }) => `${short(value, 14)} (${formatNumber(runs)})`),
    ),
    yAxis: { ...valueAxis(colors, short(metric, 50)), nameGap: 58 },
    series: [
      {
        ...{ type: "boxplot", itemStyle: { color: colors.line, borderColor: colors.accent }, boxWidth: [6, 48] },
        data: boxes.map(({ low, lowerQuartile, median, upperQuartile, high }) => [low, lowerQuartile, median, upperQuartile, high]),
      },
      { type: "scatter", symbolSize: 6, itemStyle: { opacity: 0.7 }, data: outliers },
    ],
  };
}
