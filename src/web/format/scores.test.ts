import fc from "fast-check";
import { expect, it } from "vitest";
import { formatProgress, formatShare } from "./numbers.js";
import { formatDifference, formatInterval, formatP, formatScore } from "./scores.js";

const rate = { name: "accuracy", isRate: true };

it("writes rates as percent, differences of rates as points, and times with their unit", () => {
  expect(formatScore(rate, 0.98333)).toBe("98.3 %");
  expect(formatDifference(rate, -0.1667)).toBe("−16.7 points");
  expect(formatDifference({ name: "score", isRate: false }, 0.25)).toBe("+0.25");
  expect(formatScore({ name: "latency", isRate: false }, 0.0867)).toBe("0.0867 s");
  expect(formatScore({ name: "latency_seconds", isRate: false }, 0.2283)).toBe("0.2283 s");
  expect(formatInterval(rate, { low: 0.8859, high: 0.9908 })).toBe("[88.6, 99.1]");
  expect(formatInterval(rate, { low: null, high: 1 })).toBe("");
  expect([formatScore(rate, null), formatP(null), formatP(0.0004), formatP(0.0432)]).toEqual(["–", "–", "< 0.001", "0.043"]);
});

it("writes no number with more than four digits that are not zeros at its end or start", () => {
  fc.assert(
    fc.property(fc.double({ min: -999, max: 999, noNaN: true }), fc.boolean(), (value, isRate) => {
      const digits = formatScore({ name: "x", isRate }, isRate ? value / 999 : value)
        .replace(/e.*$/, "")
        .replace(/\D/g, "")
        .replace(/^0+|0+$/g, "");
      expect(digits.length).toBeLessThanOrEqual(4);
    }),
    { endOnFailure: true },
  );
});

it("shares are rounded as the terminal rounds them; progress is 100 % only where it is done", () => {
  expect([6 / 9, 8 / 9, 0.5, 1].map(formatShare)).toEqual(["66.7 %", "88.9 %", "50 %", "100 %"]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(formatShare(share)).toBe(`${Number((100 * share).toFixed(1))} %`);
      expect(formatScore(rate, share)).toBe(formatShare(share));
    }),
    { endOnFailure: true },
  );
  expect([0.9999, 1].map(formatProgress)).toEqual(["99.9 %", "100 %"]);
});
