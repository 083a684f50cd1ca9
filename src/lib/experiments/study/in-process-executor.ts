import { setMaxListeners } from "node:events";
import type { AskLimits } from "../../inference/gateway/ask.js";
import { runBundles } from "./bundles.js";
import type { CellExecutor, CellTask } from "./cell-executor.js";
import { Handoff } from "./handoff.js";
import { runCell, type FinishedCell } from "./run-cell.js";
import type { StudyPlan } from "./study.js";
import type { TargetPool } from "./target-pool.js";

/** Runs cells in this process, as many at a time as the plan says. Settings may be added to the plan meanwhile. */
export class InProcessExecutor implements CellExecutor {
  private readonly plan: StudyPlan;
  private readonly targets: TargetPool;
  private readonly limits: AskLimits;

  constructor(plan: StudyPlan, targets: TargetPool, limits: AskLimits) {
    this.plan = plan;
    this.targets = targets;
    this.limits = limits;
  }

  async bundleSize(setting: number): Promise<number> {
    const { sharesPrompts } = await this.targets.of(setting);
    return sharesPrompts ? this.plan.concurrency : 1;
  }

  async *execute(bundles: Iterable<readonly CellTask[]>, signal: AbortSignal): AsyncGenerator<FinishedCell, void, undefined> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    setMaxListeners(0, either); // every running cell listens
    const finished = new Handoff<FinishedCell>();
    const ask = async (task: CellTask) => {
      try {
        const cell = await this.run(task, either);
        if (cell) await finished.give(cell);
      } catch (error) {
        stop.abort(); // nothing else is started, and what runs ends
        throw error;
      }
    };
    const work = runBundles(bundles, this.plan.concurrency, { ask, over: () => either.aborted }).finally(() => finished.end());
    work.catch(() => undefined); // thrown below, unless the consumer has stopped
    try {
      yield* finished.items();
      await work;
    } finally {
      stop.abort();
      finished.abandon();
      await work.catch(() => undefined);
    }
  }

  private async run({ known, ...cell }: CellTask, signal: AbortSignal): Promise<FinishedCell | undefined> {
    if (signal.aborted) return undefined;
    const target = await this.targets.of(cell.setting);
    return runCell(this.plan, cell, { ...this.limits, target, signal }, known);
  }
}
