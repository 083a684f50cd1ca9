import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import chalk from "chalk";
import { stepSummaryPath } from "./lib/config/environment.js";
import { sweepCharts } from "./lib/report/sweep-charts.js";
import { sweepCsv } from "./lib/report/sweep-csv.js";
import { sweepHtml } from "./lib/report/sweep-html.js";
import { sweepJunit } from "./lib/report/sweep-junit.js";
import { sweepMarkdown } from "./lib/report/sweep-markdown.js";
import { compareWithBaseline, type Baseline } from "./lib/runs/baseline.js";
import { chartFiles } from "./lib/report/png.js";
import type { CheckResult } from "./lib/study/checks.js";
import type { ScoreTable } from "./lib/study/score-table.js";
import type { StudyJournal } from "./lib/study/study-journal.js";
import { describeSetting, type StudyPlan } from "./lib/study/study.js";
import type { SweepResult } from "./lib/study/sweep-result.js";
import { writeOutput } from "./output-files.js";
import { settingFile } from "./setting-file.js";
import type { StudyFlags } from "./study-flags.js";

/** The loss against a baseline that counts where --min-effect does not say: five points, or five per cent. */
const DEFAULT_LOSS = 0.05;

/** The setting of the baseline's name, or else the best one, beside the baseline. */
export function checkBaseline(
  { name, baseline }: { name: string; baseline: Baseline },
  plan: StudyPlan,
  { study, settings, best }: SweepResult,
  table: ScoreTable,
): CheckResult {
  const label = `baseline ${name}`;
  const named = settings.findIndex((setting) => setting.name === baseline.setting);
  const index = named >= 0 ? named : settings.findIndex(({ params }) => JSON.stringify(params) === JSON.stringify(best?.params));
  if (index < 0) return { name: label, state: "cannot tell", evidence: "nothing was scored" };
  const values = table.values(plan.primary.name, index);
  const bySample = new Map(plan.dataset.samples.map(({ id }, sample) => [id, values[sample] ?? []]));
  const minEffect = plan.minEffect || DEFAULT_LOSS * (study.kind === "rate" ? 1 : Math.abs(baseline.metrics[study.metric]?.mean ?? 1));
  const { state, evidence } = compareWithBaseline(baseline, { metric: study.metric, bySample }, minEffect);
  return { name: label, state, evidence: `${settings[index]?.name ?? ""} is ${evidence}` };
}

/** Writes every file the flags ask for, and the step summary of GitHub Actions. */
export async function writeFiles(
  result: SweepResult,
  study: { plan: StudyPlan; checks: readonly CheckResult[]; journal: StudyJournal; table: ScoreTable },
  { markdown, csv, junit, html, charts }: StudyFlags,
): Promise<void> {
  const summary = stepSummaryPath();
  if (markdown !== undefined) await writeOutput(markdown, sweepMarkdown(result));
  if (summary !== undefined) await appendFile(summary, sweepMarkdown(result));
  if (csv !== undefined) await writeOutput(csv, sweepCsv(result));
  if (junit !== undefined) await writeOutput(junit, sweepJunit(result, study.checks));
  if (html !== undefined) await writeOutput(html, await sweepHtml(result, study.plan, study));
  if (charts === undefined) return;
  for (const { name, content } of chartFiles(await sweepCharts(result))) await writeOutput(join(charts, name), content);
}

/** Writes the best setting with everything it was measured with. Nothing is written of a study that did not end, or scored nothing. */
export async function writeBest({ study, best, command }: SweepResult, path: string): Promise<CheckResult> {
  const name = `best ${path}`;
  if (study.status !== "finished" || !best) {
    return { name, state: "cannot tell", evidence: `${path} was not written: ${best ? "the study has not ended" : "nothing was scored"}.` };
  }
  const tied = best.tied_with.map(({ params }) => describeSetting(params)).join("; ");
  const how = tied === "" ? "better than every other setting" : `not told apart from ${tied}`;
  const alone = `${study.metric} ${best.value} on ${study.dataset.samples} rows of ${study.dataset.path}`;
  await writeOutput(path, settingFile(study.fixed, best.params, [command, `${alone}, ${how}; study ${study.id}`]));
  return {
    name,
    state: "passed",
    evidence: `${describeSetting(best.params)} was written to ${path}; serve it with llmops serve --set @${path}`,
  };
}

/** The state of a check for a terminal. */
export function markCheck(state: CheckResult["state"]): string {
  if (state === "passed") return chalk.green("passed");
  return state === "failed" ? chalk.red("failed") : chalk.yellow("cannot tell");
}
