import type { SettingResult, SweepResult } from "../experiments/study/sweep-result.js";
import { parallelChart, rangeChart, scatterChart } from "./charts.js";
import type { NamedChart } from "./png.js";
import { paramNames } from "./sweep-table.js";

/** The charts of a sweep: the score over each numeric parameter, quality against speed, and all parameters side by side. */
export async function sweepCharts(result: SweepResult): Promise<NamedChart[]> {
  const { study, settings } = result;
  const charts: NamedChart[] = [];
  for (const name of paramNames(result)) {
    const varied = settings.filter(({ params, metrics }) => typeof params[name] === "number" && metrics[study.metric]);
    if (varied.length < 2) continue;
    charts.push({ name: `response-${name}`, svg: await responseChart(study, name, varied) });
  }
  charts.push({ name: "scores", svg: await scoresChart(result) });
  const timed = settings.filter(({ metrics }) => metrics[study.metric] && metrics["latency_seconds"]);
  if (timed.length > 1) charts.push({ name: "quality-speed", svg: await paretoChart(study, timed) });
  if (settings.length > 1) charts.push({ name: "parallel", svg: await sideBySide(result) });
  return charts;
}

function responseChart({ metric, kind }: SweepResult["study"], param: string, settings: readonly SettingResult[]): Promise<string> {
  const points = settings.map((setting) => toPoint(setting, metric, Number(setting.params[param])));
  return scatterChart(`${metric} over ${param}, 95 % intervals`, { x: param, y: metric }, points, { kind });
}

function paretoChart({ metric, kind }: SweepResult["study"], settings: readonly SettingResult[]): Promise<string> {
  const points = settings.map((setting) => toPoint(setting, metric, (setting.metrics["latency_seconds"]?.mean ?? 0) * 1000));
  return scatterChart(
    `${metric} against latency (named: no other setting is both better and faster)`,
    { x: "latency in ms", y: metric },
    points,
    {
      labels: true,
      kind,
    },
  );
}

function toPoint(setting: SettingResult, metric: string, x: number) {
  const { mean = Number.NaN, low, high } = setting.metrics[metric] ?? {};
  return { x, y: mean, label: setting.pareto ? setting.name : "", low: low ?? undefined, high: high ?? undefined };
}

function scoresChart({ study, settings }: SweepResult): Promise<string> {
  const rows = settings.flatMap(({ name, metrics, letters }) => {
    const { mean, low, high } = metrics[study.metric] ?? {};
    return mean === undefined ? [] : [{ label: `${name}  ${letters}`, mean, low: low ?? mean, high: high ?? mean }];
  });
  return rangeChart(`${study.metric} with 95 % intervals; settings that share a letter are tied`, rows, study.kind);
}

function sideBySide(result: SweepResult): Promise<string> {
  const names = paramNames(result);
  const metrics = [result.study.metric, "response_length", "latency_seconds", "tokens_per_second"];
  const shown = metrics.filter((metric, i) => metrics.indexOf(metric) === i && result.settings.some((setting) => setting.metrics[metric]));
  return parallelChart(
    [...names, ...shown],
    result.settings.map((setting) => [
      ...names.map((name) => setting.params[name]),
      ...shown.map((metric) => setting.metrics[metric]?.mean),
    ]),
  );
}
