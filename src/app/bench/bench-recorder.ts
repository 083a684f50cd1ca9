import { currentUser } from "../../lib/base/config/environment.js";
import { LiveStudy } from "../../lib/experiments/live/live-study.js";
import { ABANDONED_TAGS, failureTags, firstTags, type LiveOptions } from "../../lib/experiments/live/study-tags.js";
import type { LevelResult } from "../../lib/operations/load/level-result.js";
import type { Load } from "../../lib/operations/load/run-level.js";
import { benchFailure, describeBench, nameOfLevel } from "../../lib/report/bench-verdict.js";
import type { BenchResult } from "../../lib/report/bench-table.js";
import { statusAfter, type TrackedRun } from "../../lib/tracking/tracked-run.js";
import type { Tracker } from "../../lib/tracking/tracker.js";
import type { BenchProgress } from "./bench-progress.js";
import { levelMetrics } from "./levels.js";

const FLUSH_MS = 5000;

export interface BenchRecorderOptions {
  tracker: Tracker;
  experiment: string;
  /** The command as the run's source shows it. */
  command: string;
  target: { model: string; location: string };
  params: Readonly<Record<string, string>>;
  live: LiveOptions;
  progress: BenchProgress;
  /** What the command would print if it ended now. */
  toResult: (runId: string | null) => BenchResult;
}

/** Writes a load test to MLflow while it runs: a parent run, and a child run for each level. */
export class BenchRecorder {
  private readonly options: BenchRecorderOptions;
  private readonly parent: TrackedRun;
  private readonly live: LiveStudy;
  private readonly begun = new Map<string, TrackedRun>();

  /** Starts the runs and waits for them, so that a store that cannot be written is noticed before the work. `loads` are those known by then. */
  static async start(loads: readonly Load[], options: BenchRecorderOptions): Promise<BenchRecorder> {
    const recorder = new BenchRecorder(options);
    for (const load of loads) recorder.runOf(load);
    await options.tracker.begin();
    recorder.live.begin({
      progress: () => options.progress.progress(),
      logMeans: () => recorder.logRunning(),
      document: () => Promise.resolve(options.toResult(recorder.runId)),
    });
    return recorder;
  }

  private constructor(options: BenchRecorderOptions) {
    const { tracker, experiment, target, params, live, progress } = options;
    this.options = options;
    const tags = { ...this.sourceTags(), ...firstTags(live, { total: progress.progress().total, resumed: false }) };
    this.parent = tracker.startRun({ experiment, name: `bench ${target.model}`, userId: currentUser(), tags });
    this.parent.log({ params: { model: target.model, target: target.location, ...params } });
    this.live = new LiveStudy(this.parent, tracker, live);
  }

  get runId(): string | null {
    return this.options.tracker.idOf(this.parent) ?? null;
  }

  /** Ends a level with what it came to. */
  endLevel(result: LevelResult, isWhole: boolean): void {
    const metrics = levelMetrics(result);
    const run = this.runOf({ kind: result.load, value: result.value });
    const { done, failed } = result.requests;
    // at once: nobody sees it ended without its last numbers
    this.options.tracker.together(() => {
      this.parent.log({ metrics: metrics.map((point) => ({ ...point, step: result.value })) });
      run.log({ metrics: metrics.map((point) => ({ ...point, step: done })) });
      run.end(isWhole ? (failed === done ? "FAILED" : "FINISHED") : "KILLED");
    });
    this.begun.delete(nameOfLevel(result));
  }

  /** Ends the test with what came out, and waits a little until the store has everything. */
  async end(result: BenchResult, { searched }: { searched: boolean }): Promise<void> {
    const isWhole = result.status === "finished";
    const failure = benchFailure(result);
    for (const run of this.begun.values()) run.end("KILLED");
    this.live.conclude({
      ...{ status: isWhole ? "finished" : "interrupted", result, progress: this.options.progress.progress() },
      ...{ verdict: describeBench(result, { searched }), failure },
    });
    if (failure !== undefined) this.parent.log({ tags: failureTags(failure) });
    this.parent.end(failure !== undefined ? "FAILED" : isWhole ? "FINISHED" : "KILLED");
    await this.options.tracker.flush({ deadlineMs: FLUSH_MS });
  }

  /** Ends the runs, without results, as the error says. */
  abandon(error: unknown): void {
    this.live.end();
    this.parent.log({ tags: { ...failureTags(error), ...ABANDONED_TAGS } });
    for (const run of [...this.begun.values(), this.parent]) run.end(statusAfter(error));
  }

  /** The run of a level, which begins now where it has not. */
  private runOf({ kind: load, value }: Load): TrackedRun {
    const { tracker, experiment, params } = this.options;
    const name = nameOfLevel({ load, value });
    const begun = this.begun.get(name);
    if (begun) return begun;
    const run = tracker.startRun({ experiment, name, userId: currentUser(), parent: this.parent, tags: this.sourceTags() });
    run.log({ params: { ...params, load, [load]: String(value) } });
    this.begun.set(name, run);
    return run;
  }

  /** What the level that runs has come to by now. */
  private logRunning(): void {
    const level = this.options.progress.running();
    if (!level || level.requests.done === 0) return;
    const metrics = levelMetrics(level).map((point) => ({ ...point, step: level.requests.done }));
    this.runOf({ kind: level.load, value: level.value }).log({ metrics });
  }

  private sourceTags(): Record<string, string> {
    return { "mlflow.source.name": this.options.command, "mlflow.source.type": "LOCAL" };
  }
}
