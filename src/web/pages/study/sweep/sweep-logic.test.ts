import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunRow } from "../../../api/documents.js";
import type { SweepDocument } from "../../../api/sweep-document.js";
import { worstFirst } from "./comparisons.js";
import { isGrid, isOneAtATime, settingsAlong, variedParams } from "./layout.js";
import { sortedSettings } from "./sort-settings.js";
import { scoreKinds, studySettings } from "./study-settings.js";

const cells = { done: 10, failed: 0, filtered: 0, unscored: 0, planned: 20 };

const dataset = { path: "d", digest: "0", samples: 10, available: 10 };

/** A document of settings with an accuracy and a comparison each. */
function documentOf(
  settings: { params: Record<string, string | number>; mean: number; difference?: number }[],
  direction: "max" | "min" = "max",
): SweepDocument {
  const best = settings[0]?.params ?? {};
  return {
    ...{ schema: "llmops.sweep/3", command: "llmops sweep", errors: [], checks: [], reference: best },
    study: {
      ...{ id: "1", status: "finished", seconds: 1, model: "m", target: "t", dataset },
      ...{ scorer: "contains", metric: "accuracy", direction, kind: "rate", min_effect: 0, seed: 1, fixed: {}, cells },
      scorers: [{ name: "contains", kind: "rate", direction }],
    },
    settings: settings.map(({ params, mean, difference }, i) => ({
      ...{ name: `s${i}`, params, cells, unscored: {}, model: null, letters: "a", pareto: false, stopped: null, run_id: `r${i}` },
      metrics: Object.fromEntries(
        ["accuracy", "contains", "latency_seconds"].map((key) => [key, { mean, low: mean - 0.1, high: mean + 0.1, n: 10 }]),
      ),
      comparison:
        difference === undefined
          ? null
          : {
              ...{ samples: 10, difference, low: null, high: null, confidence: 0.95, p_value: 1 },
              verdict: "cannot tell",
              further_samples: null,
            },
    })),
    comparisons: { pairs: 1, correction: "holm", alpha: 0.05 },
    best: { params: best, value: 1, tied_with: [] },
  };
}

function child(run_id: string, params: Record<string, string>, metrics: Record<string, number>): RunRow {
  const summary = (value: number) => ({ last: value, min: value, max: value, step: 0, points: 1 });
  return {
    ...{ run_id, run_name: `run ${run_id}`, experiment_id: "1", status: "RUNNING", lifecycle_stage: "active" },
    ...{ start_time: 0, end_time: null, user_id: "", parent_run_id: "p", children: 0, params, tags: {} },
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, summary(value)])),
  };
}

describe("the settings of a study", () => {
  it("come from its runs before there is a document, with the parameters in which they differ", () => {
    const runs = [0, 1].map((i) =>
      child(
        `r${i}`,
        { temperature: `${i}`, max_tokens: "64", ["__proto__"]: `<b>${i}` },
        { accuracy: 0.5, "accuracy.low": 0.4, "accuracy.high": 0.6, cells: 7 },
      ),
    );
    const settings = studySettings(undefined, runs);
    expect(settings.map(({ params }) => [...params])).toEqual([
      [
        ["temperature", 0],
        ["__proto__", "<b>0"],
      ],
      [
        ["temperature", 1],
        ["__proto__", "<b>1"],
      ],
    ]);
    expect(settings[0]?.scores.get("accuracy")).toEqual({ mean: 0.5, low: 0.4, high: 0.6, n: null });
    expect(scoreKinds(undefined, settings).map(({ name }) => name)).toEqual(["accuracy"]);
  });

  it("are as new as their runs where those have more cells than the document had", () => {
    const document = documentOf([
      { params: { t: 0 }, mean: 0.5 },
      { params: { t: 1 }, mean: 0.6 },
    ]);
    const newer = child("r0", {}, { accuracy: 0.9, "accuracy.low": 0.8, "accuracy.high": 0.95, cells: 15 });
    const older = child("r1", {}, { accuracy: 0.1, "accuracy.low": 0, "accuracy.high": 0.2, cells: 3 });
    const [first, second] = studySettings(document, [newer, older]);
    expect([first?.scores.get("accuracy")?.mean, first?.cells.done]).toEqual([0.9, 15]);
    expect([second?.scores.get("accuracy")?.mean, second?.cells.done]).toEqual([0.6, 10]);
  });

  it("name the scorer that decides once, and call none best that is not shown to be", () => {
    const document = documentOf([
      { params: { t: 0 }, mean: 0.5 },
      { params: { t: 1 }, mean: 0.4 },
    ]);
    const settings = studySettings(document, []);
    expect(scoreKinds(document, settings).map(({ name, direction }) => [name, direction])).toEqual([
      ["accuracy", "max"],
      ["latency_seconds", "min"],
    ]);
    expect(settings.map(({ isBest, bestName, isTied }) => isBest && !isTied && bestName)).toEqual(["best", false]);
    const tied = { ...document, best: { params: { t: 0 }, value: 0.5, tied_with: [{ params: { t: 1 } }] } };
    expect(studySettings(tied, []).map(({ isBest, bestName, isTied }) => [isBest, bestName, isTied])).toEqual([
      [true, "highest", false],
      [false, "highest", false],
    ]);
  });
});

describe("how settings are laid out", () => {
  const settingsOf = (all: Record<string, number | string>[]) =>
    studySettings(documentOf(all.map((params) => ({ params, mean: 0.5 }))), []);

  it("tells parameters varied one at a time from a grid, and a grid from pairs", () => {
    const apart = settingsOf([{}, { t: 0 }, { t: 1 }, { p: 1 }]);
    expect(isOneAtATime(apart, variedParams(apart))).toBe(true);
    const grid = settingsOf([0, 1, 2].flatMap((t) => ["a", "b"].map((p) => ({ t, p }))));
    const [t, p] = variedParams(grid);
    expect([t?.isNumeric, p?.isNumeric, isOneAtATime(grid, variedParams(grid)), isGrid(grid, t!, p!)]).toEqual([true, false, false, true]);
    const zip = settingsOf([0, 1, 2, 3].map((i) => ({ t: i, p: i })));
    const [x, y] = variedParams(zip);
    expect(isGrid(zip, x!, y!)).toBe(false);
    expect(settingsAlong(grid, t!, new Map([["p", "b"]])).map(({ params }) => params.get("t"))).toEqual([0, 1, 2]);
  });

  it("every setting is in some line along a parameter it has, in order of the values", () => {
    const values = fc.array(fc.record({ t: fc.integer({ min: 0, max: 5 }), p: fc.constantFrom("a", "b") }, { requiredKeys: [] }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(values, (all) => {
        const settings = settingsOf(all);
        for (const param of variedParams(settings)) {
          const along = settingsAlong(settings, param, new Map());
          expect(along).toHaveLength(all.filter((params) => Object.hasOwn(params, param.name)).length);
          const places = along.map(({ params }) => param.values.indexOf(params.get(param.name) ?? null));
          expect(places).toEqual([...places].sort((a, b) => a - b));
        }
      }),
      { endOnFailure: true },
    );
  });
});

describe("the order of settings", () => {
  const settings = (direction: "max" | "min") =>
    studySettings(
      documentOf(
        [
          { params: { t: 2 }, mean: 0.5 },
          { params: { t: 10 }, mean: 0.9, difference: 0.4 },
          { params: {}, mean: 0.1, difference: -0.4 },
        ],
        direction,
      ),
      [],
    );

  it("has the best of a score first, what a setting lacks last, and the worst verdict first", () => {
    for (const direction of ["max", "min"] as const) {
      const all = settings(direction);
      const known = { kinds: scoreKinds(documentOf([], direction), all), varied: variedParams(all) };
      const names = (sort: string) => sortedSettings(all, sort, known).map(({ name }) => name);
      expect(names("s.accuracy")).toEqual(direction === "max" ? ["s1", "s0", "s2"] : ["s2", "s0", "s1"]);
      expect(names("p.t")).toEqual(["s0", "s1", "s2"]);
      expect(names("-p.t")).toEqual(["s1", "s0", "s2"]);
      expect(names("nonsense")).toEqual(["s0", "s1", "s2"]);
      expect(worstFirst(all, { direction }).map(({ name }) => name)).toEqual(direction === "max" ? ["s2", "s1"] : ["s1", "s2"]);
    }
  });
});
