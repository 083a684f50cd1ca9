import type { EChartsCoreOption } from "echarts/core";
import type { ChartColors } from "../../../charts/colors.js";
import { short } from "../../../charts/common-options.js";
import { heatMapOption, type HeatAxis, type HeatCell } from "../../../charts/heat-map.js";
import { formatScore } from "../../../format/scores.js";
import { valueText, type VariedParam } from "./layout.js";
import { settingText } from "./setting-text.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

/** A cell of a map with the setting there. */
export interface SettingCell extends HeatCell {
  setting: StudySetting;
}

/** The cells of a map of two parameters. */
export function heatCells(settings: readonly StudySetting[], x: VariedParam, y: VariedParam, score: ScoreKind): SettingCell[] {
  return settings.flatMap((setting): SettingCell[] => {
    const mean = setting.scores.get(score.name)?.mean;
    const [at, up] = [x, y].map(({ name, values }) => (setting.params.has(name) ? values.indexOf(setting.params.get(name) ?? null) : -1));
    if (mean === undefined || at === undefined || up === undefined || at < 0 || up < 0) return [];
    return [{ x: at, y: up, mean, setting, isBest: setting.isBest, run: setting.runId }];
  });
}

/** A map of a score over two parameters; intervals are in the tooltips. */
export function heatOption(
  cells: readonly SettingCell[],
  [x, y]: readonly [VariedParam, VariedParam],
  score: ScoreKind,
  colors: ChartColors,
): EChartsCoreOption {
  const describe = ({ setting }: SettingCell) => settingText(setting, score);
  return heatMapOption({ cells, axes: [axisOf(x), axisOf(y)], text: (mean) => formatScore(score, mean), describe }, colors);
}

function axisOf({ name, values }: VariedParam): HeatAxis {
  return { name, labels: values.map((value) => short(valueText(value), 16)) };
}
