import { describe, expect, it } from "vitest";
import { createRandom } from "../math/random.js";
import { quadraticKappa, type RatedPair } from "./agreement.js";
import { agreementInterval, type Ratings } from "./agreement-interval.js";

const kappaOf = (rows: readonly Ratings[]) => quadraticKappa(rows.map(([a, b]): RatedPair => [a ?? 0, b ?? 0]));

describe("the interval of an agreement", () => {
  it.each([
    [2, 0.02],
    [2, 0.1],
    [5, 0.02],
    [5, 0.1],
  ])("holds the true kappa of %d levels with %f of misses, from 20 rows, about 95 times in 100", (levels, missed) => {
    const random = createRandom(11);
    const draw = (): RatedPair => {
      const level = Math.floor(random() * levels);
      if (random() >= missed) return [level, level];
      return [level, level === 0 ? 1 : level - 1];
    };
    const truth = quadraticKappa(Array.from({ length: 100_000 }, draw));
    const studies = 80;
    let held = 0;
    for (let study = 0; study < studies; study++) {
      const interval = agreementInterval(Array.from({ length: 20 }, draw), kappaOf, study);
      if (interval && interval.low <= truth && truth <= interval.high) held++;
    }
    expect(held / studies).toBeGreaterThan(0.9);
  });

  it("does not shrink to a point where 20 rows agree, and is narrow where 2,000 do", () => {
    const agreed = (n: number) => Array.from({ length: n }, (_, i): Ratings => [i % 2, i % 2]);
    const few = agreementInterval(agreed(20), kappaOf);
    expect(few?.high).toBe(1);
    expect(few?.low).toBeLessThan(0.85);
    expect(agreementInterval(agreed(2000), kappaOf)?.low).toBeGreaterThan(0.99);
  });

  it("is none for two rows, or where nothing is defined", () => {
    expect(agreementInterval([[1, 1], [2, 2]], kappaOf)).toBeNull(); // prettier-ignore
    expect(
      agreementInterval(
        Array.from({ length: 9 }, (): Ratings => [3, 3]),
        kappaOf,
      ),
    ).toBeNull();
  });
});
