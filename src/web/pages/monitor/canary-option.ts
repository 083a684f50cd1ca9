import type { EChartsCoreOption } from "echarts/core";
import type { ChartColors } from "../../charts/colors.js";
import { tooltip, valueAxis } from "../../charts/common-options.js";
import { whiskerSeries } from "../../charts/intervals.js";
import { formatMetric } from "../../format/numbers.js";
import { formatTime } from "../../format/times.js";
import type { Drift } from "./canary-data.js";

const HOUR_MS = 3_600_000;

/** The differences of a metric to what was saved, with their intervals, between the lines of what is tolerated. */
export function canaryOption(metric: string, drifts: readonly Drift[], colors: ChartColors): EChartsCoreOption {
  const [first, last] = [drifts[0], drifts.at(-1)];
  const room = Math.max(HOUR_MS, ((last?.time ?? 0) - (first?.time ?? 0)) / 20);
  const ends = { min: (first?.time ?? 0) - room, max: (last?.time ?? 0) + room };
  const tolerated = (sign: number) => ({
    ...{ type: "line", silent: true, symbol: "none", color: colors.soft, lineStyle: { type: "dashed", width: 1 } },
    data: [first && { ...first, time: ends.min }, ...drifts, last && { ...last, time: ends.max }].flatMap((drift) =>
      drift ? [[drift.time, sign * drift.tolerance]] : [],
    ),
  });
  const color = (drift: Drift | undefined) => (drift?.state === "drift" ? colors.bad : drift?.state === "fine" ? colors.good : colors.soft);
  return {
    animation: false,
    grid: { left: 70, right: 16, top: 12, bottom: 28 },
    tooltip: tooltip(colors, { trigger: "item", formatter: ({ dataIndex }: { dataIndex: number }) => describe(metric, drifts[dataIndex]) }),
    xAxis: {
      ...valueAxis(colors, "", { type: "time", axisLabel: { color: colors.soft, hideOverlap: true } }),
      ...ends,
    },
    yAxis: valueAxis(colors, "", {
      axisLabel: { color: colors.soft, formatter: (value: number) => formatMetric(metric, value), hideOverlap: true },
    }),
    series: [
      tolerated(1),
      tolerated(-1),
      whiskerSeries(
        drifts.map(({ time, low, high }) => [time, low ?? "-", high ?? "-"]),
        { color: colors.soft },
      ),
      {
        ...{ type: "scatter", z: 6, symbolSize: 9, data: drifts.map(({ time, difference }) => [time, difference]) },
        itemStyle: { color: ({ dataIndex }: { dataIndex: number }) => color(drifts[dataIndex]) },
      },
    ],
  };
}

function describe(metric: string, drift: Drift | undefined): string {
  if (!drift) return "";
  const value = (number: number) => formatMetric(metric, number);
  const { time, state, before, now, difference, low, high, tolerance } = drift;
  const interval = low === null || high === null ? "" : `, 95 % between ${value(low)} and ${value(high)}`;
  return [
    `${formatTime(time)}: ${state}`,
    `${value(before)} when saved, ${value(now)} now`,
    `difference ${value(difference)}${interval}`,
    `±${value(tolerance)} is tolerated`,
  ].join("\n");
}
