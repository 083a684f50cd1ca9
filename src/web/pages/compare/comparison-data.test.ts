import fc from "fast-check";
import { expect, it } from "vitest";
import type { RunRow } from "../../api/documents.js";
import { comparedMetrics, comparedParams, standings } from "./comparison-data.js";

const metric = (last: number) => ({ last, min: last, max: last, step: 0, points: 1 });
const run = (run_id: string, metrics: Record<string, number>, params: Record<string, string> = {}): RunRow => ({
  ...{ run_id, run_name: run_id, experiment_id: "1", status: "FINISHED", lifecycle_stage: "active", start_time: 1, end_time: 2 },
  ...{ user_id: "", parent_run_id: null, children: 0, params, tags: {} },
  metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, metric(value)])),
});

it("a value is the best only where its interval is apart from all others", () => {
  const apart = [run("a", { acc: 0.9, "acc.low": 0.8, "acc.high": 0.95 }), run("b", { acc: 0.5, "acc.low": 0.4, "acc.high": 0.6 })];
  expect([...standings(apart, "acc", "max")]).toEqual([["a", "best"]]);
  expect([...standings(apart, "acc", "min")]).toEqual([["b", "best"]]);
  expect([...standings(apart, "acc", "none")]).toEqual([]);
  const near = [...apart, run("c", { acc: 0.85, "acc.low": 0.7, "acc.high": 0.92 })];
  expect([...standings(near, "acc", "max")]).toEqual([
    ["a", "tied"],
    ["c", "tied"],
  ]);
});

it("without intervals the best value is named, and nothing is claimed of it", () => {
  expect([...standings([run("a", { loss: 1 }), run("b", { loss: 2 })], "loss", "min")]).toEqual([["a", "first"]]);
  expect(standings([run("a", { loss: 1 }), run("b", { loss: 1 })], "loss", "min").size).toBe(0);
  expect(standings([run("a", { cells_done: 1 }), run("b", { cells_done: 2 })], "cells_done", "max").size).toBe(0);
});

it("whoever is the best has no value above, whatever the values and intervals are", () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  const runs = fc.array(fc.tuple(value, fc.double({ min: 0, max: 0.5, noNaN: true })), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(runs, (values) => {
      const rows = values.map(([center, half], i) => run(String(i), { m: center, "m.low": center - half, "m.high": center + half }));
      const found = standings(rows, "m", "max");
      const greatest = Math.max(...values.map(([center]) => center));
      const best = [...found].filter(([, standing]) => standing === "best").map(([id]) => values[Number(id)]?.[0]);
      expect(best.every((center) => center === greatest)).toBe(true);
      if (best.length > 0) expect(found.size).toBe(1);
      else if (found.size > 0) expect(found.size).toBeGreaterThan(1);
    }),
    { endOnFailure: true },
  );
});

it("what differs comes first, and ends of intervals are no metrics of their own", () => {
  const runs = [run("a", { m: 1, "m.low": 0, n: 2 }, { x: "1", lr: "0.1" }), run("b", { m: 1, "m.low": 0, n: 3 }, { x: "1" })];
  expect(comparedParams(runs)).toEqual([
    { key: "lr", isDiffering: true },
    { key: "x", isDiffering: false },
  ]);
  expect(comparedMetrics(runs).map(({ key }) => key)).toEqual(["n", "m"]);
});
