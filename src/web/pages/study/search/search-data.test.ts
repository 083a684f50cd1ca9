import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SurfaceDocument, TrialDocument } from "../../../api/search-document.js";
import { bestSoFar, isFlat, measuredTrials, movables, movedSlice } from "./search-data.js";

function trialOf(trial: number, value: number | null, more: Partial<TrialDocument> = {}): TrialDocument {
  return {
    ...{ trial, value, params: {}, se: 0.05, values: null, feasible: null, state: "finished", problem: null, run_id: null },
    ...more,
  };
}

const objective = { name: "accuracy", kind: "rate", direction: "max", index: 0 } as const;

describe("the history of a search", () => {
  it("never gets worse, and counts no trial that was stopped or breaks a constraint", () => {
    const trials = fc.array(
      fc.record({
        value: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        state: fc.constantFrom("finished", "stopped"),
        feasible: fc.constantFrom(true, false, null),
      }),
    );
    fc.assert(
      fc.property(trials, fc.constantFrom("max", "min"), (all, direction) => {
        const documents = all.map(({ value, ...more }, i) => trialOf(i, value, more));
        const measured = measuredTrials(documents, { ...objective, direction });
        const history = bestSoFar(measured, { direction });
        const counted = measured.filter(({ trial }) => trial.state === "finished" && trial.feasible !== false).map(({ value }) => value);
        const bests = history.map(([, best]) => best);
        expect(bests).toEqual([...bests].sort((a, b) => (direction === "max" ? a - b : b - a)));
        expect(bests.at(-1)).toBe(counted.length === 0 ? undefined : Math[direction](...counted));
      }),
      { endOnFailure: true },
    );
  });

  it("has whiskers that stay on the scale of a rate, and none for an objective whose error is not known", () => {
    expect(measuredTrials([trialOf(0, 1)], objective)).toMatchObject([{ value: 1, low: 1 - 1.96 * 0.05, high: 1 }]);
    const two = trialOf(0, 1, { values: [1, 3] });
    expect(measuredTrials([two], { ...objective, name: "latency", kind: "mean", index: 1 })).toMatchObject([
      { value: 3, low: null, high: null },
    ]);
  });
});

describe("slices of what is believed", () => {
  const plane = {
    ...{ x: { name: "a", values: [0, 1, 2] }, y: { name: "b", values: ["u", "v"] } },
    mean: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    low: [
      [0, 1, 2],
      [3, 4, 5],
    ],
    high: [
      [2, 3, 4],
      [5, 6, 7],
    ],
  };
  const surface: SurfaceDocument = { held: { a: 1.2, b: "v" }, importance: [], slices: [], contour: null, planes: [plane] };

  it("can be moved along the other parameter of a plane, from where it is held", () => {
    expect(movables(surface, "a")).toEqual([{ name: "b", values: ["u", "v"], usual: 1 }]);
    expect(movables(surface, "b")).toEqual([{ name: "a", values: [0, 1, 2], usual: 1 }]);
    expect(movedSlice(surface, "a", "b", 0)).toEqual({ name: "a", values: [0, 1, 2], mean: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4] });
    expect(movedSlice(surface, "b", "a", 2)).toEqual({ name: "b", values: ["u", "v"], mean: [3, 6], low: [2, 5], high: [4, 7] });
    expect(movables({ ...surface, planes: [{ x: plane.x, y: plane.y, mean: plane.mean }] }, "a")).toEqual([]);
  });

  it("are flat where they differ less than they are uncertain", () => {
    expect(isFlat(plane)).toBe(false);
    expect(isFlat({ ...plane, high: plane.high.map((row) => row.map((end) => end + 20)) })).toBe(true);
  });
});
