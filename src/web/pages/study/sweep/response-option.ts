import type { EChartsCoreOption } from "echarts/core";
import type { ChartColors } from "../../../charts/colors.js";
import { categoryAxis, short, tooltip, valueAxis } from "../../../charts/common-options.js";
import { bandSeries, whiskerSeries, type BandPoint } from "../../../charts/intervals.js";
import { scoreAxis } from "../../../charts/score-axis.js";
import { formatNumber } from "../../../format/numbers.js";
import { valueText, type VariedParam } from "./layout.js";
import { settingText } from "./setting-text.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

/** Settings along a parameter; with a name where there are several such lines. */
export interface ResponseLine {
  name: string;
  settings: readonly StudySetting[];
}

/** More lines than this are drawn without bands, which would hide each other. */
const MOST_BANDS = 3;

/** The settings of lines that can be drawn: those with a value of the score. */
export function drawnLines(lines: readonly ResponseLine[], score: ScoreKind): ResponseLine[] {
  return lines
    .map(({ name, settings }) => ({ name, settings: settings.filter(({ scores }) => scores.has(score.name)) }))
    .filter(({ settings }) => settings.length > 0);
}

/** A score over a parameter: means with bands and whiskers of their intervals; over texts there are no lines between. */
export function responseOption(
  lines: readonly ResponseLine[],
  param: VariedParam,
  score: ScoreKind,
  colors: ChartColors,
): EChartsCoreOption {
  const hasNames = lines.length > 1;
  return {
    animation: false,
    grid: { left: 66, right: 18, top: hasNames ? 38 : 14, bottom: 44 },
    legend: {
      ...{ show: hasNames, top: 0, type: "scroll", textStyle: { color: colors.soft }, pageTextStyle: { color: colors.soft } },
      ...{ data: lines.map((_, i) => String(i)), formatter: (i: string) => short(lines[Number(i)]?.name ?? "", 30) },
    },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ data }: { data: { place?: [number, number] } }) => {
        const [line = -1, at = -1] = data.place ?? [];
        const setting = lines[line]?.settings[at];
        return setting ? settingText(setting, score) : "";
      },
    }),
    xAxis: xAxis(param, colors),
    yAxis: scoreAxis(colors, score),
    series: lines.flatMap((line, i) => lineSeries(line, i, { param, score, colors, isBanded: lines.length <= MOST_BANDS })),
  };
}

function xAxis({ name, isNumeric, values }: VariedParam, colors: ChartColors): object {
  if (!isNumeric) {
    const labels = values.map((value) => short(valueText(value), 18));
    return categoryAxis(colors, name, labels);
  }
  const numbers = values.map(Number);
  const isLog = Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) > 50;
  return valueAxis(
    colors,
    short(name, 50),
    isLog ? { type: "log" } : { scale: true, axisLabel: { ...axisLabel(colors), hideOverlap: true } },
  );
}

function axisLabel(colors: ChartColors): object {
  return { color: colors.soft, formatter: (value: number) => formatNumber(value) };
}

interface LineParts {
  param: VariedParam;
  score: ScoreKind;
  colors: ChartColors;
  isBanded: boolean;
}

function lineSeries({ settings }: ResponseLine, line: number, { param, score, colors, isBanded }: LineParts): object[] {
  const color = colors.series[line % colors.series.length] ?? colors.accent;
  const points = settings.map((setting, at) => {
    const value = setting.params.get(param.name) ?? null;
    const x = param.isNumeric ? Number(value) : param.values.indexOf(value);
    return { x, setting, at, ...(setting.scores.get(score.name) ?? { mean: NaN, low: null, high: null }) };
  });
  const band = points.flatMap(({ x, low, high }): BandPoint[] => (low === null || high === null ? [] : [[x, low, high]]));
  return [
    ...(param.isNumeric && isBanded && band.length === points.length ? [bandSeries(band, color)] : []),
    whiskerSeries(
      points.map(({ x, low, high }) => [x, low ?? "-", high ?? "-"]),
      { color },
    ),
    {
      ...{ type: param.isNumeric ? "line" : "scatter", name: String(line), z: 6, symbolSize: 8, symbol: "circle", showSymbol: true },
      ...{ itemStyle: { color }, lineStyle: { color, width: 2 } },
      data: points.map(({ x, mean, setting, at }) => ({
        ...{ value: [x, mean], place: [line, at], run: setting.runId },
        ...(setting.isBest && { symbol: "diamond", symbolSize: 13 }),
      })),
    },
  ];
}
