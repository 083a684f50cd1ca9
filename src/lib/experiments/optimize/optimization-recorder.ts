import { statusAfter, type TrackedRun } from "../../tracking/tracked-run.js";
import type { CellCounts } from "../study/score-table.js";
import { searchFailure } from "./search-failure.js";
import { describeSetting } from "../study/study.js";
import type { StudyPlan } from "../study/study.js";
import type { StudyJournal } from "../study/study-journal.js";
import type { StudyRun } from "../study/study-ledger.js";
import { StudyRecorder, type RecordedSetting, type RecorderOptions } from "../study/study-recorder.js";
import { summarizeSetting } from "../study/summarize.js";
import { directionOf, withinKind, type Objective, type Resolved } from "./objective.js";
import type { OptimizationResult } from "./optimization-result.js";
import type { Proof } from "./proof.js";
import type { Optimization } from "./run-optimization.js";

const RESULT = "optimization.json";

/** Writes a search to MLflow: a parent run with the believed best over the trials, and a child run for every trial, as it ends. */
export class OptimizationRecorder {
  readonly runs: (TrackedRun | undefined)[] = [];
  readonly proofRuns: (TrackedRun | undefined)[] = [];
  private readonly recorder: StudyRecorder;
  private proofRecorder: StudyRecorder | undefined;
  private readonly objectives: readonly Resolved<Objective>[];

  /** Starts the parent run, of so many `cells`, and waits for it, so that a store that cannot be reached or written is noticed before the work. */
  static async start(
    optimization: Optimization,
    objectives: readonly Resolved<Objective>[],
    { cells, ...options }: RecorderOptions & { cells: number },
  ): Promise<OptimizationRecorder> {
    const recorder = await StudyRecorder.start(optimization.plan, options, cells);
    recorder.parent.log({
      params: {
        objective: objectives.map((one) => `${one.name}:${directionOf(one)}`).join(", "),
        space: JSON.stringify(optimization.study.space.dimensions),
      },
    });
    return new OptimizationRecorder(recorder, objectives);
  }

  private constructor(recorder: StudyRecorder, objectives: readonly Resolved<Objective>[]) {
    this.recorder = recorder;
    this.objectives = objectives;
  }

  get parent(): TrackedRun {
    return this.recorder.parent;
  }

  /** Starts the run of a trial. */
  begin({ plan }: Optimization, index: number): void {
    this.recorder.beginSetting(plan, index);
  }

  /** The run of a trial that has begun and not ended. */
  runOf(index: number): TrackedRun | undefined {
    return this.recorder.runOf(index);
  }

  /** Starts the runs of the proof's settings, whose answers are in a journal of their own; gives what finds them. */
  beginProof(plan: StudyPlan, journal: StudyJournal): (index: number) => TrackedRun | undefined {
    const recorder = this.recorder.beside(journal);
    this.proofRecorder = recorder;
    plan.settings.forEach((_, index) => recorder.beginSetting(plan, index));
    return (index) => recorder.runOf(index);
  }

  /** Records a trial that has ended. */
  trial(optimization: Optimization, index: number): void {
    const { plan, run } = optimization;
    const result = optimization.results()[index];
    if (!result) return;
    const objectives = this.objectives.flatMap((objective, k) => {
      const { name } = objective;
      const { value = Number.NaN, se } = result.values[k] ?? {};
      if (Number.isNaN(value)) return [];
      return [
        { key: `objective/${name}`, value: withinKind(objective, value) },
        ...(se === undefined ? [] : [{ key: `objective/${name}_se`, value: se }]),
      ];
    });
    const tags = {
      "llmops.trial": String(index),
      "llmops.trial_state": result.state,
      ...(result.problem !== undefined && { "llmops.problem": result.problem }),
    };
    this.runs[index] = this.recorder.recordSetting(
      plan,
      { ...measuredSetting(plan, run, index), best: false, more: { metrics: objectives, tags } },
      run.table,
    );
    this.parent.log({ metrics: this.bestMetric(optimization).map((metric) => ({ ...metric, step: index })) });
  }

  /** What the first objective is believed to be at its best. */
  private bestMetric(optimization: Optimization): { key: string; value: number }[] {
    const best = optimization.best();
    const [first] = this.objectives;
    return best && first ? [{ key: `best_${first.name}`, value: withinKind(first, best.mean) }] : [];
  }

  /** Records the proof's settings as child runs of their own. */
  proof({ plan, run, settings }: Proof, journal: StudyJournal): void {
    const beside = this.proofRecorder ?? this.recorder.beside(journal);
    settings.forEach(({ comparisons }, index) => {
      const verdicts = Object.entries(comparisons).map(([name, { verdict }]) => [`llmops.verdict.${name}`, verdict]);
      const tags = { "llmops.role": index === 0 ? "proof: default" : "proof", ...(Object.fromEntries(verdicts) as Record<string, string>) };
      this.proofRuns[index] = beside.recordSetting(
        plan,
        { ...measuredSetting(plan, run, index), best: index === 1, more: { tags } },
        run.table,
      );
    });
  }

  /** The outcome, as tags and as a file of the parent. */
  async finish(optimization: Optimization, result: OptimizationResult): Promise<void> {
    const { best, proof, front } = result;
    const run = best ? this.runs[best.trial] : undefined;
    this.parent.log({
      tags: {
        ...(best && { "llmops.best_setting": describeSetting(best.params) }),
        ...(proof?.status === "finished" && { "llmops.proven": String(proof.winner !== null) }),
      },
      metrics: [...this.bestMetric(optimization), ...(front ? [{ key: "hypervolume", value: front.hypervolume }] : [])],
      ...(run ? { runTags: { "llmops.best_run_id": run } } : {}),
    });
    this.parent.artifact(RESULT, JSON.stringify(result));
    this.proofRecorder?.endSettings("KILLED");
    await this.recorder.end(result.study.status, searchFailure(result));
  }

  /** Ends the parent, without results, as the error says. */
  abandon(error: unknown): void {
    this.proofRecorder?.endSettings(statusAfter(error));
    this.recorder.abandon(error);
  }
}

function measuredSetting(plan: StudyPlan, run: StudyRun, index: number): Pick<RecordedSetting, "setting" | "index" | "measured"> {
  const setting = summarizeSetting(plan, run, index);
  return { setting, index, measured: answeredOf(setting.cells) };
}

/** An objective may be measured of answers without a score, such as their latency. */
function answeredOf({ done, failed, filtered }: Pick<CellCounts, "done" | "failed" | "filtered">): number {
  return done - failed - filtered;
}
