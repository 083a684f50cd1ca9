import { planPairwise, type PairwisePlan } from "../../lib/experiments/evaluation/pairwise.js";
import type { PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { cannotCompare } from "../../lib/experiments/judge/judge.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { budgetOf } from "../studies/study-options.js";
import { concurrencyOf } from "../studies/study-target.js";
import { checkSameForAll, readRubrics } from "./choose-rubrics.js";
import { withJudges } from "./open-grading.js";
import { readMethod } from "./open-judges.js";
import { readContest, type PairwiseOptions } from "./read-contest.js";
import { runJudging } from "./run-grading.js";
import { runPairwise } from "./run-pairwise.js";

/** Compares answers pair by pair and records the result. Throws what `judge` throws, and ABORTED or BUDGET_SPENT before all have answered. */
export async function judgePairwise(options: PairwiseOptions, host: Host): Promise<PairwiseResult> {
  await readMethod(options); // before a file is read
  const rubrics = readRubrics(options, ["quality"]);
  checkSameForAll(rubrics, "a comparison");
  const budget = budgetOf(options);
  const contest = await readContest(options, budget, host);
  const shared = { rubrics, seed: options.seed ?? DEFAULT_SEED, concurrency: concurrencyOf(options, []) };
  let pairwise: PairwisePlan | undefined;
  // a judge compares better once it has written down what it sees
  const reasoned = { ...options, judge: { ...options.judge, reason: options.judge?.reason ?? ("before" as const) } };
  const makePlan = (judges: Parameters<typeof planPairwise>[2]["judges"]) => {
    pairwise = planPairwise(contest.dataset, contest.contestants, { ...shared, judges });
    return pairwise.plan;
  };
  return withJudges(reasoned, { rubrics, makePlan }, host, async (grading) => {
    const made = pairwise as PairwisePlan;
    const grader = grading.panel.judges.find(({ compares }) => !compares);
    if (grader) throw cannotCompare(grader.options.method);
    const warning = grading.panel.warning(made.plan.dataset);
    if (warning !== undefined) host.note(warning);
    const named = { ...grading, name: "judgePairwise", experiment: "judge", kind: "pairwise" as const, budget };
    const result = await runJudging(options, named, host, (context) => runPairwise(made, grading, context));
    if (result.study.status === "finished") contest.discard();
    return result;
  });
}
