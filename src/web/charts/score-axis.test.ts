import { number } from "echarts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { PARTS, rateStart } from "./score-axis.js";

it("an axis of rates begins at or under the least of them, and not under 0", () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(rate, rate, (a, b) => {
      const start = rateStart({ min: Math.min(a, b), max: Math.max(a, b) });
      if (start !== null) expect(start >= 0 && start <= Math.min(a, b)).toBe(true);
    }),
    { endOnFailure: true },
  );
  expect([rateStart({ min: 0.86, max: 1 }), rateStart({ min: 0.5, max: 0.7 }), rateStart({ min: 0.01, max: 0.2 })]).toEqual([
    0.75,
    null,
    0,
  ]);
});

it("the marks of an axis of rates that ends at 1 meet both its ends", () => {
  for (let percent = 0; percent <= 100; percent++) {
    const span = 1 - (rateStart({ min: percent / 100, max: 1 }) ?? NaN);
    const marks = span / number.nice(span / PARTS, true); // ECharts' own distance of marks
    expect(Math.abs(marks - Math.round(marks)), `from ${percent} %`).toBeLessThan(1e-9);
  }
});
