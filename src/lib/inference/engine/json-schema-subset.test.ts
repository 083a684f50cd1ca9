import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { checkJsonSchema } from "./json-schema-subset.js";

describe("checkJsonSchema", () => {
  it("takes what a grammar can enforce, at any depth", () => {
    const schema = {
      type: "object",
      properties: { score: { enum: [1, 2] }, tags: { type: "array", items: { type: "string", maxLength: 9 }, maxItems: 3 } },
      required: ["score"],
      additionalProperties: false,
    };
    expect(() => checkJsonSchema(schema, "response_format")).not.toThrow();
  });

  it.each([
    [{ type: "nonsense" }, /type/],
    [{ type: "string", pattern: "^a" }, /pattern/],
    [{ type: "object", properties: { n: { type: "number", minimum: 3 } } }, /properties\.n.*minimum/],
    [{ enum: [] }, /enum/],
  ])("refuses %j, never drops a keyword in silence", async (schema, message) => {
    const error = await errorOf(() => checkJsonSchema(schema, "response_format"));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "response_format" });
    expect(error.message).toMatch(message);
  });

  it("refuses alternatives that multiply where they begin alike", async () => {
    const level = (inner: object): object => ({
      oneOf: ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => ({
        type: "object",
        properties: { same: inner, [name]: { type: "null" } },
      })),
    });
    const error = await errorOf(() =>
      checkJsonSchema(
        {
          $defs: {
            a: level({ type: "string" }),
            b: level({ $ref: "#/$defs/a" }),
            c: level({ $ref: "#/$defs/b" }),
            d: level({ $ref: "#/$defs/c" }),
          },
          $ref: "#/$defs/d",
        },
        "response_format",
      ),
    );
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "response_format" });
  });

  const nest = (depth: number): object => (depth === 0 ? { type: "string" } : { type: "object", properties: { a: nest(depth - 1) } });
  const texts = (count: number) => Array.from({ length: count }, (_, i) => `value ${i}`);
  const a = { $ref: "#/$defs/a" };
  const b = { $ref: "#/$defs/b" };
  it.each<[name: string, schema: object, message: string]>([
    ["references in a circle", { $defs: { a: b, b: a }, ...a }, '$ref: "#/$defs/a" leads back to itself'],
    ["a reference to itself as an alternative", { $defs: { a: { oneOf: [{ type: "null" }, a] } }, items: a }, "leads back to itself"],
    ["a reference to nothing", { $ref: "#/$defs/toString" }, '"#/$defs/toString" is not a definition'],
    ["a reference to the whole", { type: "array", items: { $ref: "#" } }, "items.$ref"],
    ["minItems", { type: "array", items: {}, minItems: 5000 }, "minItems: 5000 is more than 1999"],
    ["minLength", { properties: { name: { type: "string", minLength: 1e6 } } }, "properties.name.minLength: 1000000 is more than 1999"],
    ["a minimum above the maximum", { type: "string", minLength: 3, maxLength: 2 }, "minLength: 3 is more than maxLength, 2"],
    ["depth", nest(3000), "properties.a.properties.a.properties.a.properties.a...: it is nested deeper than 64 schemas"],
    ["a large enum", { enum: texts(16_000) }, "more than 2000 schemas, names and values"],
    [
      "a long value",
      { properties: { a: { const: "x".repeat(300_000) } } },
      "properties.a: names and values have more than 200000 characters",
    ],
    ["many definitions", { $defs: Object.fromEntries(texts(101).map((name) => [name, {}])) }, "more than 100 definitions"],
    ["many counts", { prefixItems: texts(20).map(() => ({ type: "string", maxLength: 1500 })) }, "add up to more than 20000"],
  ])("refuses what takes long or never ends: %s", async (_name, schema, message) => {
    const begun = performance.now();
    const error = await errorOf(() => checkJsonSchema(schema, "response_format"));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "response_format" });
    expect(error.message).toContain(message);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it("takes definitions that refer to themselves within objects and lists", () => {
    const tree = { type: "object", properties: { left: a, right: { oneOf: [{ type: "null" }, a] }, all: { type: "array", items: a } } };
    expect(() => checkJsonSchema({ $defs: { a: tree }, ...a }, "response_format")).not.toThrow();
  });
});
