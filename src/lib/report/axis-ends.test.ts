import { expect, it } from "vitest";
import { axisEnds } from "./axis-ends.js";

it("ends an axis where its values can no longer be, and leaves it to ticks in between", () => {
  expect(axisEnds([100, 100, null], [0, 100])).toEqual({ max: 100 });
  expect(axisEnds([0.82, 0.84], [0, 100])).toEqual({ min: 0 });
  expect(axisEnds([-100, 100], [-100, 100])).toEqual({ min: -100, max: 100 });
  expect(axisEnds([0.4, 0.6], [0, 1])).toEqual({});
  expect(axisEnds([undefined, Number.NaN], [0, 1])).toEqual({});
});
