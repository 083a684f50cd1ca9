import { describe, expect, it } from "vitest";
import { createRandom } from "../math/random.js";
import { crossedMeans } from "./crossed.js";

describe("means of rows over shared columns", () => {
  it("are the plain means where nothing is missing, without the columns' differences as noise", () => {
    const columns = [0, 10, 20, 30];
    const rows = crossedMeans([columns.map((c) => c + 1), columns.map((c) => c + 3)]);
    expect(rows.map(({ mean, n }) => [mean, n])).toEqual([
      [16, 4],
      [18, 4],
    ]);
    expect(rows[0]?.se).toBeCloseTo(0, 12);
  });

  it("do not blame a row for having met the hard columns only", () => {
    const full = [0, 0, 10, 10];
    const [whole, half] = crossedMeans([full, [1, 1, NaN, NaN]]);
    expect(whole?.mean).toBeCloseTo(5, 9);
    expect(half?.mean).toBeCloseTo(6, 9);
  });

  it("have standard errors that cover the truth", () => {
    const random = createRandom(5);
    const noise = () => Array.from({ length: 12 }, () => random() - 0.5).reduce((sum, value) => sum + value, 0);
    let covered = 0;
    for (let study = 0; study < 300; study++) {
      const columns = Array.from({ length: 20 }, () => 5 * noise());
      const [a, b] = crossedMeans([0, 1, 2].map((row) => columns.map((column) => row + column + noise())));
      const difference = (b?.mean ?? 0) - (a?.mean ?? 0);
      if (Math.abs(difference - 1) <= 1.96 * Math.hypot(a?.se ?? 0, b?.se ?? 0)) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.9);
    expect(covered / 300).toBeLessThan(0.99);
  });

  it("of rates have an error also where all agree, the smaller the more do", () => {
    const agree = (columns: number) => Array.from({ length: 2 }, () => new Array<number>(columns).fill(1));
    expect(crossedMeans(agree(6))[0]?.se).toBe(0);
    const seOf = (columns: number) => crossedMeans(agree(columns), { isRate: true })[0]?.se ?? 0;
    expect(seOf(6)).toBeCloseTo(0.075, 2);
    expect(seOf(60)).toBeGreaterThan(0);
    expect(seOf(60)).toBeLessThan(seOf(6) / 10);
  });

  it("know no error of a single row, and nothing of an empty one", () => {
    expect(crossedMeans([[1, 2, 3]])).toEqual([{ mean: 2, se: null, n: 3 }]);
    expect(
      crossedMeans([
        [1, 2],
        [NaN, NaN],
      ])[1],
    ).toMatchObject({ mean: NaN, n: 0 });
  });
});
