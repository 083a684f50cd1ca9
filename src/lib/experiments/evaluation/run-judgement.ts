import { messageOf } from "../../base/errors/llmops-error.js";
import { describeValidity } from "../judge/demo-domain.js";
import { runStudy, type RunOptions } from "../study/run-study.js";
import type { RecorderOptions } from "../study/study-recorder.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { StudyPlan } from "../study/study.js";
import type { TargetPool } from "../study/target-pool.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { LiveJudgement } from "./live-judgement.js";
import { measureShift } from "./anchors.js";
import type { JudgeFacts } from "./judge-document.js";
import { JudgementRecorder } from "./judgement-recorder.js";
import type { JudgementResult } from "./judgement-result.js";
import { toJudgementResult } from "./to-judgement-result.js";

export interface JudgementContext extends RecorderOptions, RunOptions, Omit<JudgeFacts, "shift"> {
  /** What the user typed, for the result. */
  typed: string;
  store: TrackingStore;
  trackingUri: string;
  /** Whether the cards' anchors are graded again. */
  anchors: boolean;
  /** The result in a sentence. */
  describe?: (result: JudgementResult) => string;
  /** Hears what went wrong without spoiling the judgement. */
  onNote: (text: string) => void;
}

const NO_ASSESSMENTS = "The rows could not be recorded as assessments; eval_results_table.json has them all: ";

/**
 * Grades all samples of a plan and records the run, also of an interrupted one. When nothing works the run ends FAILED and the
 * error is thrown.
 */
export async function runJudgement(plan: StudyPlan, targets: TargetPool, context: JudgementContext): Promise<JudgementResult> {
  const start = performance.now();
  const recorder = await JudgementRecorder.start(plan, context);
  const live = new LiveJudgement(plan, recorder, context);
  try {
    const { rubrics, judges, cards, signal } = context;
    const graded = rubrics.map((rubric, i) => ({ rubric, card: context.anchors ? cards[i] : undefined }));
    const shift = await measureShift(graded, judges, signal ?? new AbortController().signal).catch((error: unknown) => {
      if (signal?.aborted) return null;
      throw error;
    });
    const toResult: Parameters<LiveJudgement["begin"]>[1] = (run) =>
      toJudgementResult(plan, run, context.journal, {
        ...{ command: context.typed, commandName: context.command, rubrics, judges, shift, self: context.self },
        ...{ cards, audit: context.audit },
        target: context.target,
        seconds: (performance.now() - start) / 1000,
        trackingUri: context.trackingUri,
        experiment: context.experiment,
        experimentId: context.tracker.experimentIdOf(context.experiment),
        runId: context.tracker.idOf(recorder.run) ?? null,
        rates: context.rates,
      });
    const onBegin = (state: StudyRun) => {
      context.onBegin?.(state);
      live.begin(state, toResult);
    };
    const run = await runStudy(plan, targets, { ...context, onBegin });
    const result = toResult(run);
    live.conclude(run, result, context.describe?.(result) ?? null);
    const warning = describeValidity(result.judge.validity);
    if (warning !== undefined) context.onNote(warning);
    await recorder.finish(result);
    const gradedNow = new Set(run.asked.map(({ sample }) => plan.dataset.samples[sample]?.id ?? ""));
    await recorder
      .assess(result, gradedNow, context.store)
      .catch((error: unknown) => context.onNote(`${NO_ASSESSMENTS}${messageOf(error)}`));
    return result;
  } catch (error) {
    recorder.abandon(error);
    throw error;
  } finally {
    live.end();
  }
}
