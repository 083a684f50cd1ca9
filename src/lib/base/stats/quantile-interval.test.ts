import fc from "fast-check";
import { expect, it } from "vitest";
import { createRandom } from "../math/random.js";
import { quantileInterval } from "./quantile-interval.js";

it("covers the quantile of 19 in 20 samples, or of more", () => {
  const random = createRandom(7);
  for (const [share, n] of [
    [0.5, 40],
    [0.5, 15],
    [0.9, 200],
    [0.99, 2000],
  ] as const) {
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const { low, high } = quantileInterval(Float64Array.from({ length: n }, random).sort(), share);
      if ((low ?? -1) <= share && share <= (high ?? 2)) covered++;
    }
    expect(covered / 400, `${share} of ${n}`).toBeGreaterThan(0.93);
  }
});

it("holds the quantile of the sample, and has no end where there are too few values for one", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 300 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, share) => {
      const sorted = values.sort((a, b) => a - b);
      const { low, high } = quantileInterval(sorted, share);
      const middle = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      expect((low ?? -Infinity) <= middle && middle <= (high ?? Infinity)).toBe(true);
    }),
    { endOnFailure: true },
  );
  expect(quantileInterval([1, 2, 3], 0.99)).toEqual({ low: 2, high: null });
  expect(quantileInterval([], 0.5)).toEqual({ low: null, high: null });
});
