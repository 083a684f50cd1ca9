import type { ChalkInstance } from "chalk";
import { describeSetting, shorten } from "../study/study.js";
import type { SettingResult, SweepResult } from "../study/sweep-result.js";
import {
  describeComparison,
  explainNoBest,
  formatCells,
  formatDifference,
  formatInterval,
  formatMilliseconds,
  formatScore,
} from "./format-score.js";
import { intervalPlot } from "./interval-plot.js";
import { differInModel, modelColumns } from "./model-columns.js";
import { plainTable } from "./plain-table.js";

/** Times that change by more than this in a run are not the settings' alone. */
const DRIFT = 1.5;
/** Differences written out below the table. */
const MOST_LINES = 12;

/** A sweep's result for a terminal: a table, one row a setting, a chart of the intervals, and the verdicts. */
export function renderSweep(result: SweepResult, chalk: ChalkInstance): string {
  const { settings, study } = result;
  const names = paramNames(result);
  const head = [
    ...names,
    study.metric,
    "95 % interval",
    "ties",
    "diff",
    "words",
    "latency",
    "tokens/s",
    ...modelColumns(result).head,
    "cells",
  ];
  const rows = settings.map((setting) => toRow(result, setting, names, chalk));
  const parts = [plainTable(head, rows, chalk, { align: "right" })];
  if (settings.length > 1)
    parts.push(
      intervalPlot(
        settings.map((s) => ({ label: s.name, estimate: s.metrics[study.metric] })),
        study.kind,
      ),
    );
  return [...parts, "", ...verdict(result, chalk), ...differences(result, chalk), ...problems(result, chalk), recorded(result)].join("\n");
}

/** The parameters any setting has, in the order they first come. */
export function paramNames({ settings }: SweepResult): string[] {
  return [...new Set(settings.flatMap(({ params }) => Object.keys(params)))];
}

/** A parameter's value in a table: empty where the setting leaves it alone. */
export function paramCell(params: Readonly<Record<string, number | string>>, name: string): string {
  const value = params[name];
  return value === undefined ? "" : shorten(value);
}

function toRow(result: SweepResult, setting: SettingResult, names: readonly string[], chalk: ChalkInstance): string[] {
  const { study } = result;
  const { params, metrics, cells, comparison } = setting;
  const score = metrics[study.metric];
  const row = [
    ...names.map((name) => paramCell(params, name)),
    formatScore(score?.mean, study.kind),
    formatInterval(score, study.kind),
    setting.letters,
    comparison ? formatDifference(comparison.difference, study.kind) : isReference(result, setting) ? "ref" : "",
    metrics["response_length"]?.mean.toFixed(1) ?? "-",
    `${formatMilliseconds(metrics["latency_seconds"])}${setting.pareto ? " *" : ""}`,
    metrics["tokens_per_second"]?.mean.toFixed(0) ?? "-",
    ...modelColumns(result).cells(setting),
    formatCells(cells),
  ];
  return isBest(result, setting) ? row.map((cell) => chalk.green(cell)) : row;
}

function isBest({ best }: SweepResult, { params }: SettingResult): boolean {
  return best !== null && JSON.stringify(best.params) === JSON.stringify(params);
}

function isReference({ reference }: SweepResult, { params }: SettingResult): boolean {
  return JSON.stringify(reference) === JSON.stringify(params);
}

function verdict(result: SweepResult, chalk: ChalkInstance): string[] {
  const { best, settings, study } = result;
  if (!best) return [`No best setting. ${explainNoBest(result)}`];
  const label = settings.length === 1 ? "Scored" : "Best";
  const head = `${label}: ${chalk.green.bold(words(best.params))} with ${formatScore(best.value, study.kind)} ${study.metric}${
    study.metric === study.scorer ? "" : ` (${study.scorer})`
  }`;
  if (settings.length === 1) return [`${head}.`];
  const test = `paired tests over samples, ${study.correction === "none" ? "not corrected" : study.correction}, 5 %`;
  if (best.tied_with.length === 0) return [`${head}, significantly better than every other setting (${test}).`];
  const seen = Math.min(...settings.map(({ metrics }) => metrics[study.metric]?.n ?? study.dataset.samples));
  const tied = best.tied_with.map(({ params }) => words(params)).join("; ");
  return [
    `${head}, but it is tied with: ${tied}.`,
    `The ${seen} samples cannot tell these apart (${test}); settings that share a letter are tied.`,
  ];
}

function differences({ settings, reference, study }: SweepResult, chalk: ChalkInstance): string[] {
  const compared = settings.filter(({ comparison }) => comparison !== null);
  if (compared.length === 0 || reference === null) return [];
  const lines = compared.slice(0, MOST_LINES).map(({ name, comparison }) => {
    const text = comparison ? describeComparison(comparison, study.kind) : "";
    const colours: Partial<Record<string, (text: string) => string>> = { better: chalk.green, worse: chalk.red };
    const colour = colours[comparison?.verdict ?? ""] ?? String;
    return `  ${name}: ${colour(text)}`;
  });
  const more = compared.length - lines.length;
  const front = settings.some(({ pareto }) => pareto)
    ? [
        `* no other setting is ${differInModel(settings) ? "better, faster and smaller" : "both better and faster"} (times with ${study.concurrency} at a time).`,
      ]
    : [];
  return [
    `Against ${describeSetting(reference)}, sample by sample:`,
    ...lines,
    ...(more > 0 ? [`  … and ${more} more in --json.`] : []),
    ...front,
  ];
}

function problems({ study, settings, errors }: SweepResult, chalk: ChalkInstance): string[] {
  const { done, failed, planned } = study.cells;
  const lines: string[] = [];
  const stopped = settings.filter((setting) => setting.stopped !== null);
  if (stopped.length > 0) lines.push(`Stopped early: ${stopped.map(({ name, stopped: why }) => `${name} (${why ?? ""})`).join("; ")}.`);
  if (study.status !== "finished") {
    const what = study.status === "interrupted" ? "Interrupted" : "The budget was spent";
    lines.push(chalk.yellow(`${what} after ${done} of ${planned} cells; go on with: ${study.resume}`));
  }
  const { latency_drift: drift } = study;
  if (drift !== null && (drift > DRIFT || drift < 1 / DRIFT)) {
    const how = drift > 1 ? `${drift.toFixed(1)} times slower` : `${(1 / drift).toFixed(1)} times faster`;
    lines.push(chalk.yellow(`The last quarter of completions was ${how} than the first: mind the times.`));
  }
  if (failed > 0) {
    const again = study.status === "finished" ? ` Ask them again with: ${study.resume} --retry-failed` : "";
    lines.push(chalk.yellow(`${failed} of ${done} cells failed and are left out. First: ${errors[0] ?? "unknown"}${again}`));
  }
  return lines;
}

function recorded({ study }: SweepResult): string {
  const time = `(${study.seconds.toFixed(1)} s)`;
  if (study.run_id === null) return `Not recorded yet in ${study.tracking_uri}, experiment "${study.experiment}" ${time}.`;
  return `Recorded in ${study.tracking_uri}, experiment "${study.experiment}", run ${study.run_id} ${time}.`;
}

function words(params: Readonly<Record<string, number | string>>): string {
  return describeSetting(params).replaceAll("=", " ");
}
