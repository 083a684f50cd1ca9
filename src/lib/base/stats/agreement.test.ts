import { describe, expect, it } from "vitest";
import { createRandom } from "../math/random.js";
import { confusionMatrix, ordinalAlpha, quadraticKappa, type RatedPair } from "./agreement.js";
import { bootstrapInterval } from "./bootstrap.js";
import { bradleyTerry, type Duel } from "./bradley-terry.js";
import { correctedRate } from "./corrected-rate.js";

/** Pairs from a table of counts: rows are the first rater's levels. */
const pairsOf = (counts: number[][]): RatedPair[] =>
  counts.flatMap((row, a) => row.flatMap((n, b) => Array.from({ length: n }, (): RatedPair => [a, b])));

describe("quadratic kappa", () => {
  it("is Cohen's kappa for two levels", () => {
    // 20 and 15 agreements of 50, 5 and 10 misses: Cohen's kappa is 0.4
    expect(
      quadraticKappa(
        pairsOf([
          [20, 5],
          [10, 15],
        ]),
      ),
    ).toBeCloseTo(0.4, 10);
  });

  it("counts a miss by two four times, against the mean over all pairs", () => {
    const pairs: RatedPair[] = [[1, 1], [2, 2], [3, 3], [1, 3]]; // prettier-ignore
    let expected = 0;
    for (const [a] of pairs) for (const [, b] of pairs) expected += (a - b) ** 2;
    expect(quadraticKappa(pairs)).toBeCloseTo(1 - 4 / 4 / (expected / 16), 12);
  });

  it("is 1 for full agreement, about 0 by chance, and nothing where only one level was given", () => {
    const random = createRandom(1);
    const level = () => 1 + Math.floor(5 * random());
    expect(quadraticKappa([[1, 1], [5, 5]])).toBe(1); // prettier-ignore
    expect(Math.abs(quadraticKappa(Array.from({ length: 4000 }, (): RatedPair => [level(), level()])))).toBeLessThan(0.05);
    expect(quadraticKappa([[3, 3], [3, 3]])).toBeNaN(); // prettier-ignore
  });

  it("comes with a matrix of who gave what", () => {
    expect(confusionMatrix([[1, 2], [1, 2], [3, 3]], [1, 2, 3])).toEqual([[0, 2, 0], [0, 0, 0], [0, 0, 1]]); // prettier-ignore
  });
});

describe("Krippendorff's alpha", () => {
  it("gives the published value for ordinal ratings with gaps", () => {
    // Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section D: four observers, twelve units, 0.815
    const observers = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
      [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
    ];
    const units = Array.from({ length: 12 }, (_, unit) => observers.map((own) => own[unit] ?? null));
    expect(ordinalAlpha(units)).toBeCloseTo(0.815, 3);
  });

  it("is 1 for full agreement and nothing without two ratings of a unit", () => {
    expect(ordinalAlpha([[1, 1], [4, 4]])).toBe(1); // prettier-ignore
    expect(ordinalAlpha([[1, null], [null, 4]])).toBeNaN(); // prettier-ignore
  });
});

describe("the bootstrap interval", () => {
  it("covers the mean about as often as it says, also of skewed values", () => {
    const random = createRandom(7);
    let covered = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const values = Array.from({ length: 60 }, () => -Math.log(1 - random())); // mean 1
      const mean = (units: readonly number[]) => units.reduce((sum, unit) => sum + (values[unit] ?? 0), 0) / units.length;
      const interval = bootstrapInterval(values.length, mean, { seed: round });
      if (interval && interval.low <= 1 && interval.high >= 1) covered++;
    }
    expect(covered / rounds).toBeGreaterThan(0.88);
    expect(covered / rounds).toBeLessThan(0.99);
  });

  it("repeats for the same seed and is not there for two units", () => {
    const values = [1, 5, 2, 8, 3];
    const median = (units: readonly number[]) => [...units].map((unit) => values[unit] ?? 0).sort((a, b) => a - b)[2] ?? 0;
    expect(bootstrapInterval(5, median, { seed: 3 })).toEqual(bootstrapInterval(5, median, { seed: 3 }));
    expect(bootstrapInterval(2, median)).toBeNull();
  });
});

describe("a rate corrected for a judge's errors", () => {
  it("is Rogan and Gladen's, with an interval that covers the true rate", () => {
    const random = createRandom(11);
    const [truth, tpr, tnr] = [0.7, 0.85, 0.8];
    const draw = (n: number, p: number) => Array.from({ length: n }, () => random() < p).filter(Boolean).length / n;
    let covered = 0;
    for (let round = 0; round < 500; round++) {
      const seen = draw(200, truth * tpr + (1 - truth) * (1 - tnr));
      const known = { tpr: draw(80, tpr), positives: 80, tnr: draw(60, tnr), negatives: 60 };
      const corrected = correctedRate(seen, 200, known);
      if (corrected && corrected.low <= truth && corrected.high >= truth) covered++;
    }
    expect(covered / 500).toBeGreaterThan(0.92);
    expect(correctedRate(0.65, 200, { tpr: 0.85, positives: 80, tnr: 0.8, negatives: 60 })?.rate).toBeCloseTo(0.45 / 0.65, 10);
  });

  it("is not there for a judge no better than chance", () => {
    expect(correctedRate(0.5, 100, { tpr: 0.5, positives: 40, tnr: 0.5, negatives: 40 })).toBeNull();
  });
});

describe("Bradley-Terry strengths", () => {
  it("find the strengths that made the results", () => {
    const random = createRandom(3);
    const truth = [0.8, 0.2, -1];
    const duels: Duel[] = [];
    for (let round = 0; round < 3000; round++) {
      for (const [first, second] of [[0, 1], [1, 2], [0, 2]] as const) {
        const wins = random() < 1 / (1 + Math.exp((truth[second] ?? 0) - (truth[first] ?? 0)));
        duels.push({ first, second, won: wins ? 1 : 0 });
      } // prettier-ignore
    }
    bradleyTerry(3, duels).forEach((strength, i) => expect(Math.abs(strength - (truth[i] ?? 0))).toBeLessThan(0.1));
  });

  it("are equal for ties, and finite for one that always won", () => {
    const ties = Array.from({ length: 10 }, (): Duel => ({ first: 0, second: 1, won: 0.5 }));
    expect(bradleyTerry(2, ties)[0]).toBeCloseTo(0, 9);
    const [winner = 0, loser = 0] = bradleyTerry(
      2,
      Array.from({ length: 10 }, (): Duel => ({ first: 0, second: 1, won: 1 })),
    );
    expect(winner).toBeGreaterThan(1);
    expect(Number.isFinite(loser)).toBe(true);
  });
});
