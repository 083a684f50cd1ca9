import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dynamicTemperature,
  likeliest,
  mirostatCount,
  nucleus,
  probabilities,
  relativelyLikely,
  surprisingCount,
  typical,
  withinSigmas,
  withoutTopChoices,
  type Candidates,
} from "./sampling-cuts.js";

const of = (...logits: number[]): Candidates => ({ logits: Float64Array.from(logits).sort().reverse(), from: 0, to: logits.length });
const places = ({ from, to }: Candidates) => [from, to];
const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 40 }).map((all) => of(...all));
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
/** Probabilities as logits. */
const withShares = (...shares: number[]) => of(...shares.map(Math.log));
const isProperty = { endOnFailure: true };

describe("what a step leaves", () => {
  it.each<[string, Candidates, [number, number]]>([
    ["so many of the likeliest", likeliest(of(3, 2, 1), 2), [0, 2]],
    ["all of the likeliest with 0", likeliest(of(3, 2, 1), 0), [0, 3]],
    ["a nucleus that reaches its probability", nucleus(withShares(0.5, 0.3, 0.2), 0.79), [0, 2]],
    ["a nucleus of one", nucleus(withShares(0.5, 0.3, 0.2), 0.1), [0, 1]],
    ["those relatively likely", relativelyLikely(withShares(0.5, 0.3, 0.2), 0.5), [0, 2]],
    ["those within a standard deviation", withinSigmas(of(2, 1, 0, -1, -2), 1), [0, 2]],
    ["all within 0 standard deviations", withinSigmas(of(2, 1), 0), [0, 2]],
    // the expected surprise is 0.82 nats; that of 0.6 is 0.51, of 0.35 it is 1.05, and of 0.05 it is 3
    ["the typical, without the likeliest", typical(withShares(0.6, 0.35, 0.05), 0.2), [1, 2]],
    ["the typical of a flat head", typical(withShares(0.4, 0.15, 0.15, 0.1, 0.1, 0.1), 0.2), [1, 3]],
    ["the least likely of the top choices and those below", withoutTopChoices(withShares(0.5, 0.3, 0.2), 0.25), [1, 3]],
    ["all where one is a top choice", withoutTopChoices(withShares(0.9, 0.1), 0.2), [0, 2]],
    ["one where all are top choices", withoutTopChoices(withShares(0.5, 0.5), 0.2), [1, 2]],
    ["all that is typical with 1", typical(of(3, 2), 1), [0, 2]],
  ])("%s", (_, left, range) => expect(places(left)).toEqual(range));

  it("is never nothing, and lies within what was left before", () => {
    const steps = [nucleus, relativelyLikely, typical, withinSigmas, (left: Candidates, p: number) => likeliest(left, Math.ceil(p * 10))];
    fc.assert(
      fc.property(logits, fc.array(fc.tuple(fc.nat({ max: steps.length - 1 }), share), { maxLength: 4 }), (all, chain) => {
        let left = all;
        for (const [step, p] of chain) {
          const next = steps[step]!(left, p);
          expect(next.from).toBeGreaterThanOrEqual(left.from);
          expect(next.to).toBeLessThanOrEqual(left.to);
          expect(next.to).toBeGreaterThan(next.from);
          left = next;
        }
      }),
      isProperty,
    );
  });

  it("is, of the typical, the fewest of the nearest surprise that pass the probability", () => {
    fc.assert(
      fc.property(logits, share, (all, p) => {
        const shares = probabilities(all);
        const expected = shares.reduce((sum, one) => sum - one * Math.log(one), 0);
        const distances = shares.map((one) => Math.abs(-Math.log(one) - expected));
        const left = typical(all, p);
        const kept = shares.slice(left.from, left.to).reduce((sum, one) => sum + one, 0);
        const farthest = Math.max(...distances.slice(left.from, left.to));
        const outside = distances.filter((_, place) => place < left.from || place >= left.to);
        expect(outside.every((distance) => distance >= farthest - 1e-9)).toBe(true);
        expect(kept > p || outside.length === 0).toBe(true);
      }),
      isProperty,
    );
  });
});

describe("the dynamic temperature", () => {
  it("is the lowest where one token is certain, and the highest where all are as likely", () => {
    expect(dynamicTemperature(of(50, 0, 0), 1, { range: 0.5, exponent: 1 })).toBeCloseTo(0.5, 5);
    expect(dynamicTemperature(of(1, 1, 1), 1, { range: 0.5, exponent: 1 })).toBeCloseTo(1.5, 10);
    expect(dynamicTemperature(of(50, 0), 0.3, { range: 0.5, exponent: 1 })).toBeCloseTo(0, 5);
  });

  it("is the given one without a range, and for one token", () => {
    expect(dynamicTemperature(of(2, 1), 0.7, { range: 0, exponent: 1 })).toBe(0.7);
    expect(dynamicTemperature(of(2), 0.7, { range: 0.5, exponent: 1 })).toBe(0.7);
  });

  it("follows the normalized entropy to a power", () => {
    const left = withShares(0.8, 0.2);
    const normalized = -(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2)) / Math.log(2);
    expect(dynamicTemperature(left, 1, { range: 1, exponent: 2 })).toBeCloseTo(2 * normalized ** 2, 10);
  });
});

describe("Mirostat", () => {
  it("keeps, in its second version, the tokens of at most a surprise, and one in any case", () => {
    expect(surprisingCount([0.5, 0.25, 0.125, 0.125], 2)).toBe(2);
    expect(surprisingCount([0.5, 0.25, 0.125, 0.125], 10)).toBe(4);
    expect(surprisingCount([0.5, 0.5], 0.1)).toBe(1);
  });

  it("reads, in its first version, the exponent of Zipf's law off the likeliest tokens", () => {
    const exponent = 1.5;
    const weights = Array.from({ length: 1000 }, (_, rank) => (rank + 1) ** -exponent);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const shares = weights.map((weight) => weight / sum);
    const expected = ((0.5 * 2 ** 6) / (1 - 1000 ** -0.5)) ** (1 / exponent);
    expect(mirostatCount(shares, 6)).toBe(Math.floor(expected));
    expect(mirostatCount(shares, -10)).toBe(1);
  });
});
