import type { Estimate } from "../stats/estimate.js";
import type { SweepResult } from "../study/sweep-result.js";

/** A sweep for a pull request or a step summary: the verdict first, then the settings. */
export function sweepMarkdown(result: SweepResult): string {
  const { study, settings, errors } = result;
  const names = Object.keys(settings[0]?.params ?? {});
  const head = [...names, "accuracy", "95 % interval", "latency", "tokens/s", "cells"];
  const rows = settings.map(({ params, metrics, cells }) => [
    ...names.map((name) => String(params[name])),
    percent(metrics["accuracy"]?.mean),
    interval(metrics["accuracy"]),
    seconds(metrics["latency_seconds"]?.mean),
    metrics["tokens_per_second"]?.mean.toFixed(0) ?? "",
    cells.failed > 0 ? `${cells.done - cells.failed}/${cells.planned}` : String(cells.done),
  ]);
  const lines = [
    `### ${study.name}: ${study.model}`,
    verdict(result),
    [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n"),
    `${study.dataset.samples} rows of \`${study.dataset.path}\` (${study.dataset.digest.slice(0, 8)}), scorer ${study.scorer}, seed ${study.seed}, ` +
      `${study.cells.done} of ${study.cells.planned} cells in ${study.seconds.toFixed(1)} s${study.status === "interrupted" ? ", **interrupted**" : ""}.`,
    ...(study.cells.failed > 0 ? [`**${study.cells.failed} cells failed.** First: ${escape(errors[0] ?? "unknown")}`] : []),
  ];
  return `${lines.join("\n\n")}\n`;
}

function verdict({ best, study }: SweepResult): string {
  if (!best) return "**No best setting**: nothing could be scored against a reference answer.";
  const head = `**Best: ${words(best.params)}** with ${percent(best.accuracy)} accuracy (${study.scorer})`;
  if (best.tied_with.length === 0) return `${head}.`;
  const tied = best.tied_with.map(({ params, p_value: p }) => `${words(params)} (p = ${Number(p.toPrecision(2))})`);
  return `${head}, tied with ${tied.join("; ")}: the samples cannot tell them apart.`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escape).join(" | ")} |`;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}

function interval(estimate: Estimate | undefined): string {
  if (!estimate || estimate.low === null || estimate.high === null) return "";
  return `${percent(estimate.low)} - ${percent(estimate.high)}`;
}

function percent(value: number | undefined): string {
  return value === undefined ? "" : `${(value * 100).toFixed(1)} %`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? "" : `${(value * 1000).toFixed(0)} ms`;
}

function words(params: Readonly<Record<string, number>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
