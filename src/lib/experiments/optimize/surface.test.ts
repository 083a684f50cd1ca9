import { describe, expect, it } from "vitest";
import { SearchSpace } from "../samplers/space.js";
import { importanceOf } from "./surface.js";

const space = new SearchSpace(["a", "b", "c"].map((name) => ({ name, kind: "float" as const, low: 0, high: 1, log: false })));

describe("importanceOf", () => {
  it("gives the known shares of an additive function, which add up to no more than one", () => {
    // variances of a linear term grow with the square of its weight: 16, 4 and 1 of 21
    const shares = importanceOf(space, ({ a, b, c }) => 4 * Number(a) + 2 * Number(b) + Number(c));
    expect(shares.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    [16, 4, 1].forEach((part, i) => expect(Math.abs((shares[i]?.share ?? 0) - part / 21)).toBeLessThan(0.1));
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
  });

  it("leaves pure interaction to nobody, and a flat surface without shares", () => {
    const shares = importanceOf(space, ({ a, b }) => Math.sign(Number(a) - 0.5) * Math.sign(Number(b) - 0.5));
    for (const { share } of shares) expect(share).toBeLessThan(0.2);
    expect(importanceOf(space, () => 1).map(({ share }) => share)).toEqual([0, 0, 0]);
  });

  it("never adds up to more than one or falls below zero, whatever the surface", () => {
    for (let k = 1; k <= 50; k++) {
      const shares = importanceOf(space, ({ a, b, c }) => Math.sin(k * Number(a)) + Math.cos(k * Number(b)) * Number(c) ** (k % 5));
      expect(shares.every(({ share }) => share >= 0)).toBe(true);
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
    }
  });
});
