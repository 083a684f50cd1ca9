import { describeErrors } from "../experiments/study/error-tally.js";
import { missingScores } from "../experiments/study/score-table.js";
import type { SweepResult } from "../experiments/study/sweep-result.js";
import { describeCells, describeComparison, formatCells, formatInterval, formatMilliseconds, formatScore } from "./format-score.js";
import { escapeCell, markdownCode, markdownTable } from "./markdown-table.js";
import { paramCell, paramNames } from "./sweep-table.js";
import { modelColumns } from "./model-columns.js";
import { nameOf, shortLetters, studyVerdict } from "./study-verdict.js";
import { sweepTruncated } from "./truncated-line.js";
import { counted } from "../base/errors/counted.js";

/** A sweep for a pull request or a step summary: the verdict first, then the settings. */
export function sweepMarkdown(result: SweepResult): string {
  const { study, settings, errors } = result;
  const names = paramNames(result);
  const missing = missingScores(study.cells);
  // one setting has nothing to be compared with
  const compared = (...columns: string[]): string[] => (settings.length > 1 ? columns : []);
  const head = [
    ...names,
    study.metric,
    "95 % interval",
    ...compared("ties"),
    ...study.scorers.slice(1).map(({ name }) => name),
    ...compared(`against ${result.reference ? nameOf(result, result.reference) : "best"}`),
  ];
  const models = modelColumns(result);
  const rows = settings.map((setting) => {
    const { params, metrics, letters, comparison, cells } = setting;
    return [
      ...names.map((name) => paramCell(params, name, settings)),
      formatScore(metrics[study.metric]?.mean, study.kind),
      formatInterval(metrics[study.metric], study.kind),
      ...compared(shortLetters(letters)),
      ...study.scorers.slice(1).map(({ name, kind }) => formatScore(metrics[name]?.mean, kind)),
      ...compared(comparison ? describeComparison(comparison, study.kind) : ""),
      formatMilliseconds(metrics["latency_seconds"]),
      metrics["tokens_per_second"]?.mean.toFixed(0) ?? "",
      ...models.cells(setting),
      formatCells(cells),
    ];
  });
  const columns = [...head, "latency", "tokens/s", ...models.head, "cells"];
  const lines = [
    `### ${escapeCell(`${study.name}: ${study.model}`)}`,
    verdict(result),
    markdownTable(columns, rows),
    `${counted(study.dataset.samples, "row")} of ${markdownCode(study.dataset.path)} (${study.dataset.digest.slice(0, 8)}), scorer ${study.scorer}, seed ${study.seed}, ` +
      `${describeCells(study.cells)} in ${study.seconds.toFixed(1)} s${study.status === "finished" ? "" : `, **${study.status}**`}.`,
    ...sweepTruncated(result).map((line) => `**${line}**`),
    ...result.checks.map(({ name, state, evidence }) => `Gate ${escapeCell(name)}: **${state}**: ${escapeCell(evidence)}`),
    ...(missing > 0 ? [`**${counted(missing, "cell has", "cells have")} no score.** ${escapeCell(describeErrors(errors))}`] : []),
  ];
  return `${lines.join("\n\n")}\n`;
}

function verdict(result: SweepResult): string {
  const { before, name, after, method } = studyVerdict(result);
  return [`${before}${name === null ? "" : `**${escapeCell(name)}**`}${after}`, ...method].join(" ");
}
