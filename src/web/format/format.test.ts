import fc from "fast-check";
import { expect, it } from "vitest";
import { count, formatBytes, formatCounts, formatMetric, formatNumber, toNumber } from "./numbers.js";
import { formatAgo, formatDuration, formatTime } from "./times.js";

it.each([
  [0.8333333, "0.8333"],
  [1234567, "1,234,567"],
  [1234.567, "1,234.6"],
  [0.00001234, "1.234e-5"],
  [-0.5, "−0.5"],
  [2e12, "2e12"],
  ["NaN", "NaN"],
  [9999, "9,999"],
  [1000, "1,000"],
  ["-Infinity", "−∞"],
])("%s is shown as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it("a number that is shown is within half a thousandth of what was measured", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
      const shown = Number(formatNumber(value).replaceAll(",", "").replace("−", "-"));
      expect(Math.abs(shown - value)).toBeLessThanOrEqual(Math.abs(value) * 5.001e-4);
    }),
    { endOnFailure: true },
  );
});

it("metrics have the unit that their key says", () => {
  expect(formatMetric("system/memory_bytes", 23_530)).toBe("23.5 kB");
  expect(formatMetric("latency_ms", 12.5)).toBe("12.5 ms");
  expect(formatMetric("tokens_per_second", 12.5)).toBe("12.5");
  expect(formatMetric("duration_seconds", 3)).toBe("3 s");
  expect(formatMetric("latency_ms", "NaN")).toBe("NaN");
  expect(formatBytes(999_999)).toBe("1 MB");
});

it("thousands are apart in every count", () => {
  expect(count(1234, "run")).toBe("1,234 runs");
  expect(formatCounts("1200/24000")).toBe("1,200/24,000");
  expect(formatMetric("tokens", 4096)).toBe("4,096");
});

it("texts that are not numbers are NaN", () => {
  expect(toNumber("")).toBeNaN();
  expect(toNumber(null)).toBeNaN();
  expect(toNumber("Infinity")).toBe(Infinity);
});

it("a time that was never set is a dash, not 1970", () => {
  expect(formatTime(0)).toBe("–");
  expect(formatAgo(1)).toBe("–");
  expect(formatTime(null)).toBe("–");
  expect(formatTime(new Date(2026, 0, 2, 3, 4, 5).getTime())).toBe("2026-01-02 03:04:05");
});

it("lengths of time have two units at most", () => {
  expect(formatDuration(90_000)).toBe("1 min 30 s");
  expect(formatDuration(12)).toBe("12 ms");
  expect(formatDuration(93_600_000)).toBe("1 d 2 h");
  expect(formatDuration(undefined)).toBe("–");
});
