import { describe, expect, it } from "vitest";
import { checkSizes } from "./check-sizes.js";

describe("checkSizes", () => {
  const rate = { name: "contains", kind: "rate" } as const;
  const grade = { name: "judge", kind: "mean", range: [1, 5] } as const;
  it.each([
    [rate, { minEffect: 0, untilHalfWidth: 5 }, "--until-ci 5 is outside the scale of contains, on which it is below 0.5"],
    [rate, { minEffect: 0, untilHalfWidth: 0 }, "--until-ci 0"],
    [rate, { minEffect: 2 }, "--min-effect 2 is outside the scale of contains, on which it is below 1"],
    [rate, { minEffect: Number.NaN }, "--min-effect NaN"],
    [grade, { minEffect: 4 }, "on which it is below 4"],
  ] as const)("refuses for %j the sizes %j", (scorer, sizes, words) => {
    expect(() => checkSizes(scorer, sizes)).toThrow(words);
    expect(() => checkSizes(scorer, sizes)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error);
  });

  it("takes what the scale allows, and any size where it has no end", () => {
    checkSizes(rate, { minEffect: 0.05, untilHalfWidth: 0.02 });
    checkSizes(grade, { minEffect: 0.5, untilHalfWidth: 0.3 });
    checkSizes({ name: "latency_seconds", kind: "mean", range: [0, Infinity] }, { minEffect: 30, untilHalfWidth: 5 });
  });
});
