import type { ChalkInstance } from "chalk";
import type { Estimate } from "../stats/estimate.js";
import type { SweepResult } from "../study/sweep-result.js";
import { plainTable } from "./plain-table.js";

type SettingResult = SweepResult["settings"][number];

/** A sweep's result for a terminal: a table, one row a setting, and the verdict under it. */
export function renderSweep(result: SweepResult, chalk: ChalkInstance): string {
  const names = Object.keys(result.settings[0]?.params ?? {});
  const columns = ["accuracy", "95 % interval", "words", "latency", "tokens/s", "cells"];
  const rows = result.settings.map((setting) => toRow(setting, names, isBest(result, setting), chalk));
  const table = plainTable([...names, ...columns], rows, chalk, { align: "right" });
  return [table, "", ...verdict(result, chalk), ...problems(result, chalk), recorded(result)].join("\n");
}

function toRow({ params, metrics, cells }: SettingResult, names: string[], best: boolean, chalk: ChalkInstance): string[] {
  const { accuracy } = metrics;
  const row = [
    ...names.map((name) => String(params[name])),
    accuracy ? percent(accuracy.mean) : "-",
    accuracy && accuracy.low !== null && accuracy.high !== null ? `${percent(accuracy.low)} - ${percent(accuracy.high)}` : "-",
    number(metrics["response_length"], 1),
    metrics["latency_seconds"] ? `${number({ ...metrics["latency_seconds"], mean: metrics["latency_seconds"].mean * 1000 }, 0)} ms` : "-",
    number(metrics["tokens_per_second"], 0),
    cells.failed > 0 ? `${cells.done - cells.failed}/${cells.planned}` : String(cells.done),
  ];
  return best ? row.map((cell) => chalk.green(cell)) : row;
}

function isBest({ best }: SweepResult, setting: SettingResult): boolean {
  return best !== null && JSON.stringify(best.params) === JSON.stringify(setting.params);
}

function verdict({ best, settings, study }: SweepResult, chalk: ChalkInstance): string[] {
  if (!best) return ["No best setting: nothing could be scored against a reference answer."];
  const name = words(best.params);
  const head = `Best: ${chalk.green.bold(name)} with ${percent(best.accuracy)} accuracy (${study.scorer})`;
  if (settings.length === 1) return [`${head}.`];
  if (best.tied_with.length === 0) return [`${head}, significantly better than every other setting (paired test over samples, Holm, 5 %).`];
  const seen = Math.min(study.dataset.samples, ...settings.map((setting) => setting.metrics["accuracy"]?.n ?? study.dataset.samples));
  const tied = best.tied_with.map(({ params }) => words(params)).join("; ");
  return [`${head}, but it is tied with: ${tied}.`, `The ${seen} samples cannot tell these apart (paired test, Holm, 5 %).`];
}

function problems({ study, errors }: SweepResult, chalk: ChalkInstance): string[] {
  const { done, failed, planned } = study.cells;
  const lines: string[] = [];
  if (study.status === "interrupted") lines.push(chalk.yellow(`Interrupted after ${done} of ${planned} cells; what is done is kept.`));
  if (failed > 0) lines.push(chalk.yellow(`${failed} of ${done} cells failed and are left out. First: ${errors[0] ?? "unknown"}`));
  return lines;
}

function recorded({ study }: SweepResult): string {
  const time = `(${study.seconds.toFixed(1)} s)`;
  if (study.run_id === null) return `Not recorded yet in ${study.tracking_uri}, experiment "${study.experiment}" ${time}.`;
  return `Recorded in ${study.tracking_uri}, experiment "${study.experiment}", run ${study.run_id} ${time}.`;
}

function words(params: Record<string, number>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function number(estimate: Estimate | undefined, digits: number): string {
  return estimate ? estimate.mean.toFixed(digits) : "-";
}
