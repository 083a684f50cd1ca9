import type { CustomSeriesRenderItemAPI } from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import type { ChartColors } from "../../../charts/colors.js";
import { short, tooltip, valueAxis } from "../../../charts/common-options.js";
import { heatCell } from "../../../charts/heat-cell.js";
import { formatScore } from "../../../format/scores.js";
import { valueText, type VariedParam } from "./layout.js";
import { settingText } from "./setting-text.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

/** A cell of a map: the places of its values, and the setting there. */
export interface HeatCell {
  x: number;
  y: number;
  mean: number;
  setting: StudySetting;
}

/** The cells of a map of two parameters. */
export function heatCells(settings: readonly StudySetting[], x: VariedParam, y: VariedParam, score: ScoreKind): HeatCell[] {
  return settings.flatMap((setting): HeatCell[] => {
    const mean = setting.scores.get(score.name)?.mean;
    const [at, up] = [x, y].map(({ name, values }) => (setting.params.has(name) ? values.indexOf(setting.params.get(name) ?? null) : -1));
    return mean === undefined || at === undefined || up === undefined || at < 0 || up < 0 ? [] : [{ x: at, y: up, mean, setting }];
  });
}

/** The least and the greatest mean of cells. */
export function heatEnds(cells: readonly HeatCell[]): [low: number, high: number] {
  const means = cells.map(({ mean }) => mean);
  return [Math.min(...means), Math.max(...means)];
}

/** A map of a score over two parameters, a number in each cell; its interval is in the tooltip. */
export function heatOption(
  cells: readonly HeatCell[],
  [x, y]: readonly [VariedParam, VariedParam],
  score: ScoreKind,
  colors: ChartColors,
): EChartsCoreOption {
  const [low, high] = heatEnds(cells);
  const share = (mean: number) => (high > low ? (mean - low) / (high - low) : 0.5);
  return {
    animation: false,
    grid: { left: 16, right: 16, top: 10, bottom: 34, containLabel: true },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const setting = cells[dataIndex]?.setting;
        return setting ? settingText(setting, score) : "";
      },
    }),
    xAxis: categories(x, colors, 28),
    yAxis: { ...categories(y, colors, 28), nameLocation: "end", nameTextStyle: { color: colors.soft, align: "left" }, name: "" },
    series: [
      {
        ...{
          type: "custom",
          encode: { x: 0, y: 1 },
          data: cells.map((cell) => ({ value: [cell.x, cell.y, cell.mean], run: cell.setting.runId })),
        },
        renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => {
          const mean = Number(api.value(2));
          const { setting } = cells.find((cell) => cell.x === api.value(0) && cell.y === api.value(1)) ?? {};
          return heatCell(api, { share: share(mean), text: formatScore(score, mean), isBest: setting?.isBest ?? false, colors });
        },
      },
    ],
  };
}

function categories({ name, values }: VariedParam, colors: ChartColors, nameGap: number): object {
  const labels = values.map((value) => short(valueText(value), 16));
  return {
    ...valueAxis(colors, short(name, 50)),
    ...{ type: "category", nameGap, data: labels.map((_, i) => i), splitLine: { show: false }, axisTick: { show: false } },
    axisLabel: { color: colors.soft, formatter: (i: string) => labels[Number(i)] ?? "" },
  };
}
