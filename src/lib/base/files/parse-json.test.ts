import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DuplicateKeyError, parseUniqueJson } from "./parse-json.js";

describe("JSON somebody wrote", () => {
  it("is what JSON.parse reads, where no object has a key twice", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (json, space) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        expect(parseUniqueJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['{"a": 1, "a": 2}', "a"],
    ['{"a": 1, "a": 1}', "a"],
    ['[{"b": 1}, {"b": {"c": "}", "d": 0, "c" : []}}]', "c"],
    ['{"a": 1, "\\u0061": 2}', "a"],
    ['{"__proto__": 1, "__proto__": 2}', "__proto__"],
  ])("refuses %s", (text, key) => {
    expect(() => parseUniqueJson(text)).toThrow(DuplicateKeyError);
    expect(() => parseUniqueJson(text)).toThrow(`the key "${key}" appears twice`);
  });

  it("names the line of the second", () => {
    expect(() => parseUniqueJson('{\n"a": 1,\n"a": 2}')).toThrow("in line 3");
  });

  it.each(['{"a": "\\"a\\": 1", "b": "a"}', '[{"a": 1}, {"a": 2}]', '{"a": {"a": 1}}', '{"a": "{", "b": ["a", "a"]}'])(
    "takes %s",
    (text) => {
      expect(parseUniqueJson(text)).toEqual(JSON.parse(text));
    },
  );

  it("takes a string of any length", () => {
    const value = { q: 'x\\"'.repeat(3_000_000), a: 1 };
    expect(parseUniqueJson(JSON.stringify(value))).toEqual(value);
  });
});
