import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../math/normal.js";
import { createRandom, type Random } from "../math/random.js";
import { letterDisplay } from "./letters.js";
import { correct, decideFamily, type Correction } from "./multiplicity.js";
import { comparePaired, pairMeans, testPaired } from "./paired.js";
import { detectableDifference, samplesNeeded } from "./power.js";
import { passAtK, reliability } from "./repeats.js";
import { furtherSamples, toVerdict } from "./verdict.js";
import { wilcoxonAbove } from "./wilcoxon.js";

/** Fisher 1935, table 3: cross- minus self-fertilised plants. */
const DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

describe("the normal distribution", () => {
  // Abramowitz and Stegun, tables 26.1 and 26.5
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [1.96, 0.97500210485178],
    [-2.5, 0.006209665325776],
    [4, 0.999968328758167],
  ])("has the tabled P(Z <= %d)", (z, p) => {
    expect(normalCdf(z)).toBeCloseTo(p, 12);
    expect(normalQuantile(p)).toBeCloseTo(z, 8);
  });
});

describe("wilcoxonAbove", () => {
  it("gives the published exact value of Darwin's maize", () => {
    // W = 96 of 15 pairs: two-sided 0.04126 (R 4, wilcox.test)
    expect(2 * wilcoxonAbove(DARWIN)).toBeCloseTo(0.04126, 5);
  });

  it("counts ties by their mean rank: all sign patterns of 1, 1, 2 enumerated", () => {
    expect(wilcoxonAbove([1, 1, 2])).toBeCloseTo(1 / 8, 12);
    expect(wilcoxonAbove([-1, 1, 2])).toBeCloseTo(3 / 8, 12);
    expect(wilcoxonAbove([0, 0])).toBe(1);
  });

  it("goes over to the normal approximation without a step", () => {
    const values = Array.from({ length: 50 }, (_, i) => (i % 3 === 0 ? -1 : 1) * (i + 1));
    expect(wilcoxonAbove([...values, 1e-9])).toBeCloseTo(wilcoxonAbove(values), 2);
  });
});

describe("comparePaired", () => {
  it("is Student's paired test for many samples", () => {
    // scaled ranks: t = mean / (sd / sqrt(n)) with sd of 1..40 = sqrt(40 * 41 / 12)
    const values = Array.from({ length: 40 }, (_, i) => i + 1 - 18);
    const { test, pValue, effectSize, difference } = comparePaired(values);
    expect(test).toBe("paired t");
    expect(difference).toBeCloseTo(2.5, 12);
    expect(effectSize).toBeCloseTo(2.5 / Math.sqrt((40 * 41) / 12), 12);
    expect(pValue).toBeCloseTo(0.18402, 4);
  });

  it("flips signs for few samples, few that differ, and skewed ones", () => {
    expect(comparePaired(DARWIN)).toMatchObject({ test: "sign flip", pValue: expect.closeTo(1726 / 32768, 12), n: 15 });
    expect(comparePaired([...Array<number>(200).fill(0), 1, 1, 1, 1, 1])).toMatchObject({
      test: "sign flip",
      pValue: expect.closeTo(1 / 16, 12),
    });
    expect(comparePaired(Array.from({ length: 60 }, (_, i) => (i === 0 ? 1000 : i / 60))).test).toBe("sign flip");
    expect(comparePaired([0.1, 0.2, -0.3])).toMatchObject({ difference: 0, pValue: 1 }); // they add up to 2.8e-17
    expect(comparePaired([])).toMatchObject({ n: 0, pValue: 1 });
  });

  it("pairs means of samples both have", () => {
    expect(pairMeans([[1, 0], [1], [], [1]], [[1], [0, 0], [1], []])).toEqual([0.5, -1]);
  });

  const rate = (random: Random, repeats: number) => {
    const p = random();
    const draw = () => Array.from({ length: repeats }, () => (random() < p ? 1 : 0));
    return [draw(), draw()] as const;
  };
  const time = (random: Random) => (-Math.log(random())) ** 3;
  it.each([
    ["rights and wrongs asked once, 200 samples", 200, (random: Random) => rate(random, 1)],
    ["rights and wrongs asked three times, 40 samples", 40, (random: Random) => rate(random, 3)],
    ["skewed times, 50 samples", 50, (random: Random) => [[time(random)], [time(random)]] as const],
    ["skewed times, 12 samples", 12, (random: Random) => [[time(random)], [time(random)]] as const],
  ])(
    "is wrong at most 5 %% of the time where nothing differs: %s",
    (_, samples, draw) => {
      const random = createRandom(17);
      let rejected = 0;
      const studies = 600;
      for (let study = 0; study < studies; study++) {
        const pairs = Array.from({ length: samples }, () => draw(random));
        const { pValue } = testPaired(
          pairMeans(
            pairs.map(([a]) => a),
            pairs.map(([, b]) => b),
          ),
        );
        if (pValue <= 0.05) rejected++;
      }
      // 5 % and three standard errors of 600 studies
      expect(rejected / studies).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / studies));
    },
    60_000,
  );
});

describe("multiplicity", () => {
  // Benjamini and Hochberg 1995, section 4.1: thrombolysis trial of 15 hypotheses
  const P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];
  it("rejects what the published example rejects: four by the false discovery rate, three family-wise", () => {
    expect(correct(P, "bh").filter((p) => p <= 0.05)).toHaveLength(4);
    expect(correct(P, "holm").filter((p) => p <= 0.05)).toHaveLength(3);
    expect(correct([0.04, 0.01], "bh")).toEqual([0.04, 0.02]);
    expect(correct([0.04, 0.01], "holm")).toEqual([0.04, 0.02]);
    expect(correct([0.04, 0.01], "none")).toEqual([0.04, 0.01]);
  });

  it("adjusts by Holm step-down and keeps the order given", () => {
    expect(correct([0.01, 0.04, 0.03, 0.005], "holm")).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(correct([0.9, 0.8], "holm")).toEqual([1, 1]);
    expect(correct([], "holm")).toEqual([]);
  });

  const family = fc.array(
    fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }).map((p) => p ** 4), weight: fc.double({ min: 0.01, max: 10, noNaN: true }) }),
    { minLength: 1, maxLength: 60 },
  );
  it.each(["holm", "bh", "none"] as const)(
    "tests every comparison of a family at a level that says what %s decides",
    (correction: Correction) => {
      fc.assert(
        fc.property(family, (members) => {
          const total = members.reduce((sum, { weight }) => sum + weight, 0);
          const weights = members.map(({ weight }) => (weight / total) * members.length);
          const { adjusted, levels } = decideFamily(
            members.map(({ p }) => p),
            correction,
            weights,
          );
          members.forEach(({ p }, i) => {
            expect(adjusted[i]).toBeGreaterThanOrEqual(p);
            expect(levels[i]).toBeLessThanOrEqual(0.05);
            expect(p <= (levels[i] ?? 0)).toBe((adjusted[i] ?? 1) <= 0.05);
          });
        }),
        { numRuns: 1000 },
      );
    },
  );
});

describe("power", () => {
  it("gives Cohen's sample sizes", () => {
    // Cohen 1988: d = 0.5 needs 32 pairs by the normal approximation, 0.2 needs 197
    expect(samplesNeeded(0.5, 1)).toBe(32);
    expect(samplesNeeded(0.2, 1)).toBe(197);
    expect(detectableDifference(197, 1)).toBeCloseTo(0.2, 3);
    // an effect of 0.19 seen in 100 pairs is 1.9 standard errors: Cohen's size for it is 218, less the 100 there are
    const seen = { n: 100, difference: 0.1, effectSize: 0.19, low: 0, high: 0.2, confidence: 0.95, test: "paired t" } as const;
    const p = 2 * normalCdf(-1.9);
    expect(furtherSamples({ ...seen, pValue: p, uncorrected: p })).toBe(samplesNeeded(0.19, 1) - 100);
    expect(furtherSamples({ ...seen, difference: 0, pValue: 1, uncorrected: 1 })).toBeNull();
    // five of five in favor cannot be told from chance at 5 %, one of one even less: six could
    expect(furtherSamples({ ...seen, n: 1, pValue: 1, uncorrected: 1 })).toBe(5);
    expect(furtherSamples({ ...seen, n: 5, pValue: 1 / 16, uncorrected: 1 / 16 })).toBeGreaterThanOrEqual(1);
  });
});

describe("toVerdict", () => {
  const seen = (difference: number, halfWidth: number, pValue: number) => ({
    difference,
    low: difference - halfWidth,
    high: difference + halfWidth,
    pValue,
  });
  it.each([
    [seen(0.1, 0.05, 0.01), "max", 0, "better"],
    [seen(0.1, 0.05, 0.01), "min", 0, "worse"],
    [seen(-0.1, 0.05, 0.01), "max", 0, "worse"],
    [seen(0.1, 0.05, 0.01), "none", 0, "higher"],
    [seen(-0.1, 0.05, 0.01), "none", 0, "lower"],
    [seen(0.1, 0.2, 0.3), "max", 0, "cannot tell"],
    [seen(0.01, 0.02, 0.3), "max", 0.05, "no difference"],
    [seen(0.01, 0.005, 0.01), "max", 0.05, "no difference"],
    [seen(0.01, 0.2, 0.9), "max", 0.05, "cannot tell"],
    [seen(0.04, 0.03, 0.01), "max", 0.05, "better"],
  ] as const)("of %j with %s and least effect %d is %s", (difference, direction, minEffect, verdict) => {
    expect(toVerdict(difference, { direction, minEffect })).toBe(verdict);
  });
});

describe("letterDisplay", () => {
  it("gives every pair that is told apart no common letter, and every other pair one", () => {
    const random = createRandom(2);
    for (let round = 0; round < 50; round++) {
      const count = 2 + Math.floor(random() * 8);
      const told = Array.from({ length: count }, () => Array.from({ length: count }, () => random() < 0.4));
      const differs = (a: number, b: number) => told[Math.min(a, b)]?.[Math.max(a, b)] ?? false;
      const letters = letterDisplay(count, differs);
      for (let a = 0; a < count; a++) {
        for (let b = a + 1; b < count; b++) {
          expect(Array.from(letters[a] ?? "").some((letter) => letters[b]?.includes(letter))).toBe(!differs(a, b));
        }
      }
    }
  });

  it("starts with a for the first", () => {
    expect(letterDisplay(3, (a, b) => a === 0 && b === 2)).toEqual(["a", "ab", "b"]);
    expect(letterDisplay(3, () => false)).toEqual(["a", "a", "a"]);
    expect(letterDisplay(2, () => true)).toEqual(["a", "b"]);
  });
});

describe("reliability", () => {
  it("has the closed forms of pass@k and pass^k", () => {
    expect(passAtK(5, 2, 2)).toBeCloseTo(1 - 3 / 10, 12);
    expect(passAtK(3, 3, 2)).toBe(1);
    expect(reliability([[1, 1], [1, 0], [0, 0], []])).toEqual({ k: 2, passAny: 2 / 3, passAll: 1 / 3, flaky: 1 / 3 });
    expect(reliability([[1], [0]])).toBeUndefined();
  });
});
