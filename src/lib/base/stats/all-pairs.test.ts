import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../math/random.js";
import { AllPairs } from "./all-pairs.js";

const right = (chance: number) => (random: Random) => (random() < chance ? 1 : 0);
const skewed = (random: Random) => (-Math.log(random())) ** 2;

/** Values of items by sample and repeat; samples differ in how hard they are, items do not. */
function study(random: Random, items: number, samples: number, draw: (hardness: number) => (random: Random) => number): number[][][] {
  const hardness = Array.from({ length: samples }, () => random());
  return Array.from({ length: items }, () => hardness.map((own) => [draw(own)(random), draw(own)(random)]));
}

describe("AllPairs", () => {
  it.each([
    ["rights and wrongs, 6 settings, 40 samples", 6, 40, (h: number) => right(0.2 + 0.6 * h), undefined],
    ["rights and wrongs with a reference", 6, 40, (h: number) => right(0.2 + 0.6 * h), 0],
    ["skewed times, 5 settings, 15 samples", 5, 15, () => skewed, 2],
  ] as const)(
    "finds anything at all in at most 5 %% of studies in which nothing differs: %s",
    (_, items, samples, draw, reference) => {
      const random = createRandom(23);
      const studies = 500;
      let wrong = 0;
      for (let round = 0; round < studies; round++) {
        const pairs = new AllPairs(study(random, items, samples, draw), { correction: "holm", direction: "max", reference });
        let isAny = false;
        for (let a = 0; a < items; a++) for (let b = a + 1; b < items; b++) isAny ||= pairs.differs(a, b);
        if (isAny) wrong++;
      }
      // 5 % and three standard errors
      expect(wrong / studies).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / studies));
    },
    120_000,
  );

  it("keeps half of the error rate for a reference that was named: its pairs are found more often than with equal parts", () => {
    const random = createRandom(5);
    let [named, equal] = [0, 0];
    for (let round = 0; round < 100; round++) {
      const values = study(random, 10, 60, () => right(0.5));
      values[0] = (values[0] ?? []).map(() => [right(0.85)(random), right(0.85)(random)]);
      const found = (reference: number | undefined) => {
        const pairs = new AllPairs(values, { correction: "holm", direction: "max", reference });
        return [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((item) => pairs.beats(0, item)).length;
      };
      named += found(0);
      equal += found(undefined);
    }
    expect(named).toBeGreaterThan(equal);
  });

  it("decides the same in slices, between which the process hears of everything else", async () => {
    const values = study(createRandom(7), 300, 60, (hardness) => right(0.2 + 0.6 * hardness));
    values[0] = (values[0] ?? []).map(() => [1, 1]);
    let [turns, isOver] = [0, false];
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const options = { correction: "holm", direction: "max" } as const;
    const sliced = await AllPairs.inSlices(values, options);
    isOver = true;
    const whole = new AllPairs(values, options);
    const found = (pairs: AllPairs) => values.map((_, item) => pairs.compare(0, item === 0 ? 1 : item).pValue);
    expect(found(sliced)).toEqual(found(whole));
    expect(found(whole).some((p) => p < 0.05)).toBe(true);
    expect(turns).toBeGreaterThan(2);
  });
});
