import { expect, it } from "vitest";
import { withoutFullStop, withoutTrailingSlashes } from "./text-ends.js";

it("slashes at the end of a URL are left out, those within it stay", () => {
  expect(["http://h/a//", "http://h/a//b", "///", ""].map(withoutTrailingSlashes)).toEqual(["http://h/a", "http://h/a//b", "", ""]);
});

it("a sentence can be resumed", () => {
  expect(["It failed. ", "1.5 s...", "no stop", ". \n"].map(withoutFullStop)).toEqual(["It failed", "1.5 s", "no stop", ""]);
});
