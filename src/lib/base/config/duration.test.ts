import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { parseTimeout } from "./duration.js";

it.each([
  ["3", 3000],
  ["0.5", 500],
  ["500ms", 500],
  ["2m", 120_000],
])("a timeout of %s is %i ms", (text, ms) => {
  expect(parseTimeout(text)).toBe(ms);
});

it.each(["0", "soon", "-3"])("a timeout of %s is refused", async (text) => {
  expect((await errorOf(() => parseTimeout(text))).code).toBe("INVALID_ARGUMENT");
});
