import fc from "fast-check";
import { expect, it } from "vitest";
import { LONG_LIST, hasLongList, jsonText } from "./json-text.js";
import { atOnce } from "./slices.js";

const long = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { minLength: LONG_LIST, maxLength: LONG_LIST + 20 });

it("is what JSON.stringify writes", () => {
  const member = fc.oneof(fc.jsonValue(), fc.constant(undefined), long(fc.jsonValue({ maxDepth: 1 })), long(fc.constant(undefined)));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), member, { maxKeys: 4 }), (value) => {
      expect(atOnce(jsonText(value))).toBe(JSON.stringify(value));
    }),
  );
});

it("is written in steps where a list is long", () => {
  const steps = jsonText({ data: Array.from({ length: 2048 }, () => ({ embedding: [1, 2, 3] })) });
  let rests = 0;
  while (steps.next().done !== true) rests++;
  expect(rests).toBe(256);
  expect(hasLongList({ a: [], data: Array.from({ length: LONG_LIST }) })).toBe(true);
  for (const value of [{ a: [1] }, null, [1], "text", Buffer.alloc(1000)]) expect(hasLongList(value)).toBe(false);
});
