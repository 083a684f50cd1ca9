import { planPairwise, type PairwisePlan } from "../../lib/experiments/evaluation/pairwise.js";
import { PairwiseRecorder } from "../../lib/experiments/evaluation/pairwise-recorder.js";
import { toPairwiseResult, type PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { cannotCompare } from "../../lib/experiments/judge/judge.js";
import { LiveStudy } from "../../lib/experiments/live/live-study.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { describePairs } from "../../lib/report/grading-verdict.js";
import { runStudy } from "../../lib/experiments/study/run-study.js";
import { rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { budgetOf } from "../studies/study-options.js";
import { concurrencyOf } from "../studies/study-target.js";
import { checkSameForAll, readRubrics } from "./choose-rubrics.js";
import { withJudges, type OpenGrading } from "./open-grading.js";
import { readMethod } from "./open-judges.js";
import { readContest, type PairwiseOptions } from "./read-contest.js";
import { runJudging, type JudgingContext } from "./run-grading.js";

/** Comparisons that are written out while they run; the document of more is long, and has to wait for the end. */
const MOST_SHOWN = 2000;

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
    const result = await runJudging(options, named, host, (context) => compare(made, grading, context));
    if (result.study.status === "finished") contest.discard();
    return result;
  });
}

async function compare(pairwise: PairwisePlan, { panel, targets }: OpenGrading, context: JudgingContext): Promise<PairwiseResult> {
  const start = performance.now();
  const recorder = await PairwiseRecorder.start(pairwise, context);
  const live = context.live && new LiveStudy(recorder.run, context.tracker, context.live);
  const { id } = context.journal.header;
  const toResult = (run: StudyRun) =>
    toPairwiseResult(pairwise, run, context.journal, {
      command: context.typed,
      judges: panel.judges,
      fingerprints: Object.fromEntries(panel.rubrics.map(({ name }, i) => [name, context.fingerprints[i] ?? ""])),
      id,
      resume: `${context.command} --resume ${id}`,
      seconds: Math.round((performance.now() - start) / 10) / 100,
      tracking_uri: context.trackingUri,
      experiment: context.experiment,
      run_id: context.tracker.idOf(recorder.run) ?? null,
      ...rateLimitsOf(context.rates),
    });
  const total = pairwise.plan.dataset.samples.length;
  const progressOf = ({ table }: StudyRun) => ({ done: table.counts(0).done, total });
  const onBegin = (state: StudyRun) =>
    live?.begin({
      progress: () => progressOf(state),
      document: () => Promise.resolve(total > MOST_SHOWN ? null : toResult({ ...state, status: "interrupted" })),
    });
  try {
    const run = await runStudy(pairwise.plan, targets, { ...context, onBegin });
    const result = toResult(run);
    live?.conclude({ status: run.status, verdict: describePairs(result), result, progress: progressOf(run) });
    await recorder.finish(result);
    return result;
  } catch (error) {
    recorder.abandon(error);
    throw error;
  } finally {
    live?.end();
  }
}
