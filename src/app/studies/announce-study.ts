import { counted } from "../../lib/base/errors/counted.js";
import type { StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import type { StudyHeader } from "../../lib/experiments/study/study-journal.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { countCells, describeSetting, type StudyPlan } from "../../lib/experiments/study/study.js";
import { describeRunning } from "../../lib/report/running-scores.js";
import { DEFAULT_LIMIT } from "./study-defaults.js";
import type { SweepOptions } from "./sweep-options.js";

/** So many settings are told of while they run: a terminal of 24 lines has room for them. */
export const MOST_RUNNING = 5;

/** Gives `below` the running means of a study once it has begun. */
export function tellRunning(plan: StudyPlan, below: (make: () => readonly string[]) => void): (state: Pick<StudyRun, "table">) => void {
  return ({ table }) => below(() => describeRunning(plan, table, MOST_RUNNING));
}

/** What a sweep asks of the model, in a sentence. */
export function announceSweep(plan: StudyPlan, model: string, { limit, resume }: SweepOptions): string {
  const { samples, available } = plan.dataset;
  const subset = samples.length === available ? `all ${counted(available, "row")}` : `${samples.length} of ${counted(available, "row")}`;
  const byDefault = limit === undefined && samples.length < available;
  const why = byDefault ? ` (default --limit ${DEFAULT_LIMIT}; --limit 0 uses all)` : "";
  const { length } = plan.settings;
  const verb = resume === undefined ? (plan.name.startsWith("eval") ? "Evaluating" : "Sweeping") : "Resuming";
  const settings = length === 1 ? `setting ${describeSetting(plan.settings[0] ?? {})}` : counted(length, "setting");
  return `${verb} ${model}: ${subset}${why}, ${settings}, ${counted(countCells(plan), "completion")}.`;
}

/** What is scored, in a sentence. */
export function announceScoring({ header, dataset, answers }: StoredStudy): string {
  const cells = answers.cells().length;
  const start = `Scoring ${counted(cells, "stored answer")} of ${header.command} ${header.id}, ${counted(dataset.samples.length, "row")}; no model is asked.`;
  if (header.status === "finished") return start;
  return `${start} That study has not ended; to finish it: ${header.command} --resume ${header.id}`;
}

/** The tags that lead from new scores to the study that was answered. */
export function linksTo({ id, runId }: StudyHeader): Record<string, string> {
  return { "llmops.scored_from": id, ...(runId !== undefined && { "llmops.scored_from_run": runId }) };
}
