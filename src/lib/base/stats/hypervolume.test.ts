import { expect, it } from "vitest";
import { hypervolume } from "./hypervolume.js";

it("measures what points dominate, in any number of dimensions", () => {
  expect(hypervolume([[2], [3]], [1])).toBe(2);
  expect(
    hypervolume(
      [
        [3, 1],
        [1, 3],
        [2, 2],
        [1, 1],
      ],
      [0, 0],
    ),
  ).toBe(6);
  expect(hypervolume([[1, 1, 1]], [0, 0, 0])).toBe(1);
  expect(
    hypervolume(
      [
        [2, 1, 1],
        [1, 2, 1],
      ],
      [0, 0, 0],
    ),
  ).toBe(3);
  expect(hypervolume([[-1, 5]], [0, 0])).toBe(0);
});
