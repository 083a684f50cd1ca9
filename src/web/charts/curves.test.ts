import fc from "fast-check";
import { expect, it } from "vitest";
import { curvePoints, smooth } from "./curves.js";

const point = (run_id: string, step: number, value: number | string) => ({ run_id, step, timestamp: 1000 + step * 500, value });

it("smoothing stays between the least and the greatest value, and leaves gaps as they are", () => {
  const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.98, noNaN: true }), (ys, weight) => {
      const there = ys.filter((y) => y !== null);
      const smoothed = smooth(
        ys.map((y, i) => [i, y]),
        weight,
      );
      const room = 1e-6 * Math.max(1, ...there.map(Math.abs));
      smoothed.forEach(([, y], i) => {
        expect(y === null).toBe(ys[i] === null);
        if (y !== null) expect(y >= Math.min(...there) - room && y <= Math.max(...there) + room).toBe(true);
      });
    }),
    { endOnFailure: true },
  );
});

it("points are in order of the axis, relative ones count seconds from the run's first", () => {
  const history = [point("a", 4, 1), point("a", 2, 2), point("b", 8, "NaN")];
  const settings = { isLog: false, smoothing: 0 };
  expect([...curvePoints(history, { axis: "relative", ...settings })]).toEqual([
    [
      "a",
      [
        [0, 2],
        [1, 1],
      ],
    ],
    ["b", [[0, null]]],
  ]);
  expect(curvePoints([point("a", 1, -3)], { axis: "step", isLog: true, smoothing: 0 }).get("a")).toEqual([[1, null]]);
});
