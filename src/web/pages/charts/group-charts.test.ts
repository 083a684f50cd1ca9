import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunValues } from "../../api/documents.js";
import { boxesOf } from "./boxes.js";
import { scaleOf } from "./chart-data.js";
import { mapCells, placesOf } from "./map.js";

function runs(...values: [params: Record<string, string>, metrics: Record<string, number | string>][]): RunValues[] {
  return values.map(([params, metrics], i) => ({
    ...{ run_id: `r${i}`, run_name: `run ${i}`, experiment_id: "1", status: "FINISHED", lifecycle_stage: "active" },
    ...{ start_time: i, end_time: i, user_id: "", parent_run_id: null, children: 0, params, tags: {} },
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, last]) => [key, { last }])),
  }));
}

const P = { kind: "param", key: "p" } as const;
const Q = { kind: "param", key: "q" } as const;

describe("boxes", () => {
  it("have the quartiles of the runs of each value, and whiskers and outliers as Tukey draws them", () => {
    const drawn = runs(...[1, 2, 3, 4, 5, 6, 7, 100].map((m): [Record<string, string>, Record<string, number>] => [{ p: "10" }, { m }]), [
      { p: "9" },
      { m: 2 },
    ]);
    const { boxes, values } = boxesOf(drawn, P, "m", 20);
    expect(values).toBe(2);
    expect(boxes.map(({ value, runs }) => [value, runs])).toEqual([
      ["9", 1],
      ["10", 8],
    ]);
    expect(boxes[1]).toMatchObject({ low: 1, lowerQuartile: 2.75, median: 4.5, upperQuartile: 6.25, high: 7 });
    expect(boxes[1]?.outliers.map(({ run, value }) => [run.run_id, value])).toEqual([["r7", 100]]);
    expect(boxes[0]).toMatchObject({ low: 2, median: 2, high: 2, outliers: [] });
  });

  it("leave out runs without the value or a finite metric, and values beyond the most frequent", () => {
    const drawn = runs(
      [{ p: "a" }, { m: 1 }],
      [{ p: "a" }, { m: 2 }],
      [{ p: "b" }, { m: 1 }],
      [{}, { m: 1 }],
      [{ p: "b" }, { m: "NaN" }],
      [{ p: "c" }, { m: "Infinity" }],
    );
    expect(boxesOf(drawn, P, "m", 1)).toMatchObject({ boxes: [{ value: "a", runs: 2 }], values: 2 });
  });
});

it("texts have places on their axis, also those that charts read as no value", () => {
  const drawn = runs([{ p: "b" }, {}], [{ p: "-" }, {}], [{}, {}], [{ p: "undefined" }, {}], [{ p: "b" }, {}]);
  expect(scaleOf(drawn, P)).toEqual({ categories: ["-", "b", "undefined"], values: [1, 0, null, 2, 1] });
});

describe("maps", () => {
  it("have the mean of the runs of each cell", () => {
    const drawn = runs(
      [{ p: "1", q: "x" }, { m: 1 }],
      [{ p: "1", q: "x" }, { m: 4 }],
      [{ p: "2", q: "y" }, { m: 3 }],
      [{ p: "2" }, { m: 9 }],
      [{ p: "2", q: "x" }, { m: "NaN" }],
    );
    const [x, y] = [placesOf(drawn, P), placesOf(drawn, Q)];
    expect([x.labels, y.labels]).toEqual([
      ["1", "2"],
      ["x", "y"],
    ]);
    expect(mapCells(drawn, x, y, "m")).toEqual([
      { x: 0, y: 0, mean: 2.5, runs: 2 },
      { x: 1, y: 1, mean: 3, runs: 1 },
    ]);
  });

  it("give every run with a number a place within the axis, however many and however large numbers are", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const check = (numbers: number[]) => {
      const { labels, at } = placesOf(
        runs(...numbers.map((p): [Record<string, string>, Record<string, number>] => [{ p: String(p) }, {}])),
        P,
      );
      expect(labels.length).toBeLessThanOrEqual(12);
      for (const place of at) expect(place !== undefined && place >= 0 && place < labels.length).toBe(true);
    };
    fc.assert(fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), check), { endOnFailure: true });
  });
});
