import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { readOptions, splitChoice, type OptionsSchema } from "./named-options.js";

const schema: OptionsSchema<{ words: number; strict: boolean; note?: string | undefined }> = (z) =>
  z.object({ words: z.number().default(5), strict: z.boolean().default(false), note: z.string().optional() });

it("splits a name from what follows its first colon", () => {
  expect(splitChoice("brief")).toEqual({ name: "brief", text: undefined });
  expect(splitChoice("regex:a:b")).toEqual({ name: "regex", text: "a:b" });
});

describe("options", () => {
  it.each([
    [undefined, { words: 5, strict: false }],
    ["", { words: 5, strict: false }],
    ["words=3", { words: 3, strict: false }],
    ["words=3, strict=true, note=as is", { words: 3, strict: true, note: "as is" }],
    ['{"words": 2, "note": "a,b"}', { words: 2, strict: false, note: "a,b" }],
  ])("%j is read by the schema", (text, value) => {
    expect(readOptions('scorer "brief"', schema, text)).toEqual(value);
  });

  it("are the text itself where the schema is not an object", () => {
    expect(readOptions("scorer", (z) => z.string().min(1), "a=b")).toBe("a=b");
  });

  it.each([
    ["words=many", /words: Invalid input: expected number/],
    ["many", /"many" is not an option/],
    ["{words", /are not JSON/],
  ])("%j is refused with what is wrong", async (text, message) => {
    const error = await errorOf(() => readOptions('scorer "brief"', schema, text));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toMatch(message);
    expect(error.hint).toContain("key=value");
  });

  it.each(["wrds=3", '{"wrds": 3}'])("%j is refused: it would be the default", async (text) => {
    const error = await errorOf(() => readOptions('scorer "brief"', schema, text));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: '"wrds" is not an option of the scorer "brief".' });
    expect(error.hint).toBe("Did you mean words? Available: words, strict, note.");
  });

  it("are given once each", async () => {
    expect((await errorOf(() => readOptions("scorer", schema, "words=1,words=2"))).message).toContain("given twice");
  });

  it("come of a function that gives a schema", async () => {
    for (const broken of [
      () => undefined,
      () => ({}),
      () => Promise.resolve(),
      () => {
        throw new Error("oops");
      },
    ]) {
      const error = await errorOf(() => readOptions("scorer", broken as unknown as OptionsSchema, "words=1"));
      expect(error).toMatchObject({ code: "PLUGIN_INVALID" });
      expect(error.message).toMatch(/oops|no zod schema/);
    }
  });

  it("are refused where none are taken", async () => {
    expect((await errorOf(() => readOptions('scorer "brief"', undefined, "x"))).message).toBe(
      'The scorer "brief" takes no options, but "x" was given.',
    );
  });
});
