import fc from "fast-check";
import { expect, it } from "vitest";
import { compareNames, compareNatural, withThousands } from "./texts.js";

it("thousands are apart as in American English", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (number) => {
      expect(withThousands(number)).toBe(number.toLocaleString("en-US"));
    }),
  );
  expect([999, 1000, 1234567.1234567, -1000, 0.12345].map(withThousands)).toEqual([
    "999",
    "1,000",
    "1,234,567.1234567",
    "-1,000",
    "0.12345",
  ]);
  expect(withThousands(undefined)).toBe("");
});

it("names are in one order: letters before their case", () => {
  expect(["b", "A", "a", "B", "a1", ""].sort(compareNames)).toEqual(["", "A", "a", "a1", "B", "b"]);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
      expect(Math.sign(compareNames(a, b))).toBe(-Math.sign(compareNames(b, a)) + 0);
      if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0) expect(compareNames(a, c)).toBeLessThanOrEqual(0);
      expect(compareNames(a, b) === 0).toBe(a === b);
    }),
  );
});

it("numbers in names are in the order of their size", () => {
  const names = ["run 10", "run 9", "Run 1", "run 2.5", "run", "a9b10", "a9b9", "run 009"];
  expect(names.sort(compareNatural)).toEqual(["a9b9", "a9b10", "run", "Run 1", "run 2.5", "run 009", "run 9", "run 10"]);
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(Math.sign(compareNatural(`trial ${a}`, `trial ${b}`))).toBe(Math.sign(a - b));
    }),
  );
});
