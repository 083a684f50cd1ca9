import fc from "fast-check";
import { expect, it } from "vitest";
import { estimateMean } from "./estimate.js";
import { comparePaired } from "./paired.js";
import { isScore, LARGEST_SCORE, unitOf } from "./score-value.js";
import { toVerdict } from "./verdict.js";

/** Thousandths, so that powers of two scale them without any rounding. */
const scores = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 80 });
const exponents = fc.integer({ min: -1000, max: 320 });

it("a mean and its interval are those of the same values in another unit, however small or large that is", () => {
  fc.assert(
    fc.property(scores, exponents, (values, exponent) => {
      const unit = 2 ** exponent;
      const plain = estimateMean(values.map((value) => [value, value + 1]));
      const scaled = estimateMean(values.map((value) => [value * unit, (value + 1) * unit]));
      expect(scaled).toEqual({
        ...plain,
        mean: plain.mean * unit,
        low: plain.low === null ? null : expect.closeTo(plain.low * unit, 9 - exponent * Math.log10(2)),
        high: plain.high === null ? null : expect.closeTo(plain.high * unit, 9 - exponent * Math.log10(2)),
      });
    }),
    { endOnFailure: true },
  );
});

it("a paired test decides in any unit as in another, and all that it gives is finite", () => {
  fc.assert(
    fc.property(scores, exponents, (values, exponent) => {
      const unit = 2 ** exponent;
      const [plain, scaled] = [comparePaired(values), comparePaired(values.map((value) => value * unit))];
      const inUnits = { ...scaled, difference: scaled.difference / unit };
      expect(inUnits).toMatchObject({
        n: plain.n,
        difference: plain.difference,
        test: plain.test,
        pValue: expect.closeTo(plain.pValue, 9),
      });
      for (const side of ["low", "high"] as const) {
        const [own, other] = [plain[side], scaled[side]];
        expect(other === null ? null : other / unit).toEqual(own === null ? null : expect.closeTo(own, 6));
      }
      expect(Object.values(scaled).filter((value) => typeof value === "number" && !Number.isFinite(value))).toEqual([]);
    }),
    { endOnFailure: true },
  );
});

it("numbers beyond what can be averaged are no scores", () => {
  expect([0, -LARGEST_SCORE, 1e101, -1e308, Infinity, Number.NaN].map(isScore)).toEqual([true, true, false, false, false, false]);
  expect([unitOf([]), unitOf([0, 1e-200, 1]), unitOf([0, 3 * 2 ** -500])]).toEqual([1, 1, 2 ** -499]);
});

it("nothing is told by an interval that is not finite", () => {
  const seen = { difference: -1e307, low: -Infinity, high: Infinity, pValue: 0.001 };
  expect(toVerdict(seen, { direction: "max" })).toBe("cannot tell");
  expect(toVerdict({ ...seen, low: null, high: null, difference: Infinity }, { direction: "max" })).toBe("cannot tell");
});
