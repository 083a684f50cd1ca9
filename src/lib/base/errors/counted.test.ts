import { expect, it } from "vitest";
import { counted } from "./counted.js";

it("counts in words", () => {
  expect([0, 1, 2].map((n) => counted(n, "row"))).toEqual(["0 rows", "1 row", "2 rows"]);
  expect([1, 3].map((n) => counted(n, "entry", "entries"))).toEqual(["1 entry", "3 entries"]);
});
