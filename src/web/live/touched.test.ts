import { describe, expect, it } from "vitest";
import { Touched } from "./touched.js";

function touched(...changes: Parameters<Touched["add"]>[0][]): Touched {
  const all = new Touched();
  for (const change of changes) all.add(change);
  return all;
}

describe("a change of runs", () => {
  const change = touched({ runs: [{ run_id: "a", experiment_id: "1" }] }, { runs: [{ run_id: "b", experiment_id: "2" }] });

  it.each([
    [undefined, true],
    [{ runs: ["b", "c"] }, true],
    [{ runs: ["c"] }, false],
    [{ runs: [] }, false],
    [{ experiments: ["2"] }, true],
    [{ experiments: ["3"] }, false],
    [{ experiments: [] }, true],
  ])("and a query about %j", (meta, isTouched) => {
    expect(change.concerns(meta)).toBe(isTouched);
  });

  it.each([{ all: true }, { more: true }])("of which not all are known may be of any: %j", (change) => {
    expect(touched(change).concerns({ runs: ["c"] })).toBe(true);
  });

  it("of an experiment concerns what is asked of it", () => {
    expect(touched({ experiments: ["1"] }).concerns({ experiments: ["1"] })).toBe(true);
  });
});
