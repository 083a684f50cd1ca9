import { describe, expect, it } from "vitest";
import { incompleteBeta, studentTCdf, studentTQuantile } from "./student-t.js";

describe("Student's t", () => {
  // two-sided 95 % points of the usual printed tables
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [5, 2.5706],
    [10, 2.2281],
    [30, 2.0423],
    [120, 1.9799],
  ])("has the published 97.5 %% quantile for %i degrees of freedom", (df, expected) => {
    expect(studentTQuantile(0.975, df)).toBeCloseTo(expected, 4);
    expect(studentTQuantile(0.025, df)).toBeCloseTo(-expected, 4);
  });

  it("has the closed form of one degree of freedom (Cauchy)", () => {
    for (const t of [-3, -0.5, 0, 1, 10]) expect(studentTCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
  });
});

describe("incompleteBeta", () => {
  it("has the closed forms of small parameters", () => {
    expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 12);
    expect(incompleteBeta(0.3, 2, 1)).toBeCloseTo(0.09, 12);
    expect(incompleteBeta(0.3, 1, 3)).toBeCloseTo(1 - 0.7 ** 3, 12);
  });
});
