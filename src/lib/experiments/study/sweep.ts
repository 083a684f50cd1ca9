import { AllPairs } from "../../base/stats/all-pairs.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import { runStudy, type RunOptions } from "./run-study.js";
import type { StudyRun } from "./study-ledger.js";
import { RUN_STATUS, StudyRecorder, type RecorderOptions } from "./study-recorder.js";
import type { StudyPlan } from "./study.js";
import { pairsOf, summarize } from "./summarize.js";
import { toSweepResult, type SweepResult } from "./sweep-result.js";
import type { TargetPool } from "./target-pool.js";

export interface SweepContext extends RecorderOptions, RunOptions {
  /** What the user typed, for the result. */
  typed: string;
  /** Where the runs go, as the result shows it. */
  trackingUri: string;
}

/**
 * Runs a plan and records it: a parent run at once, a run per setting at the end, also of an interrupted study. When
 * nothing works the parent ends FAILED and the error is thrown.
 */
export async function runSweepPlan(
  plan: StudyPlan,
  targets: TargetPool,
  context: SweepContext,
): Promise<{ result: SweepResult; run: StudyRun }> {
  const start = performance.now();
  const recorder = await StudyRecorder.start(plan, context);
  let run: StudyRun;
  try {
    run = await runStudy(plan, targets, context);
  } catch (error) {
    recorder.abandon(error);
    throw error;
  }
  const models = await Promise.all(plan.settings.map(async (_, setting) => (await targets.of(setting)).facts));
  const summary = summarize(plan, run, models, await AllPairs.inSlices(...pairsOf(plan, run.table)));
  const runs = await recorder.finish(plan, summary, run.table, RUN_STATUS[run.status]);
  const idOf = (tracked: TrackedRun | null) => (tracked && context.tracker.idOf(tracked)) ?? null;
  const runId = idOf(recorder.parent);
  if (runId !== null) context.journal.noteRun(runId);
  const result = toSweepResult(plan, run, summary, {
    command: context.typed,
    commandName: context.command,
    studyId: context.journal.header.id,
    target: context.target,
    seconds: (performance.now() - start) / 1000,
    trackingUri: context.trackingUri,
    experiment: context.experiment,
    experimentId: context.tracker.experimentIdOf(context.experiment),
    parentRunId: runId,
    runIds: runs.map(idOf),
    rates: context.rates,
  });
  return { result, run };
}
