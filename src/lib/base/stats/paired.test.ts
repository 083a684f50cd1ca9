import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareFamily } from "./compare-family.js";
import { comparePaired, type DifferenceScale, type PairedDifference } from "./paired.js";
import { isProven } from "./verdict.js";

const leavesOutZero = ({ low, high }: PairedDifference) => low !== null && high !== null && (low > 0 || high < 0);

const scales: DifferenceScale[] = [{}, { largest: 1, binary: true }, { largest: 4 }];
/** Differences of rights and wrongs asked three times, or of small whole numbers. */
const family = fc.constantFrom(...scales).chain((scale) => {
  const most = scale.binary === true ? 3 : 4;
  const value = fc.integer({ min: -most, max: most }).map((steps) => (scale.binary === true ? steps / 3 : steps));
  const one = fc.oneof(fc.array(value, { maxLength: 40 }), fc.array(fc.constantFrom(-1, -1, -1, 0), { minLength: 2, maxLength: 24 }));
  return fc.record({ scale: fc.constant(scale), all: fc.array(one, { minLength: 1, maxLength: 4 }) });
});

describe("the interval of a paired difference", () => {
  it("leaves out zero exactly where a difference is found, and ends nowhere where nothing could be found", () => {
    fc.assert(
      fc.property(family, fc.constantFrom("holm" as const, "bh" as const, "none" as const), ({ scale, all }, correction) => {
        for (const compared of compareFamily(all, { correction, scale })) {
          expect(leavesOutZero(compared)).toBe(isProven(compared));
          if (compared.low !== null && compared.high !== null) {
            expect(compared.low).toBeLessThanOrEqual(compared.difference);
            expect(compared.high).toBeGreaterThanOrEqual(compared.difference);
          }
          if (compared.test === "sign flip" && 2 ** (1 - compared.n) > 1 - compared.confidence + 1e-12)
            expect([compared.low, compared.high]).toEqual([null, null]);
        }
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  it("of three rows is none: the smallest p value there is is 0.25", () => {
    expect(comparePaired([3, 4, 5])).toMatchObject({ low: null, high: null, pValue: 0.25 });
    expect(comparePaired([1, 1, 0], { largest: 1, binary: true })).toMatchObject({ low: null, high: null });
    expect(comparePaired([1, 2, 3, 4, 5, 7])).toMatchObject({ low: expect.closeTo(1, 6), high: expect.closeTo(7, 6) });
  });

  it("does not end at zero itself where a loss is found", () => {
    const thirds = [-2, -1, -1, -1, -1, -3, 0, 0].map((steps) => steps / 3);
    const { high, pValue } = comparePaired(thirds, { largest: 1, binary: true });
    expect(pValue).toBeCloseTo(1 / 32, 12);
    expect(high).toBeLessThan(0);
    expect(high).toBeGreaterThan(-0.375);
  });
});
