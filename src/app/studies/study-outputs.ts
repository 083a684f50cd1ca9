import { sweepCharts } from "../../lib/report/sweep-charts.js";
import { sweepCsv } from "../../lib/report/sweep-csv.js";
import { sweepHtml } from "../../lib/report/sweep-html.js";
import { sweepJunit } from "../../lib/report/sweep-junit.js";
import { sweepMarkdown } from "../../lib/report/sweep-markdown.js";
import type { CheckResult } from "../../lib/experiments/gates/checks.js";
import type { ScoreTable } from "../../lib/experiments/study/score-table.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import { explainNoBest } from "../../lib/experiments/study/no-best.js";
import { describeSetting, type StudyPlan } from "../../lib/experiments/study/study.js";
import type { SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { writeOutput } from "../../cli/output/output-files.js";
import type { Outputs } from "../../cli/flags/output-flags.js";
import { settingFile } from "./setting-file.js";
import { counted } from "../../lib/base/errors/counted.js";

/** What a sweep is written as. */
export function sweepOutputs(result: SweepResult, study: { plan: StudyPlan; journal: StudyJournal; table: ScoreTable }): Outputs {
  return {
    markdown: () => sweepMarkdown(result),
    csv: (form) => sweepCsv(result, form),
    junit: () => sweepJunit(result),
    html: () => sweepHtml(result, study.plan, study),
    charts: () => sweepCharts(result),
  };
}

/**
 * Writes the best setting with everything it was measured with. Nothing is written of a study that did not end, scored nothing, or
 * in which too much failed.
 */
export async function writeBest(result: SweepResult, gates: readonly CheckResult[], path: string): Promise<CheckResult> {
  const { study, best, command } = result;
  const name = `best setting in ${path}`;
  const broken = gates.find(({ state }) => state === "too much failed");
  if (broken) return { ...broken, name };
  if (study.status !== "finished" || !best) {
    return {
      name,
      state: "cannot tell",
      evidence: `${path} was not written: ${best ? "the study has not ended" : explainNoBest(result)}.`,
    };
  }
  const tied = best.tied_with.map(({ params }) => describeSetting(params)).join("; ");
  const how = tied === "" ? "better than every other setting" : `not told apart from ${tied}`;
  const alone = `${study.metric} ${best.value} on ${counted(study.dataset.samples, "row")} of ${study.dataset.path}`;
  await writeOutput(path, settingFile(study.fixed, best.params, [command, `${alone}, ${how}; study ${study.id}`]));
  return {
    name,
    state: "met",
    evidence: `${describeSetting(best.params)} was written to ${path}; serve it with llmops serve --set @${path}`,
  };
}
