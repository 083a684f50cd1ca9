import { checkRubricFields, judgeScorer } from "../judge/judge-scorer.js";
import type { Judge } from "../judge/judge.js";
import { scaleOf, type Rubric } from "../judge/rubric.js";
import type { Scorer } from "../scoring/scorer.js";
import { planSweep } from "../study/plan-sweep.js";
import type { Setting, StudyPlan } from "../study/study.js";
import type { GradedDataset } from "./graded-dataset.js";

/** The name of the weighted mean of several criteria. */
export const OVERALL = "overall";

export interface JudgementOptions {
  rubrics: readonly Rubric[];
  /** Opened before the plan is run. */
  judges: () => readonly Judge[];
  /** What the model under test is asked with. */
  fixed: Setting;
  seed: number;
  concurrency: number;
  minEffect: number;
}

/** A study of one setting whose scorers are the criteria. Throws DATASET_INVALID where samples lack what a rubric requires. */
export function planJudgement({ dataset, responses }: GradedDataset, options: JudgementOptions): StudyPlan {
  const { rubrics, judges, fixed, seed, concurrency, minEffect } = options;
  checkRubricFields(rubrics, dataset);
  const criteria = rubrics.map((rubric) => judgeScorer(rubric.name, rubric, judges));
  const scorers = criteria.length > 1 ? [...criteria, overallScorer(rubrics)] : criteria;
  const [first] = criteria;
  const primary = scorers.find(({ name }) => name === OVERALL) ?? first;
  if (!primary) throw new RangeError("a judgement needs a rubric");
  const plan = planSweep([], dataset, {
    ...{ design: "single", strategies: [{}], fixed, repeats: 1, seed, concurrency, correction: "holm", minEffect },
    scorers: { scorers, primary },
    addRepeats: false,
  });
  return { ...plan, name: `judge ${rubrics.map(({ name }) => name).join(", ")}`, ...(responses.size > 0 && { responses }) };
}

/** The mean of the criteria by their weights; unscored where one of them is. */
function overallScorer(rubrics: readonly Rubric[]): Scorer {
  const total = rubrics.reduce((sum, { weight }) => sum + weight, 0);
  const end = (which: "low" | "high") => rubrics.reduce((sum, rubric) => sum + (rubric.weight / total) * scaleOf(rubric)[which], 0);
  return {
    name: OVERALL,
    kind: "mean",
    range: [end("low"), end("high")],
    direction: "max",
    score(_sample, _completion, context) {
      const parts = rubrics.map(({ name, weight }) => ({ weight, value: context?.earlier[name]?.value ?? null }));
      const missing = parts.some(({ value }) => value === null);
      if (missing) return { value: null, explanation: "a criterion has no score" };
      return { value: parts.reduce((sum, { weight, value }) => sum + (weight / total) * (value ?? 0), 0) };
    },
  };
}
