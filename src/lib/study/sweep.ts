import type { CompletionTarget } from "../openai/completion-target.js";
import { runStudy, type RunOptions } from "./run-study.js";
import { StudyRecorder, type RecorderOptions } from "./study-recorder.js";
import type { TrackedRun } from "../tracking/tracked-run.js";
import { countCells, type FinishedCell, type StudyPlan } from "./study.js";
import { summarise } from "./summarise.js";
import { toSweepResult, type SweepResult } from "./sweep-result.js";

export interface SweepContext extends RecorderOptions, RunOptions {
  /** What the user typed, for the result. */
  typed: string;
  /** Rows of the dataset before any limit. */
  available: number;
  /** Where the runs go, as the result shows it. */
  trackingUri: string;
}

/**
 * Runs a plan and records it: a parent run at once, a run per setting at the end, also of an
 * interrupted study. When nothing works the parent ends FAILED and the error is thrown.
 */
export async function runSweep(plan: StudyPlan, target: CompletionTarget, context: SweepContext): Promise<SweepResult> {
  const start = performance.now();
  const recorder = await StudyRecorder.start(plan, target, context);
  let finished: FinishedCell[];
  try {
    finished = await runStudy(plan, target, context);
  } catch (error) {
    recorder.abandon("FAILED");
    throw error;
  }
  const summary = summarise(plan, finished);
  const interrupted = finished.length < countCells(plan);
  const runs = await recorder.finish(plan, summary, finished, interrupted ? "KILLED" : "FINISHED");
  const idOf = (run: TrackedRun | null) => (run && context.tracker.idOf(run)) ?? null;
  return toSweepResult(plan, target, summary, {
    command: context.typed,
    interrupted,
    available: context.available,
    seconds: (performance.now() - start) / 1000,
    trackingUri: context.trackingUri,
    experiment: context.experiment,
    experimentId: context.tracker.experimentIdOf(context.experiment),
    parentRunId: idOf(recorder.parent),
    runIds: runs.map(idOf),
    errors: firstErrors(finished),
  });
}

/** The distinct messages of failed cells, in the order they came. */
function firstErrors(finished: readonly FinishedCell[]): string[] {
  const messages = finished.flatMap(({ outcome }) => (outcome.ok ? [] : [outcome.error.message]));
  return [...new Set(messages)].slice(0, 5);
}
