import { describe, expect, it } from "vitest";
import { SearchSpace } from "../samplers/space.js";
import { SearchStudy } from "../study/search-study.js";
import { describeSurface, importanceOf } from "./surface.js";

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

describe("the planes of a surface", () => {
  it("go over every pair of the parameters that matter most, through the setting where the others are held", () => {
    const study = new SearchStudy({ dimensions: space.dimensions, direction: "max", seed: 1, sampler: "sobol" });
    for (let i = 0; i < 12; i++) {
      const trial = study.ask();
      study.tell(trial, { value: 3 * Number(trial.params["a"]) + Number(trial.params["b"]) ** 2 });
    }
    const held = { a: 0.5, b: 0.25, c: 0 };
    const surface = describeSurface(study, held);
    expect(surface?.held).toEqual(held);
    expect(surface?.planes.map(({ x, y }) => [x.name, y.name].sort().join("")).sort()).toEqual(["ab", "ac", "bc"]);
    expect(surface?.planes[0]).toMatchObject(surface?.contour ?? {});
    const slice = surface?.slices.find(({ name }) => name === "a");
    for (const { x, y, mean, low, high } of surface?.planes ?? []) {
      mean.forEach((row, j) =>
        row.forEach((value, i) => expect((low[j]?.[i] ?? NaN) <= value && value <= (high[j]?.[i] ?? NaN)).toBe(true)),
      );
      if (x.name !== "a" || y.name !== "b") continue;
      const row = mean[y.values.indexOf(held.b)] ?? [];
      x.values.forEach((value, i) => expect(row[i]).toBeCloseTo(slice?.mean[slice.values.indexOf(value)] ?? NaN, 3));
    }
  });
});
