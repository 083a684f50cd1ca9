import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { checkJsonSize, measure } from "./json-size.js";
import { atOnce } from "./slices.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function valuesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  const inside = Object.values(value).reduce((sum: number, one) => sum + valuesOf(one), 1);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}

function namesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, one) => sum + namesOf(one), own);
}

describe("the size of JSON", () => {
  it("is that of the parsed value, however it is written", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
        const size = atOnce(measure(bytesOf(JSON.stringify(value, null, indent))));
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        expect(size).toEqual({ depth: depthOf(parsed), values: valuesOf(parsed), names: namesOf(parsed) });
      }),
    );
  });

  it("does not count what stands in strings", () => {
    expect(atOnce(measure(bytesOf(String.raw`["[[[{,,:\"[,", "\\"]`)))).toEqual({ depth: 1, values: 3, names: 0 });
  });

  it("is refused above the limits, with both numbers", async () => {
    const limits = { depth: 128, values: 1000 };
    const deep = await errorOf(() => checkJsonSize(bytesOf("[".repeat(3000) + "]".repeat(3000)), limits));
    expect(deep).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "The JSON is 3000 lists and objects deep, and at most 128 are taken.",
    });
    const large = await errorOf(() => checkJsonSize(bytesOf(JSON.stringify(Array.from({ length: 1000 }, () => 0))), limits));
    expect(large).toMatchObject({ code: "BODY_TOO_LARGE", message: "The JSON has 1001 values and names, and at most 1000 are taken." });
    const named = await errorOf(() => checkJsonSize(bytesOf('{"a": 0, "b": {"c:": 0}}'), { ...limits, names: 2 }));
    expect(named).toMatchObject({ code: "BODY_TOO_LARGE", message: "The JSON has 3 names of members, and at most 2 are taken." });
    await checkJsonSize(bytesOf(JSON.stringify(Array.from({ length: 999 }, () => 0))), limits);
  });
});
