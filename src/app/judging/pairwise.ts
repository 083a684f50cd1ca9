import { planPairwise, type PairwisePlan } from "../../lib/experiments/evaluation/pairwise.js";
import { PairwiseRecorder } from "../../lib/experiments/evaluation/pairwise-recorder.js";
import { toPairwiseResult, type PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { pairwiseReport } from "../../lib/report/pairwise-table.js";
import { renderReport } from "../../lib/report/report.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import { runStudy } from "../../lib/experiments/study/run-study.js";
import { budgetOf, checkSameForAll, conductJudging, withJudges, type JudgingContext, type OpenGrading } from "./judge.js";
import { readContest } from "../studies/contestants.js";
import type { GradingFlags } from "../../cli/flags/grading-flags.js";
import { pairwiseOutputs } from "./judgement-outputs.js";
import { checkOutputFlags, writeOutputs } from "../../cli/flags/output-flags.js";
import type { StudyCommand } from "../studies/study-resume.js";
import { concurrencyOf } from "../studies/study-target.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

/** Compares answers pair by pair, records and shows the result; sets the exit code. */
export async function conductPairwise(
  command: StudyCommand,
  flags: GradingFlags,
  names: readonly string[],
  rubrics: readonly Rubric[],
): Promise<PairwiseResult> {
  checkOutputFlags(flags);
  checkSameForAll(rubrics, "a comparison");
  const budget = budgetOf(flags);
  const contest = await readContest(command, flags, { names, budget });
  const options = { rubrics, seed: flags.seed, concurrency: concurrencyOf(flags, []) };
  let pairwise: PairwisePlan | undefined;
  // a judge compares better once it has written down what it sees
  const reasoned = { ...flags, "judge-reason": flags["judge-reason"] ?? ("before" as const) };
  const makePlan = (judges: Parameters<typeof planPairwise>[2]["judges"]) => {
    pairwise = planPairwise(contest.dataset, contest.contestants, { ...options, judges });
    return pairwise.plan;
  };
  return withJudges(command, reasoned, { rubrics, makePlan }, async (grading) => {
    const made = pairwise as PairwisePlan;
    const warning = grading.seat.warning(made.plan.dataset);
    if (warning !== undefined) command.note(warning);
    const result = await conductJudging(command, flags, { ...grading, budget }, (context) => compare(made, grading, context));
    if (result.study.status === "finished") contest.discard();
    const screen = terminalScreen();
    const report = pairwiseReport(result, screen.chalk);
    command.log(renderReport(report, screen));
    await writeOutputs(pairwiseOutputs(result, report), flags);
    const decided = result.rows.filter(({ preference }) => preference !== null).length;
    process.exitCode = exitCodeOf({ status: result.study.status, checks: [], done: result.rows.length, scored: decided });
    return result;
  });
}

async function compare(pairwise: PairwisePlan, { seat, targets }: OpenGrading, context: JudgingContext): Promise<PairwiseResult> {
  const start = performance.now();
  const recorder = await PairwiseRecorder.start(pairwise, context);
  try {
    const run = await runStudy(pairwise.plan, targets, context);
    const { id } = context.journal.header;
    const result = toPairwiseResult(pairwise, run, context.journal, {
      command: context.typed,
      judges: seat.judges,
      fingerprints: Object.fromEntries(seat.rubrics.map(({ name }, i) => [name, context.fingerprints[i] ?? ""])),
      id,
      resume: `${context.command} --resume ${id}`,
      seconds: Math.round((performance.now() - start) / 10) / 100,
      tracking_uri: context.trackingUri,
      experiment: context.experiment,
      run_id: context.tracker.idOf(recorder.run) ?? null,
      ...rateLimitsOf(context.rates),
    });
    await recorder.finish(result);
    return result;
  } catch (error) {
    recorder.abandon(error);
    throw error;
  }
}
