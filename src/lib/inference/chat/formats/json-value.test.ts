import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeJson, compactJson } from "./json-value.js";

describe("compactJson", () => {
  it("is the same value without layout", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        const json = JSON.stringify(value, null, space);
        // numbers stay as they were written
        expect(JSON.parse(compactJson(json) ?? "")).toEqual(JSON.parse(json));
        expect(compactJson(json)).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
  });

  it("takes what models write instead of JSON", () => {
    expect(compactJson('{"a": True, "b": None}')).toBe('{"a":true,"b":null}');
    expect(compactJson('{"a": "two\nlines"}')).toBe('{"a":"two\\nlines"}');
    expect(compactJson("{'a': ('b', [1,],), 'c': 'it\\'s'}", "python")).toBe('{"a":["b",[1]],"c":"it\'s"}');
  });

  it.each(["", "{", "[1,]", "{a: 1}", "01", "nul", '"a', "1 2", "(1)", '{"a" 1}', "toString", '{"a": constructor}'])(
    "knows %j for no JSON",
    (text) => {
      expect(compactJson(text)).toBeUndefined();
    },
  );
});

it("closeJson completes any beginning of a JSON text as a reader gives it", () => {
  fc.assert(
    fc.property(fc.object(), fc.nat(), (value, cut) => {
      const json = compactJson(JSON.stringify(value)) ?? "{}";
      const begun = json.slice(0, cut % (json.length + 1));
      // readers give numbers, words and escapes once they are whole, and a comma with what follows it
      fc.pre(begun !== "" && !/[\\,]$|\\u[\da-f]{0,3}$|(?:^|[:,[])[-+.\deEtrufalsn]+$/.test(begun));
      expect(() => JSON.parse(begun + closeJson(begun)) as unknown, begun).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
