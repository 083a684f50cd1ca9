import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { studyPlan } from "../../../../test/helpers/study-plan.js";
import type { TrackedBatch, TrackedRun } from "../../tracking/tracked-run.js";
import { LiveSettings } from "./live-settings.js";
import { ScoreTable } from "./score-table.js";
import { estimateScores } from "./stopping.js";

/** Settings of a study without a model: a cell is answered by saying so. */
function liveSettings(settings: number, samples: number) {
  const plan = studyPlan([{ name: "temperature", values: Array.from({ length: settings }, (_, i) => i / settings) }], samples);
  const state = { table: new ScoreTable(plan), stopped: new Map<number, string>() };
  const logged: { setting: number; metrics: { key: string; value: number; step?: number }[] }[] = [];
  const runOf = (setting: number) =>
    ({ log: ({ metrics = [] }: TrackedBatch) => logged.push({ setting, metrics: [...metrics] }) }) as unknown as TrackedRun;
  const answer = (setting: number, sample: number, value: number) =>
    state.table.setScores({ setting, sample, repeat: 0 }, { contains: { value } });
  return { plan, state, logged, answer, live: new LiveSettings(plan, state, runOf) };
}

describe("the settings of a running study", () => {
  it("have the mean and interval over the cells there are, at their number, and again only after new ones", () => {
    const cells = fc.array(fc.tuple(fc.nat(2), fc.nat(19), fc.nat(1)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cells, (answers) => {
        const { plan, state, logged, answer, live } = liveSettings(3, 20);
        for (const [setting, sample, value] of answers) answer(setting, sample, value);
        live.logMeans();
        live.logMeans();
        expect(logged.map(({ setting }) => setting)).toEqual([...new Set(answers.map(([setting]) => setting))].sort());
        for (const { setting, metrics } of logged) {
          const { mean, low, high } = estimateScores(plan.primary, state.table, setting);
          const step = state.table.counts(setting).done;
          const expected = { accuracy: mean, "accuracy.low": low, "accuracy.high": high, cells: step };
          const known = Object.entries(expected).flatMap(([key, value]) => (value === null ? [] : [{ key, value, step }]));
          expect(metrics).toEqual(known);
        }
      }),
      { endOnFailure: true },
    );
  });

  it("take turns where they are many", () => {
    const { logged, answer, live } = liveSettings(60, 2);
    for (let setting = 0; setting < 60; setting++) answer(setting, 0, 1);
    const turns = [1, 2, 3].map(() => {
      const before = logged.length;
      live.logMeans();
      return logged.length - before;
    });
    expect(turns).toEqual([25, 25, 10]);
    expect(new Set(logged.map(({ setting }) => setting)).size).toBe(60);
  });

  it("have no more cells to come where they were stopped", () => {
    const { plan, state, answer, live } = liveSettings(2, 10);
    answer(0, 0, 1);
    const { total } = live.progress();
    state.stopped.set(0, "clearly worse");
    const others = total - plan.repeats[0]! * 10;
    expect(live.progress()).toEqual({ done: 1, total: others + 1 });
  });
});
