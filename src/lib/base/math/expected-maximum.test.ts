import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logExpectedMaximum } from "./expected-maximum.js";
import { logImprovement } from "./improvement.js";

const number = fc.double({ min: -3, max: 3, noNaN: true });
const lines = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 12 });
const split = (pairs: readonly (readonly [number, number])[]) => ({
  a: Float64Array.from(pairs, ([height]) => height),
  b: Float64Array.from(pairs, ([, slope]) => slope),
});

/** By the trapezoidal rule. */
function integrate(a: Float64Array, b: Float64Array, base: number): number {
  const step = 0.002;
  let sum = 0;
  for (let z = -8; z <= 8; z += step) {
    const most = a.reduce((best, height, i) => Math.max(best, height + (b[i] as number) * z), -Infinity);
    sum += (most - base) * Math.exp((-z * z) / 2) * step;
  }
  return sum / Math.sqrt(2 * Math.PI);
}

describe("the expected maximum of lines", () => {
  it("is what integration says, whatever the lines", () => {
    fc.assert(
      fc.property(lines, (pairs) => {
        const { a, b } = split(pairs);
        const base = Math.max(...a) - 0.1;
        expect(Math.exp(logExpectedMaximum(a, b, base).value)).toBeCloseTo(integrate(a, b, base), 5);
      }),
      { numRuns: 60 },
    );
  });

  it("is expected improvement of one uncertain line over a certain one, also where that is smaller than any number", () => {
    for (const z of [1, -1, -8, -60]) {
      const { value } = logExpectedMaximum(Float64Array.of(2, 2 + 0.3 * z), Float64Array.of(0, 0.3), 2);
      expect(value).toBeCloseTo(Math.log(0.3) + logImprovement(z).value, 9);
    }
    expect(logExpectedMaximum(Float64Array.of(2, 1), Float64Array.of(0, 0), 2).value).toBe(-Infinity);
  });

  it("has changes that agree with differences and weights that sum to all of it", () => {
    fc.assert(
      fc.property(lines, (pairs) => {
        const { a, b } = split(pairs);
        const base = Math.max(...a) - 0.1;
        const { value, byHeight, bySlope } = logExpectedMaximum(a, b, base, true);
        const gain = Math.exp(value);
        const [heights, slopes] = [byHeight, bySlope].map((changes) => changes.reduce((sum, change) => sum + change * gain, 0));
        expect(heights).toBeCloseTo(1, 6);
        expect(slopes).toBeCloseTo(0, 6);
        const mean = a.reduce(
          (sum, height, i) => sum + gain * (height * (byHeight[i] as number) + (b[i] as number) * (bySlope[i] as number)),
          0,
        );
        expect(mean - base).toBeCloseTo(gain, 6);
      }),
    );
    const [a, b] = [Float64Array.of(1, 0.2, 0.9, -0.4), Float64Array.of(0.1, 0.7, -0.5, 1.1)];
    const { byHeight, bySlope } = logExpectedMaximum(a, b, 1, true);
    a.forEach((_, i) => {
      const moved = (list: Float64Array, by: number) => list.map((own, k) => (k === i ? own + by : own));
      const along = (by: number) => logExpectedMaximum(moved(a, by), b, 0.9).value;
      const across = (by: number) => logExpectedMaximum(a, moved(b, by), 0.9).value;
      const scale = Math.exp(logExpectedMaximum(a, b, 1).value - logExpectedMaximum(a, b, 0.9).value);
      expect((along(1e-6) - along(-1e-6)) / 2e-6).toBeCloseTo((byHeight[i] as number) * scale, 5);
      expect((across(1e-6) - across(-1e-6)) / 2e-6).toBeCloseTo((bySlope[i] as number) * scale, 5);
    });
  });
});
