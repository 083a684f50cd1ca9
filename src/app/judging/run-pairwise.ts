import { pairwiseFailure } from "../../lib/experiments/evaluation/grading-failure.js";
import { PairwiseRecorder } from "../../lib/experiments/evaluation/pairwise-recorder.js";
import { runningPairs, toPairwiseResult, type PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { MOST_SHOWN, progressOfRows, viewRows } from "../../lib/experiments/evaluation/live-rows.js";
import { LiveStudy } from "../../lib/experiments/live/live-study.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { describePairs } from "../../lib/report/grading-verdict.js";
import { describeRunningPairs } from "../../lib/report/running-grades.js";
import { runStudy } from "../../lib/experiments/study/run-study.js";
import { rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import type { PairwisePlan } from "../../lib/experiments/evaluation/pairwise.js";
import { MOST_RUNNING } from "../studies/announce-study.js";
import type { OpenGrading } from "./open-grading.js";
import type { JudgingContext } from "./run-grading.js";

/** Compares within a journal and a tracker, and records the result. Throws what running a study throws. */
export async function runPairwise(
  pairwise: PairwisePlan,
  { panel, targets }: OpenGrading,
  context: JudgingContext,
): Promise<PairwiseResult> {
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
  const { plan } = pairwise;
  const onBegin = (state: StudyRun) => {
    const isShort = plan.dataset.samples.length <= MOST_SHOWN;
    if (isShort) context.below(() => describeRunningPairs(runningPairs(pairwise, state, context.journal), MOST_RUNNING));
    live?.begin(viewRows(plan, state, toResult));
  };
  try {
    const run = await runStudy(plan, targets, { ...context, onBegin });
    const result = toResult(run);
    const told = { status: run.status, verdict: describePairs(result), failure: pairwiseFailure(result) };
    live?.conclude({ ...told, result, progress: progressOfRows(plan, run) });
    await recorder.finish(result);
    return result;
  } catch (error) {
    recorder.abandon(error);
    throw error;
  } finally {
    live?.end();
  }
}
