import { describe, expect, it } from "vitest";
import { createRandom, deriveSeed, shuffle } from "./random.js";

describe("createRandom", () => {
  it("repeats its stream for the same seed and differs for another", () => {
    const take = (seed: number) => Array.from({ length: 5 }, createRandom(seed));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it("is uniform: mean 1/2 and variance 1/12 over 100,000 draws", () => {
    const values = Array.from({ length: 100_000 }, createRandom(1));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
  });
});

describe("deriveSeed", () => {
  it("is an unsigned 32-bit number that depends on every part and their borders", () => {
    const seeds = [
      deriveSeed(1, "a", 2),
      deriveSeed(1, "a", 3),
      deriveSeed(1, "b", 2),
      deriveSeed(2, "a", 2),
      deriveSeed("1a", 2),
      deriveSeed(1, "a2"),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) expect(seed >>> 0).toBe(seed);
  });

  it("has no collisions over the cells of a large study beyond chance", () => {
    const seeds = new Set<number>();
    for (let sample = 0; sample < 1000; sample++)
      for (let repeat = 0; repeat < 20; repeat++) seeds.add(deriveSeed(42, "{}", `qa-${sample}`, repeat));
    expect(seeds.size).toBeGreaterThan(19_990);
  });
});

describe("shuffle", () => {
  it("keeps all items and leaves its input alone", () => {
    const items = [1, 2, 3, 4, 5];
    const out = shuffle(items, createRandom(3));
    expect([...out].sort()).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5]);
  });
});
