import { AllPairs } from "../../base/stats/all-pairs.js";
import { LiveStudy } from "../live/live-study.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import { LiveSettings } from "./live-settings.js";
import { sweepFailure } from "./nothing-scored.js";
import { runStudy, type RunOptions } from "./run-study.js";
import type { StudyRun } from "./study-ledger.js";
import { StudyRecorder, type RecorderOptions } from "./study-recorder.js";
import type { StudyPlan } from "./study.js";
import { pairsOf, rank, summarize, type StudySummary } from "./summarize.js";
import { tellPairs, type ToldPairs } from "./every-pair.js";
import { toSweepResult, type SweepResult } from "./sweep-result.js";
import type { TargetPool } from "./target-pool.js";

export interface SweepContext extends RecorderOptions, RunOptions {
  /** What the user typed, for the result. */
  typed: string;
  /** Where the runs go, as the result shows it. */
  trackingUri: string;
  /** What became of what the result has to hold. */
  check?: (result: SweepResult, run: StudyRun) => SweepResult["checks"];
  /** The result in a sentence. */
  describe?: (result: SweepResult) => string;
  /** Records in the parent run what the study was made for, before it ends. */
  conclude?: (result: SweepResult, run: StudyRun, parent: TrackedRun) => void;
}

/**
 * Runs a plan and records it: a parent run and a run per setting at once, with running means where it is live, and the results at the
 * end, also of an interrupted study. When nothing works the runs end FAILED and the error is thrown.
 */
export async function runSweepPlan(
  plan: StudyPlan,
  targets: TargetPool,
  context: SweepContext,
): Promise<{ result: SweepResult; run: StudyRun }> {
  const recorder = await StudyRecorder.start(plan, context);
  const sweep = new RecordedSweep(plan, targets, { context, recorder });
  try {
    return await sweep.run();
  } catch (error) {
    recorder.abandon(error);
    throw error;
  } finally {
    sweep.end();
  }
}

/** A sweep whose parent run has begun. */
class RecordedSweep {
  private readonly plan: StudyPlan;
  private readonly targets: TargetPool;
  private readonly context: SweepContext;
  private readonly recorder: StudyRecorder;
  private readonly live: LiveStudy | undefined;
  private readonly start = performance.now();

  constructor(plan: StudyPlan, targets: TargetPool, { context, recorder }: { context: SweepContext; recorder: StudyRecorder }) {
    this.plan = plan;
    this.targets = targets;
    this.context = context;
    this.recorder = recorder;
    this.live = context.live && new LiveStudy(recorder.parent, context.tracker, context.live);
  }

  async run(): Promise<{ result: SweepResult; run: StudyRun }> {
    const { plan, context, recorder } = this;
    const run = await runStudy(plan, this.targets, { ...context, onBegin: (state) => this.begin(state) });
    this.live?.end();
    const summary = await this.summarize(run);
    const runs = await recorder.record(plan, summary, run.table);
    const bare = this.toResult(run, summary, runs);
    if (bare.study.run_id !== null) context.journal.noteRun(bare.study.run_id);
    const result = { ...bare, checks: context.check?.(bare, run) ?? [] };
    const { cells } = result.study;
    const verdict = context.describe?.(result) ?? null;
    const failure = sweepFailure(result);
    this.live?.conclude({ status: run.status, verdict, failure, result, progress: { done: cells.done, total: cells.planned } });
    context.conclude?.(result, run, recorder.parent);
    await recorder.end(run.status, failure);
    return { result, run };
  }

  /** Shows nothing more. */
  end(): void {
    this.live?.end();
  }

  private begin(state: StudyRun): void {
    this.context.onBegin?.(state);
    this.show(state);
  }

  private show(state: StudyRun): void {
    const { plan, context, live, recorder } = this;
    if (!live) return;
    context.tracker.together(() => plan.settings.forEach((_, setting) => recorder.beginSetting(plan, setting)));
    const settings = new LiveSettings(plan, state, (setting) => recorder.runOf(setting));
    live.begin({
      progress: () => settings.progress(),
      logMeans: () => settings.logMeans(),
      document: async () => {
        // as it would be if it ended now
        const run = { ...state, status: "interrupted" as const };
        const runs = plan.settings.map((_, setting) => recorder.runOf(setting) ?? null);
        return this.toResult(run, await this.summarize(run), runs);
      },
    });
  }

  private async summarize(run: StudyRun): Promise<StudySummary & { told: ToldPairs }> {
    const { plan, targets } = this;
    const models = await Promise.all(plan.settings.map(async (_, setting) => (await targets.of(setting)).facts));
    const pairs = await AllPairs.inSlices(...pairsOf(plan, run.table));
    const told = await tellPairs(rank(plan, run.table), pairs, plan.primary.direction);
    return { ...summarize(plan, run, models, pairs), told };
  }

  private toResult(run: StudyRun, summary: StudySummary & { told: ToldPairs }, runs: readonly (TrackedRun | null)[]): SweepResult {
    const { plan, context, recorder } = this;
    const idOf = (tracked: TrackedRun | null) => (tracked && context.tracker.idOf(tracked)) ?? null;
    return toSweepResult(plan, run, summary, {
      command: context.typed,
      commandName: context.command,
      studyId: context.journal.header.id,
      target: context.target,
      seconds: (performance.now() - this.start) / 1000,
      trackingUri: context.trackingUri,
      experiment: context.experiment,
      experimentId: context.tracker.experimentIdOf(context.experiment),
      parentRunId: idOf(recorder.parent),
      runIds: runs.map(idOf),
      rates: context.rates,
    });
  }
}
