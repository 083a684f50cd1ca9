import { describe, expect, it } from "vitest";
import { createRandom } from "../math/random.js";
import { estimateMean, estimateRate, estimateScore, wilson } from "./estimate.js";

describe("wilson", () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("gives Newcombe's published interval for %i of %i", (hits, n, low, high) => {
    const interval = wilson(hits / n, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
});

describe("estimateRate", () => {
  it("is plain Wilson without repeats", () => {
    const bySample = Array.from({ length: 20 }, (_, i) => [i < 15 ? 1 : 0]);
    expect(estimateRate(bySample)).toMatchObject({ mean: 0.75, n: 20, low: expect.closeTo(wilson(0.75, 20).low, 2) });
  });

  it("gains nothing from repeats that are copies, and up to their number when they are independent", () => {
    const once = estimateRate(Array.from({ length: 20 }, (_, i) => [i < 10 ? 1 : 0]));
    const copies = estimateRate(Array.from({ length: 20 }, (_, i) => [i < 10 ? 1 : 0, i < 10 ? 1 : 0, i < 10 ? 1 : 0]));
    const even = estimateRate(Array.from({ length: 20 }, () => [1, 0, 1, 0]));
    expect(copies.high! - copies.low!).toBeCloseTo(once.high! - once.low!, 2);
    expect(even.high! - even.low!).toBeLessThan(once.high! - once.low! + 1e-9);
  });

  it("never claims certainty at 0 or 1", () => {
    expect(estimateRate(Array.from({ length: 10 }, () => [1, 1, 1])).low).toBeLessThan(0.8);
    expect(estimateRate([[0], [0]]).high).toBeGreaterThan(0.5);
  });

  it("covers the true rate in 93 to 97 % of 2,000 simulated studies with repeats", () => {
    const random = createRandom(11);
    let covered = 0;
    for (let study = 0; study < 2000; study++) {
      const bySample = Array.from({ length: 60 }, () => {
        const p = random() < 0.5 ? 0.5 : 0.9; // samples differ in difficulty: the true rate is 0.7
        return Array.from({ length: 3 }, () => (random() < p ? 1 : 0));
      });
      const { low, high } = estimateRate(bySample);
      if (low! <= 0.7 && 0.7 <= high!) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.93);
    expect(covered / 2000).toBeLessThan(0.97);
  });

  it("says nothing about no samples", () => {
    expect(estimateRate([[], []])).toEqual({ mean: Number.NaN, low: null, high: null, n: 0 });
  });
});

describe("estimateMean", () => {
  it("averages repeats first and has the textbook t interval", () => {
    const estimate = estimateMean([[1, 3], [4], [6, 6, 6]]);
    expect(estimate.mean).toBeCloseTo(4, 12);
    expect(estimate.n).toBe(3);
    expect(estimate.high! - estimate.mean).toBeCloseTo((4.30265 * 2) / Math.sqrt(3), 4);
  });

  it("has no interval below two samples", () => {
    expect(estimateMean([[5, 7]])).toEqual({ mean: 6, low: null, high: null, n: 1 });
  });

  it("keeps its interval on the scale, and claims no certainty where all samples agree at its end", () => {
    const bounds = [1, 5] as const;
    expect(estimateMean([[5], [5], [5], [4]], { bounds })).toMatchObject({ mean: 4.75, high: 5 });
    const agreed = estimateMean([[5], [5], [5]], { bounds });
    expect(agreed).toMatchObject({ mean: 5, high: 5, low: expect.closeTo(1 + 4 * wilson(1, 3).low, 12) });
    // a quantity without ends: nothing is known of how far it could lie, until enough of them agree
    expect(estimateMean([[3], [3]])).toEqual({ mean: 3, low: null, high: null, n: 2 });
    expect(estimateMean(Array.from({ length: 20 }, () => [0.1]))).toMatchObject({ low: null, high: null });
    expect(estimateMean(Array.from({ length: 60 }, () => [2]))).toEqual({ mean: 2, low: 2, high: 2, n: 60 });
    expect(estimateMean([[0.001], [0.2]], { bounds: [0, Infinity] }).low).toBe(0);
  });

  it("covers the true mean in 93 to 97 % of 2,000 simulated studies", () => {
    const random = createRandom(5);
    let covered = 0;
    for (let study = 0; study < 2000; study++) {
      const bySample = Array.from({ length: 30 }, () => {
        const center = random() * 10;
        return [center + random() - 0.5, center + random() - 0.5];
      });
      const { low, high } = estimateMean(bySample);
      if (low! <= 5 && 5 <= high!) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.93);
    expect(covered / 2000).toBeLessThan(0.97);
  });
});

describe("estimateScore", () => {
  const once = (values: readonly number[]) => values.map((value) => [value]);

  it("is Wilson's wherever all values are 0 or 1, whatever gave them, and so never leaves 0 to 1", () => {
    const nearly = once(Array.from({ length: 40 }, (_, i) => (i === 0 ? 0 : 1)));
    expect(estimateScore(nearly, { kind: "mean" })).toEqual(estimateRate(nearly));
    expect(estimateScore(nearly, { kind: "mean", range: [0, 1] })).toEqual(estimateRate(nearly));
    expect(estimateScore(nearly, { kind: "mean" }).high).toBeLessThanOrEqual(1);
  });

  it("is a mean's where the score is known to go on, or gave other values elsewhere", () => {
    const values = once([0, 1, 1, 1, 0, 1]);
    for (const range of [
      [0, Infinity],
      [1, 5],
    ] as const)
      expect(estimateScore(values, { kind: "mean", range })).toEqual(estimateMean(values, { bounds: range }));
    expect(estimateScore(values, { kind: "mean" }, false)).toEqual(estimateMean(values));
    expect(estimateScore(once([0.5, 1, 1]), { kind: "mean" })).toEqual(estimateMean(once([0.5, 1, 1])));
  });
});
