import { describe, expect, it } from "vitest";
import { createRandom } from "../math/random.js";
import { holm } from "./multiplicity.js";
import { signFlipTest } from "./sign-flip.js";

describe("signFlipTest", () => {
  it("is McNemar's exact test for binary differences", () => {
    // 8 discordant pairs, 7 to 1: two-sided binomial p = 2 * (1 + 8) / 2^8
    expect(signFlipTest([1, 1, 1, 1, 1, 1, 1, -1, 0, 0, 0])).toBeCloseTo(18 / 256, 12);
    expect(signFlipTest([1, 1, 1, 1, 1])).toBeCloseTo(2 / 32, 12);
  });

  it("is Fisher's randomisation test on Darwin's maize", () => {
    // Fisher 1935: of 2^15 sign patterns 1,726 are at least as extreme as the observed total of 314
    const darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    expect(signFlipTest(darwin)).toBeCloseTo(1726 / 32768, 12);
  });

  it("finds no difference where there is none", () => {
    expect(signFlipTest([])).toBe(1);
    expect(signFlipTest([0, 0, 0])).toBe(1);
    expect(signFlipTest([1, -1, 1, -1])).toBe(1);
  });

  it("rejects a true null in at most about 5 % of 1,000 simulated studies", () => {
    const random = createRandom(3);
    let rejected = 0;
    for (let study = 0; study < 1000; study++) {
      const differences = Array.from({ length: 15 }, () => random() - 0.5);
      if (signFlipTest(differences) <= 0.05) rejected++;
    }
    expect(rejected / 1000).toBeLessThanOrEqual(0.065);
  }, 120_000);

  it("agrees with the exact test when it samples", () => {
    const many = Array.from({ length: 20 }, (_, i) => (i < 15 ? 1 : -1)); // binomial: 2 * P(X >= 15 | 20, 1/2) = 0.04139
    expect(signFlipTest(many)).toBeCloseTo(0.0414, 2);
  });
});

describe("holm", () => {
  it("adjusts step-down and keeps the order given", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
