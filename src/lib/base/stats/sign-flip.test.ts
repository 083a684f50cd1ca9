import { describe, expect, it } from "vitest";
import { processorTime } from "../../../../test/helpers/processor-time.js";
import { createRandom } from "../math/random.js";
import { signFlipTest } from "./sign-flip.js";

describe("signFlipTest", () => {
  it("is McNemar's exact test for binary differences", () => {
    // 8 discordant pairs, 7 to 1: two-sided binomial p = 2 * (1 + 8) / 2^8
    expect(signFlipTest([1, 1, 1, 1, 1, 1, 1, -1, 0, 0, 0])).toBeCloseTo(18 / 256, 12);
    expect(signFlipTest([1, 1, 1, 1, 1])).toBeCloseTo(2 / 32, 12);
  });

  it("is Fisher's randomization test on Darwin's maize", () => {
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

  it("is exact for multiples of a unit, as of rates with repeats: all patterns counted", () => {
    const thirds = [1, -2, 3, 1, 1, 2, -1, 3, 1, -1, 2, 1, 1].map((k) => k / 3);
    const counted = Array.from({ length: 2 ** thirds.length }, (_, pattern) =>
      thirds.reduce((sum, d, i) => sum + ((pattern >> i) & 1 ? d : -d), 0),
    ).filter((total) => Math.abs(total) >= thirds.reduce((a, b) => a + b, 0) - 1e-9).length;
    expect(signFlipTest(thirds)).toBeCloseTo(counted / 2 ** thirds.length, 12);
  });

  it("agrees with all 2^20 patterns where it approximates them, in the middle and far out", () => {
    const random = createRandom(8);
    for (const shift of [0.1, 0.3, 0.6]) {
      const differences = Array.from({ length: 20 }, () => random() - 0.5 + shift);
      const observed = Math.abs(differences.reduce((a, b) => a + b, 0)) - 1e-12;
      let [extreme, total] = [0, -differences.reduce((sum, d) => sum + Math.abs(d), 0)];
      for (let step = 1; ; step++) {
        if (Math.abs(total) >= observed) extreme++;
        if (step === 2 ** 20) break;
        const flipped = 31 - Math.clz32(step & -step); // Gray's order changes one sign at a time
        total += ((step >> (flipped + 1)) & 1 ? -2 : 2) * Math.abs(differences[flipped] ?? 0);
      }
      const ratio = signFlipTest(differences) / (extreme / 2 ** 20);
      expect(ratio).toBeGreaterThan(0.97);
      expect(ratio).toBeLessThan(1.1);
    }
  });

  it("never falls below what all signs alike would give, and is fast", () => {
    expect(signFlipTest(Array.from({ length: 30 }, (_, i) => 1 + Math.sqrt(i)))).toBe(2 ** -29);
    const random = createRandom(4);
    const many = Array.from({ length: 200 }, () => Array.from({ length: 60 }, () => random() - 0.4));
    const spent = processorTime();
    for (const one of many) signFlipTest(one);
    expect(spent() / many.length).toBeLessThan(5); // milliseconds; sampling took twenty
  });
});
