import { describe, expect, it } from "vitest";
import { brokenOf, isFeasible, nearestTo } from "./conditions.js";
import { parseConstraint } from "./objective.js";

const conditions = ["latency_p95<2", "accuracy>0.5"].map(parseConstraint);

describe("conditions", () => {
  it("are kept, broken, or not known", () => {
    expect(isFeasible(conditions, [1, 0.9])).toBe(true);
    expect(isFeasible(conditions, [3, Number.NaN])).toBe(false);
    expect(isFeasible(conditions, [1, Number.NaN])).toBeNull();
    expect(isFeasible([], [])).toBeNull();
    expect(brokenOf(conditions, [3, 0.4])).toEqual([
      { condition: "latency_p95<2", value: 3 },
      { condition: "accuracy>0.5", value: 0.4 },
    ]);
  });

  it("are nearly kept by what misses all of them by least, each in its own measure", () => {
    expect(
      nearestTo(conditions, [
        [100, 0.9],
        [3, 0.49],
        [4, 0.1],
      ]),
    ).toBe(1);
    expect(nearestTo(conditions, [])).toBeUndefined();
  });
});
