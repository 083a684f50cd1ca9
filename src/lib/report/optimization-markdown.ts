import type { OptimizationResult } from "../experiments/optimize/optimization-result.js";
import { searchFailure } from "../experiments/optimize/search-failure.js";
import { describeSetting } from "../experiments/study/study.js";
import { formatInterval, formatScore } from "./format-score.js";
import { escapeCell, markdownCode, markdownTable } from "./markdown-table.js";
import { trialCells } from "./optimization-table.js";
import { describeProof, proofVerdict, sentence } from "./optimization-verdict.js";
import { optimizationTruncated } from "./truncated-line.js";
import { counted } from "../base/errors/counted.js";

/** A search for a pull request or a step summary: what is proven, then the trials. */
export function optimizationMarkdown(result: OptimizationResult): string {
  const { study, objectives, trials, space, proof, best } = result;
  const names = space.map(({ name }) => name);
  const columns = ["trial", ...names, ...objectives.map(({ name }) => name), "se", "state"];
  const believed = best ? `Believed best: **${escapeCell(describeSetting(best.params))}**.` : "";
  const lines = [
    `### ${escapeCell(`${study.name}: ${study.model}`)}`,
    `${provenWords(result)} ${believed}`.trim(),
    ...(proof ? [proofTable(result)] : []),
    markdownTable(
      columns,
      trials.map((trial) => trialCells(trial, names)),
    ),
    `${counted(study.dataset.samples, "row")} of ${markdownCode(study.dataset.path)} a trial, ${study.dataset.held_out} held out, sampler ${study.sampler}, seed ${study.seed}, ${study.seconds.toFixed(1)} s.`,
    ...optimizationTruncated(result).map((line) => `**${line}**`),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** What the proof says, or why nothing was measured, in a sentence. */
function provenWords(result: OptimizationResult): string {
  const failure = searchFailure(result);
  if (failure !== undefined) return `**${escapeCell(failure)}**`;
  const { state, text } = proofVerdict(result);
  if (state === "met") return `**Proven:** ${escapeCell(text)}.`;
  return result.proof ? `**Not proven:** ${escapeCell(text)}.` : escapeCell(sentence(text));
}

function proofTable({ proof, objectives }: OptimizationResult): string {
  const head = ["proof", "setting", ...objectives.flatMap(({ name }) => [name, "95 % interval"]), "against the default"];
  const rows = (proof?.settings ?? []).map((setting) => [
    setting.role,
    setting.name,
    ...objectives.flatMap(({ name: metric, kind }) => [
      formatScore(setting.metrics[metric]?.mean, kind),
      formatInterval(setting.metrics[metric], kind),
    ]),
    describeProof(setting, objectives),
  ]);
  return markdownTable(head, rows);
}
