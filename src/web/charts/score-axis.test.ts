import fc from "fast-check";
import { expect, it } from "vitest";
import { rateStart } from "./score-axis.js";

it("an axis of rates begins at or under the least of them, and not under 0", () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(rate, rate, (a, b) => {
      const start = rateStart({ min: Math.min(a, b), max: Math.max(a, b) });
      if (start !== null) expect(start >= 0 && start <= Math.min(a, b)).toBe(true);
    }),
    { endOnFailure: true },
  );
  expect([rateStart({ min: 0.86, max: 1 }), rateStart({ min: 0.5, max: 0.7 }), rateStart({ min: 0.01, max: 0.2 })]).toEqual([0.8, null, 0]);
});
