import type { StudyProgress } from "../live/study-tags.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { StudyRun } from "./study-ledger.js";
import { estimateScores } from "./stopping.js";
import { primaryMetric, type StudyPlan } from "./study.js";
import { cellsOf } from "./summarize.js";

/** Runs that get new means at one time: each costs the store a transaction. The others follow the next time. */
const MOST_AT_ONCE = 25;

/** The settings of a running study, as their MLflow runs show them: the mean of the score that decides, over the cells there are. */
export class LiveSettings {
  private readonly plan: StudyPlan;
  private readonly state: Pick<StudyRun, "table" | "stopped">;
  private readonly runOf: (setting: number) => TrackedRun | undefined;
  /** By setting: its cells when its means were recorded. */
  private readonly recorded = new Map<number, number>();
  /** Where the next turn begins. */
  private next = 0;

  /** `runOf` gives the run of a setting, where it has begun. */
  constructor(plan: StudyPlan, state: Pick<StudyRun, "table" | "stopped">, runOf: (setting: number) => TrackedRun | undefined) {
    this.plan = plan;
    this.state = state;
    this.runOf = runOf;
  }

  /** Cells of all settings; one that was stopped early has no more to come. */
  progress(): StudyProgress {
    const { plan, state } = this;
    const every = plan.settings.map((_, setting) => ({ stopped: state.stopped.has(setting), ...cellsOf(plan, state.table, setting) }));
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    return {
      done: sum(every.map(({ done }) => done)),
      total: sum(every.map(({ stopped, done, planned }) => (stopped ? done : planned))),
    };
  }

  /** Records the means of settings with new cells, those first whose turn it is. */
  logMeans(): void {
    const count = this.plan.settings.length;
    let left = MOST_AT_ONCE;
    for (let i = 0; i < count && left > 0; i++) {
      const setting = (this.next + i) % count;
      if (!this.logSetting(setting)) continue;
      if (--left === 0) this.next = (setting + 1) % count;
    }
  }

  private logSetting(setting: number): boolean {
    const run = this.runOf(setting);
    const { done } = this.state.table.counts(setting);
    if (!run || done === (this.recorded.get(setting) ?? 0)) return false;
    this.recorded.set(setting, done);
    const points = runningMeans(this.plan, this.state, setting).map((point) => ({ ...point, step: done }));
    run.log({ metrics: [...points, { key: "cells", value: done, step: done }] });
    return true;
  }
}

/** The mean of the score that decides, with the ends of its interval, as far as there are any. */
export function runningMeans(plan: StudyPlan, { table }: Pick<StudyRun, "table">, setting: number): { key: string; value: number }[] {
  const { mean, low, high } = estimateScores(plan.primary, table, setting);
  const name = primaryMetric(plan);
  if (Number.isNaN(mean)) return [];
  return [
    { key: name, value: mean },
    ...(low === null ? [] : [{ key: `${name}.low`, value: low }]),
    ...(high === null ? [] : [{ key: `${name}.high`, value: high }]),
  ];
}
