import { expect, it } from "vitest";
import { parseJsonText } from "./parse-json-text.js";

it("parses JSON in a text, and refuses what code that recurses could not follow", () => {
  expect(parseJsonText('{"a":[1]}')).toEqual({ a: [1] });
  expect(() => parseJsonText("{")).toThrow(SyntaxError);
  const deep = "[".repeat(129) + "]".repeat(129);
  expect(() => parseJsonText(deep)).toThrow("The JSON is 129 lists and objects deep, and at most 128 are taken.");
  expect(() => parseJsonText("[".repeat(128) + "]".repeat(128))).not.toThrow();
});
