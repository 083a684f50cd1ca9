import { counted } from "../../lib/base/errors/counted.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import { resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import type { CellError } from "../../lib/experiments/study/error-tally.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import { countCells, type StudyPlan } from "../../lib/experiments/study/study.js";
import { runSweepPlan } from "../../lib/experiments/study/sweep.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { RateWatch, rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import type { Canary } from "../../lib/operations/canary/canary-baseline.js";
import { toCanary } from "../../lib/operations/canary/to-canary.js";
import type { Host } from "../host/host.js";
import { fixedParameters, type PromptOptions } from "../studies/fixed-parameters.js";
import { DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { recordStudy } from "../studies/record-study.js";
import { openJournal, withJournal } from "../studies/study-journals.js";
import { originOf, type RowOptions, type StudyOptions } from "../studies/study-options.js";
import { concurrencyOf, listed, openStudyTarget, type StudyTargetOptions } from "../studies/study-target.js";

/** Of a canary: few rows, asked several times. */
export const CANARY_ROWS = 40;
const DEFAULT_REPEATS = 3;

/** The fixed prompts, and who is asked them. */
export interface CanaryQuestions
  extends StudyTargetOptions, PromptOptions, RowOptions, Pick<StudyOptions, "retries" | "experiment" | "plugins" | "command" | "folder"> {
  /** What the canary is called that is kept or compared with. */
  name?: string | undefined;
  /** Answers of each row. */
  repeats?: number | undefined;
  scorers?: readonly string[] | undefined;
}

/** The study of a canary. Throws INVALID_ARGUMENT, and what reading the dataset throws. */
export async function planCanary(questions: CanaryQuestions, metrics: readonly string[], signal: AbortSignal): Promise<StudyPlan> {
  const {
    name = "",
    dataset: file = EXAMPLE_DATASET,
    limit = CANARY_ROWS,
    seed = DEFAULT_SEED,
    map,
    repeats = DEFAULT_REPEATS,
  } = questions;
  const scorers = await resolveScorers([...metrics], (await loadPlugins(questions.plugins)).scorers, signal);
  const dataset = await readDataset(file, { limit, seed, map });
  const plan = planSweep([], dataset, {
    ...{ design: "single", strategies: [{}], fixed: fixedParameters(questions), repeats, seed },
    ...{ concurrency: concurrencyOf(questions, []), correction: "none", minEffect: 0, scorers, addRepeats: false },
  });
  return { ...plan, name: `canary ${name}` };
}

interface AskedCanary {
  canary: Canary;
  runId: string | null;
  errors: CellError[];
  limits: ReturnType<typeof rateLimitsOf>;
}

/** Asks a canary and records it. Throws ABORTED where it was interrupted. */
export async function askCanary(
  questions: CanaryQuestions,
  { plan, metrics }: { plan: StudyPlan; metrics: readonly string[] },
  host: Host,
): Promise<AskedCanary> {
  const rates = new RateWatch();
  const targets = new TargetPool(plan, (params) => openStudyTarget(questions, params, { slots: plan.concurrency, rates }, host));
  try {
    const opened = await targets.all();
    const target = { model: listed(opened, "model"), location: listed(opened, "location") };
    for (const note of datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers)) host.note(note);
    host.note(`Canary of ${target.model}: ${counted(plan.dataset.samples.length, "row")}, ${counted(countCells(plan), "completion")}.`);
    const origin = originOf(questions, "runCanary");
    const journal = openJournal(plan, { origin, opened });
    const work = async () => {
      const { result, run } = await recordStudy(questions, { origin, journal, target, rates, experiment: "canary" }, host, (context) =>
        host.withProgress(countCells(plan), "cells", (onCell) => runSweepPlan(plan, targets, { ...context, rules: [], onCell })),
      );
      if (run.status !== "finished") throw new LlmopsError("ABORTED", "The canary was interrupted; nothing was compared.");
      const canary = toCanary({ plan, run, journal, target, metrics });
      return { canary, runId: result.study.run_id, errors: run.errors, limits: rateLimitsOf(rates) };
    };
    return await withJournal(journal, work, () => true);
  } finally {
    rates.close();
    await targets.close();
  }
}
