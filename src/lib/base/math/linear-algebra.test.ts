import { describe, expect, it } from "vitest";
import { logImprovement, millsRatio } from "./improvement.js";
import { cholesky, inverseOf, logDeterminant, solveLower, solveTransposed } from "./linear-algebra.js";
import { minimize, type MinimizedFunction } from "./minimize.js";
import { createRandom } from "./random.js";
import { sliceSweep } from "./slice-sampler.js";

describe("Cholesky", () => {
  // numpy.linalg: det 16, inverse [[.6875, .125, -.3125], ...] of this matrix
  const matrix = [4, -2, 2, -2, 5, 1, 2, 1, 3];
  const factor = Float64Array.from(matrix);
  const ok = cholesky(factor, 3);

  it("factors, solves, inverts and gives the determinant", () => {
    expect(ok).toBe(true);
    const determinant = 4 * (15 - 1) + 2 * (-6 - 2) + 2 * (-2 - 10);
    expect(logDeterminant(factor, 3)).toBeCloseTo(Math.log(determinant), 12);
    const b = Float64Array.from([2, 4, 6]);
    solveLower(factor, 3, b);
    solveTransposed(factor, 3, b);
    const product = [0, 1, 2].map((row) => [0, 1, 2].reduce((sum, k) => sum + (matrix[row * 3 + k] ?? 0) * (b[k] ?? 0), 0));
    product.forEach((value, i) => expect(value).toBeCloseTo([2, 4, 6][i] ?? 0, 12));
    const inverse = inverseOf(factor, 3);
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        const value = [0, 1, 2].reduce((sum, k) => sum + (matrix[row * 3 + k] ?? 0) * (inverse[k * 3 + column] ?? 0), 0);
        expect(value).toBeCloseTo(row === column ? 1 : 0, 12);
      }
    }
  });

  it("refuses what is not positive definite", () => {
    expect(cholesky(Float64Array.from([1, 2, 2, 1]), 2)).toBe(false);
    expect(cholesky(Float64Array.from([Number.NaN]), 1)).toBe(false);
  });
});

describe("log improvement", () => {
  it.each([
    // mpmath with 50 digits: log(pdf(z) + z cdf(z)), cdf(z) / (pdf(z) + z cdf(z))
    [2, 0.69738354578822831, 0.48655931878528387],
    [0.5, -0.35982768374506382, 0.99092271800410996],
    [-0.5, -1.6205162643873199, 1.5598731483480797],
    [-1.5, -3.5299359208057099, 2.2795806941564462],
    [-5, -16.74430116266099, 5.3618162412880885],
    [-20, -206.9178385094251, 20.099262811101282],
    [-300, -45012.326536814554, 300.00666644446173],
    [-20000, -200000020.72591365, 20000.000099999999],
  ])("is exact at %d", (z, value, slope) => {
    const got = logImprovement(z);
    expect(Math.abs(got.value / value - 1)).toBeLessThan(1e-9);
    expect(Math.abs(got.slope / slope - 1)).toBeLessThan(1e-6);
  });

  it("has Mills' ratio of tables", () => {
    expect(millsRatio(1)).toBeCloseTo(0.6556795424187985, 10);
    expect(millsRatio(10)).toBeCloseTo(0.09902859647173194, 14);
  });
});

describe("minimize", () => {
  const box = (n: number, low: number, high: number) => ({ low: new Float64Array(n).fill(low), high: new Float64Array(n).fill(high) });
  const rosenbrock: MinimizedFunction = ([x = 0, y = 0], gradient) => {
    gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[1] = 200 * (y - x * x);
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
  };

  it("finds Rosenbrock's minimum, and the best point of a box that does not hold it", () => {
    const free = minimize(rosenbrock, Float64Array.from([-1.2, 1]), box(2, -5, 5), { steps: 200, tolerance: 0 });
    expect(free.point[0]).toBeCloseTo(1, 5);
    const bound = minimize(rosenbrock, Float64Array.from([-1.2, 0.2]), box(2, -2, 0.5), { steps: 200, tolerance: 0 });
    expect(bound.point[0]).toBeCloseTo(0.5, 5);
    expect(bound.point[1]).toBeCloseTo(0.25, 5);
  });

  it("walks away from where there is no value", () => {
    const objective: MinimizedFunction = ([x = 0], gradient) => {
      gradient[0] = 2 * (x - 3);
      return x > 4 ? Number.NaN : (x - 3) ** 2;
    };
    expect(minimize(objective, Float64Array.from([-4]), box(1, -5, 5), { steps: 50, tolerance: 0 }).point[0]).toBeCloseTo(3, 6);
  });
});

describe("slice sampling", () => {
  it("draws from the density it is given", () => {
    const random = createRandom(4);
    const point = Float64Array.from([0, 0]);
    // a normal distribution with mean 1 and sd 2, and one with sd 0.5 that leans on it
    const logDensity = ([x = 0, y = 0]: Float64Array) => -(((x - 1) / 2) ** 2) / 2 - ((y - x) / 0.5) ** 2 / 2;
    const widths = Float64Array.from([2, 1]);
    const draws = Array.from({ length: 6000 }, () => {
      sliceSweep(logDensity, point, { widths, random });
      return [...point] as [number, number];
    });
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = (values: number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
    const [x, gap] = [draws.map(([a]) => a), draws.map(([a, b]) => b - a)];
    expect(Math.abs(mean(x) - 1)).toBeLessThan(0.5);
    expect(Math.abs(sd(x) - 2)).toBeLessThan(0.3);
    expect(Math.abs(sd(gap) - 0.5)).toBeLessThan(0.05);
  });
});
