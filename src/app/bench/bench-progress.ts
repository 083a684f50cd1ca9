import type { StudyProgress } from "../../lib/experiments/live/study-tags.js";
import { levelsToNarrow } from "../../lib/operations/load/find-rate.js";
import { toLevelResult, type LevelResult } from "../../lib/operations/load/level-result.js";
import type { RequestTiming } from "../../lib/operations/load/request-timing.js";
import type { Load } from "../../lib/operations/load/run-level.js";
import type { Slo } from "../../lib/operations/slo/slo.js";

/** How much there is to do. */
export interface BenchPlan {
  /** Undefined where the highest rate is searched. */
  loads: readonly Load[] | undefined;
  /** Of each level, at most. */
  requests: number;
  durationMs: number;
  slos: readonly Slo[];
}

/**
 * How far a load test is, and what the level that runs has come to. Its cells are requests where their number is known, and otherwise
 * seconds: a level ends with whichever comes first.
 */
export class BenchProgress {
  private readonly plan: BenchPlan;
  private readonly ended: LevelResult[] = [];
  private level: { load: Load; timings: RequestTiming[]; start: number } | undefined;

  constructor(plan: BenchPlan) {
    this.plan = plan;
  }

  get levels(): readonly LevelResult[] {
    return this.ended;
  }

  begin(load: Load): void {
    this.level = { load, timings: [], start: performance.now() };
  }

  add(timing: RequestTiming | undefined): void {
    if (timing) this.level?.timings.push(timing);
  }

  end(result: LevelResult): void {
    this.level = undefined;
    this.ended.push(result);
  }

  /** The level that runs, as if it ended now; undefined where none does. */
  running(): LevelResult | undefined {
    if (!this.level) return undefined;
    const { load, timings, start } = this.level;
    return toLevelResult({ load, timings, seconds: (performance.now() - start) / 1000 }, this.plan.slos);
  }

  progress(): StudyProgress {
    const { loads, requests, durationMs } = this.plan;
    const isCounted = Number.isFinite(requests);
    const most = isCounted ? requests : Math.round(durationMs / 1000);
    // a level that ended took what it took: nothing more of it is to come
    const done = this.ended.reduce((sum, level) => sum + (isCounted ? level.requests.done : most), 0);
    const open = (loads?.length ?? this.ended.length + levelsToNarrow(this.ended)) - this.ended.length;
    return { done: done + Math.min(most, this.doneOfLevel(isCounted)), total: done + most * Math.max(0, open) };
  }

  private doneOfLevel(isCounted: boolean): number {
    if (!this.level) return 0;
    return isCounted ? this.level.timings.length : Math.floor((performance.now() - this.level.start) / 1000);
  }
}
