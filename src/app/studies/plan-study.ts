import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { checkRubricFields } from "../../lib/experiments/judge/judge-scorer.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { defaultScorers } from "../../lib/experiments/scoring/scorers.js";
import { checkSizes } from "../../lib/experiments/study/check-sizes.js";
import { planScoring, type StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { resolveJudgedScorers, type ScorerSources } from "../judging/judged-scorers.js";
import { fixedParameters } from "./fixed-parameters.js";
import { rowsOf } from "./study-rows.js";
import { concurrencyOf } from "./study-target.js";
import type { SweepOptions } from "./sweep-options.js";
import { thinkingOf } from "./thinking.js";

/** A plan, and the rubrics that judges grade its answers by. */
export interface JudgedPlan {
  plan: StudyPlan;
  rubrics: readonly Rubric[];
}

/** The plan of a sweep. Throws INVALID_ARGUMENT, DATASET_NOT_FOUND or DATASET_INVALID. */
export async function planOfSweep(options: SweepOptions, sources: ScorerSources): Promise<JudgedPlan> {
  const { dimensions = [], design = "single", strategies = [], againstFirst = false, untilHalfWidth } = options;
  const varied = dimensions.map(({ name }) => name);
  const fixed = fixedParameters(options, varied);
  const named = options.scorers && (await resolveJudgedScorers(options.scorers, sources)); // before a long file is read
  const { path, ...subset } = rowsOf(options);
  const dataset = await readDataset(path, subset);
  const { scorers, rubrics } = named ?? (await resolveJudgedScorers(defaultScorers(dataset), sources));
  checkRubricFields(rubrics, dataset);
  const plan = planSweep(dimensions, dataset, {
    ...{ design, strategies, fixed, repeats: options.repeats, seed: subset.seed, scorers },
    ...{ concurrency: concurrencyOf(options, dimensions), addRepeats: untilHalfWidth !== undefined },
    ...{ correction: options.correction ?? "holm", minEffect: options.minEffect ?? 0 },
  });
  checkSizes(plan.primary, { minEffect: plan.minEffect, untilHalfWidth });
  const asked = { asked: scorers.asked.map(({ name }) => name), ...thinkingOf(options) };
  return { plan: { ...plan, ...asked, ...(againstFirst && { reference: 0 }) }, rubrics };
}

/** The plan of scoring the answers of a study anew. Throws INVALID_ARGUMENT or DATASET_INVALID. */
export async function planOfScoring(options: SweepOptions, stored: StoredStudy, sources: ScorerSources): Promise<JudgedPlan> {
  const { scorers, rubrics } = await resolveJudgedScorers(options.scorers ?? [], sources);
  checkRubricFields(rubrics, stored.dataset);
  const { correction = "holm", minEffect = 0 } = options;
  const plan = planScoring(stored, { scorers, concurrency: concurrencyOf(options, []), correction, minEffect });
  return { plan: { ...plan, ...thinkingOf(options) }, rubrics };
}
