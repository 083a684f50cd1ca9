import { expect, it } from "vitest";
import { Recent } from "./recent.js";

it("keeps the values used last", () => {
  const recent = new Recent<number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  expect(recent.get("a")).toBe(1);
  recent.set("c", 3);
  expect(["a", "b", "c"].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
});

it("keeps no more bytes than it may, with those of keys, but the last value always", () => {
  const recent = new Recent<string>(10, { most: 20, sizeOf: (text) => text.length });
  const there = () => ["a", "b", "c", "d"].filter((key) => recent.get(key) !== undefined);
  recent.set("a", "x".repeat(5));
  recent.set("b", "x".repeat(5));
  expect(there()).toEqual(["a", "b"]);
  recent.set("b", "x".repeat(6));
  recent.set("c", "x".repeat(10));
  expect(there()).toEqual(["b", "c"]);
  recent.set("d", "x".repeat(100));
  expect(there()).toEqual(["d"]);
});
