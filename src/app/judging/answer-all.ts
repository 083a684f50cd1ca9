import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import { describeErrors } from "../../lib/experiments/study/error-tally.js";
import { runStudy } from "../../lib/experiments/study/run-study.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { RateWatch, rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import { describeRateLimits } from "../../lib/report/rate-limit-lines.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { Host } from "../host/host.js";
import { limitsOf, originOf } from "../studies/study-options.js";
import { openStudyTarget, slotsOf } from "../studies/study-target.js";
import { unfinished } from "../studies/unfinished.js";
import { dropAnswers, lockAnswers, openAnswers } from "./answer-journal.js";
import { planAnswers, type AnsweringOptions } from "./plan-answers.js";

/** Models, and what all of them are asked. */
export interface Answering {
  dataset: Dataset;
  models: readonly string[];
  budget: Budget | undefined;
}

/** The answers of each model, by sample id. They are kept on disk until `discard`, for the same command typed again. */
export async function answerAll(
  options: AnsweringOptions,
  { dataset, models, budget }: Answering,
  host: Host,
): Promise<{ answers: Map<string, string>[]; discard: () => void }> {
  const plan = await planAnswers(options, dataset, models);
  const rates = new RateWatch();
  const targets = new TargetPool(plan, (params) => openStudyTarget(options, params, { slots: slotsOf(plan, 0), rates }, host));
  try {
    const opened = await targets.all();
    const asked = opened.map(({ model, location, identity }) => identity ?? `${model} at ${location}`);
    const facts = [asked, dataset.digest, dataset.samples.length, plan.fixed, plan.seed];
    const journal = openAnswers(originOf(options, "judgePairwise"), facts);
    const unlock = lockAnswers(journal);
    try {
      const running = { journal, limits: limitsOf(options), retryFailed: true, signal: host.signal, ...(budget && { budget }) };
      const run = await host.withProgress(plan.settings.length * dataset.samples.length, "answers", (onCell) =>
        runStudy(plan, targets, { ...running, onCell }),
      );
      checkAnswered(run);
      for (const line of describeRateLimits(rateLimitsOf(rates))) host.note(line);
      if (run.errors.length > 0) host.note(`Questions that were not answered are left out: ${describeErrors(run.errors)}.`);
      const discard = () => dropAnswers(journal);
      return { answers: models.map((_, setting) => answersOf(run, journal, { dataset, setting })), discard };
    } finally {
      journal.abandon();
      unlock();
    }
  } finally {
    rates.close();
    await targets.close();
  }
}

/** Throws ABORTED or BUDGET_SPENT where not all have answered. */
function checkAnswered({ status }: StudyRun): void {
  if (status === "finished") return;
  throw unfinished(status, "while the models were answering", "Their answers are kept: the same command continues from them.");
}

function answersOf(
  { table }: StudyRun,
  journal: StudyJournal,
  { dataset, setting }: { dataset: Dataset; setting: number },
): Map<string, string> {
  const answered = table.cellsOf(setting).flatMap((cell): [string, string][] => {
    const text = journal.read(table.indexOf(cell))?.text;
    return text === undefined ? [] : [[dataset.samples[cell.sample]?.id ?? "", text]];
  });
  return new Map(answered);
}
