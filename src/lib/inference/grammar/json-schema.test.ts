import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { GbnfSampler } from "../../../../test/helpers/gbnf-sampler.js";
import { processorTime } from "../../../../test/helpers/processor-time.js";
import { addJsonSchema, compileJsonSchema } from "./json-schema.js";
import { GrammarRules, literal } from "./rules.js";

const compile = (schema: unknown, strict = false) => compileJsonSchema(schema, { strict, param: "response_format" });
/** With all that JSON Schema allows. */
const samplerOf = (schema: unknown) => new GbnfSampler(compileJsonSchema(schema, { strict: false, param: "", open: true }).grammar);

/** What of these values the grammar of a schema takes. */
function taken(schema: unknown, values: readonly unknown[]): unknown[] {
  const sampler = samplerOf(schema);
  return values.filter((value) => sampler.matches(JSON.stringify(value)));
}

const object = (properties: object, more: object = {}) => ({ type: "object", properties, additionalProperties: false, ...more });
const text = { type: "string" };
const int = { type: "integer" };

describe("the grammar of a JSON schema", () => {
  it.each<[name: string, schema: unknown, right: readonly unknown[], wrong: readonly unknown[]]>([
    ["types", { type: ["integer", "null"] }, [0, -7, null, 2 ** 53], ["0", 0.5, true, {}, []]],
    ["anything", {}, [null, "a", -1.5e-7, { a: [{}] }, [], 1e21], []],
    ["const and enum", { enum: ["a", 1, null, { b: [2] }] }, ["a", 1, null, { b: [2] }], ["b", 2, {}]],
    [
      "enum and other keywords",
      { enum: [1, 2, "a", "bb", 30], type: ["integer", "string"], maximum: 9, maxLength: 1 },
      [1, 2, "a"],
      ["bb", 30],
    ],
    ["anyOf", { anyOf: [int, { type: "array", items: text }] }, [3, ["a"], []], [[3], "a"]],
    ["allOf", { allOf: [{ type: "number", minimum: 2 }, { maximum: 3 }, int] }, [2, 3], [1, 4, 2.5]],
    ["nullable", { type: "string", nullable: true, maxLength: 1 }, [null, "", "é", "😀", '"', "\\", "\n"], ["ab", 1]],
    ["lengths in code points", { type: "string", minLength: 2, maxLength: 3 }, ["ab", "😀😀😀", '""', "\\\\\\"], ["a", "😀", "abcd"]],
    ["whole numbers", { type: "integer", minimum: -12, maximum: 105 }, [-12, -9, 0, 7, 99, 100, 105], [-13, 106, 1000, 0.5]],
    ["exclusive limits", { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 }, [1, 9], [0, 10]],
    ["limits beyond all digits", { type: "number", exclusiveMaximum: 9.8e26 }, [0.5, -3, 1e20], [1e27, 9.8e26, -1e27]],
    [
      "host names without Punycode, which is not looked into",
      { type: "string", format: "hostname" },
      ["a", "ab", "a-b", "abc", "a--b", "ab-c", "example.com", "abcd-e", "a-bc-d", "ab-cd"],
      ["ab--c", "xn--X", "XN--aa---o47jg78q", "a.xn--l-fda", "-a", "a-", "a..b", ""],
    ],
    ["exclusive limits of draft 4", { type: "number", minimum: 0, exclusiveMinimum: true }, [0.5, 1], [0, -1]],
    [
      "safe integers",
      { type: "integer", minimum: -(2 ** 53 - 1), maximum: 2 ** 53 - 1 },
      [0, 2 ** 53 - 1, -(2 ** 53 - 1)],
      [2 ** 53, -(2 ** 53)],
    ],
    ["numbers", { type: "number", minimum: -1.5, maximum: 2.25 }, [-1.5, -1.49, -0.5, 0, 2.25, 2.2, 2, 1.999], [-1.51, -2, 2.26, 2.251, 3]],
    ["numbers below a limit", { type: "number", exclusiveMaximum: 0.1 }, [0.09, 0.0999, -100, 0], [0.1, 0.11, 1]],
    ["multiples", { type: "integer", multipleOf: 7 }, [0, 7, -14, 700, 7777], [1, -8, 71]],
    ["multiples of a power of ten", { type: "number", multipleOf: 0.01 }, [0.01, 3, -2.5, 19.99], [0.001, 2.555]],
    ["multiples within limits", { type: "integer", multipleOf: 250, minimum: 100, maximum: 1000 }, [250, 500, 1000], [0, 100, 1250]],
    ["a pattern", { type: "string", pattern: "^[a-z]+-\\d{2,3}$" }, ["a-12", "xyz-123"], ["a-1", "A-12", "a-1234", "-12"]],
    ["a pattern that may be anywhere", { type: "string", pattern: "b+c" }, ["abbcd", "bc", '"bc"'], ["b", "cb", ""]],
    ["a pattern with choices", { type: "string", pattern: "^(?:yes|no|(?:may)?be)$" }, ["yes", "no", "be", "maybe"], ["may", "yesno"]],
    ["a pattern that looks ahead", { type: "string", pattern: "^(?!\\.)(?!.*\\.\\.)[a-z.]+$" }, ["a.b", "ab."], [".a", "a..b"]],
    ["a pattern and a length", { type: "string", pattern: "^a*b$", maxLength: 3 }, ["b", "aab"], ["aaab", "a"]],
    ["formats", { type: "string", format: "date" }, ["2024-02-29", "1999-12-31"], ["2023-02-29", "2024-13-01", "2024-2-1"]],
    ["items", { type: "array", items: int, minItems: 1, maxItems: 3 }, [[1], [1, 2, 3]], [[], [1, 2, 3, 4], ["a"]]],
    ["many items", { type: "array", items: int, maxItems: 500 }, [[], Array(500).fill(1)], [Array(501).fill(1)]],
    ["a tuple", { type: "array", prefixItems: [int, text], items: false, minItems: 1 }, [[1], [1, "a"]], [[], ["a"], [1, "a", 2]]],
    ["a tuple of draft 7", { type: "array", items: [int], additionalItems: text }, [[], [1], [1, "a"]], [["a"], [1, 2]]],
    [
      "optional members",
      object({ a: int, b: int, c: int }, { required: ["b"] }),
      [{ b: 1 }, { a: 1, b: 1 }, { b: 1, c: 1 }],
      [{}, { a: 1 }, { b: 1, d: 1 }],
    ],
    ["members that are not named", { type: "object", properties: { a: int } }, [{}, { a: 1, b: "x" }, { ab: 1, "": 2 }], [{ a: "x" }]],
    ["members of a schema", { type: "object", additionalProperties: int }, [{}, { x: 1, y: 2 }], [{ x: "a" }]],
    [
      "patterns of names",
      { type: "object", patternProperties: { "^s_": text, _n$: int }, additionalProperties: false },
      [{ s_a: "x" }, { a_n: 1 }],
      [{ s_a: 1 }, { b: 1 }, { s_n: 1 }],
    ],
    ["names of names", { type: "object", propertyNames: { pattern: "^[a-c]$" } }, [{ a: 1 }, { c: {} }], [{ d: 1 }, { aa: 1 }]],
    [
      "counts of members",
      object({ a: int, b: int, c: int }, { minProperties: 1, maxProperties: 2 }),
      [{ a: 1 }, { b: 1, c: 1 }],
      [{}, { a: 1, b: 1, c: 1 }],
    ],
    ["required without properties", { type: "object", required: ["k"] }, [{ k: 1 }, { k: 1, l: 2 }], [{}, { l: 2 }]],
    [
      "allOf of objects",
      { allOf: [object({ a: int }, { additionalProperties: true }), { properties: { b: text }, required: ["b"] }] },
      [{ a: 1, b: "x" }, { b: "x" }],
      [{ a: 1 }, { a: "x", b: "x" }],
    ],
    [
      "anyOf beside properties",
      { type: "object", properties: { a: int, b: int }, additionalProperties: false, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      [{ a: 1 }, { b: 1 }, { a: 1, b: 2 }],
      [{}],
    ],
    ["references", { $defs: { "a/b": { type: "integer" } }, type: "array", items: { $ref: "#/$defs/a~1b" } }, [[1]], [["x"]]],
    ["references by name", { $defs: { x: { $anchor: "here", type: "integer" } }, $ref: "#here" }, [1], ["x"]],
    ["false", { type: "object", properties: { a: false, b: int } }, [{}, { b: 1 }], [{ a: 1 }]],
    ["not", { type: "string", not: { enum: ["a", "b"] } }, ["c", "ab", ""], ["a", "b"]],
    ["not a type", { not: { type: ["object", "array"] } }, [1, "a", null], [{}, []]],
  ])("takes what follows it and nothing else: %s", (_name, schema, right, wrong) => {
    expect(taken(schema, right)).toEqual(right);
    expect(taken(schema, wrong)).toEqual([]);
  });

  it("takes what contains itself", () => {
    const tree = {
      $defs: { node: object({ v: int, next: { anyOf: [{ type: "null" }, { $ref: "#/$defs/node" }] } }, { required: ["next"] }) },
    };
    const values = [{ next: null }, { v: 1, next: { next: { v: 2, next: null } } }];
    expect(taken({ ...tree, $ref: "#/$defs/node" }, [...values, { next: 1 }, {}])).toEqual(values);
  });

  it("is written with white space that ends", () => {
    const sampler = samplerOf(object({ a: { type: "array", items: int } }, { required: ["a"] }));
    expect(sampler.matches('{\n  "a": [\n    1,\n    2\n  ]\n}')).toBe(true);
    expect(sampler.matches('{ "a": [1, 2] }')).toBe(true);
    expect(sampler.matches(`{${" ".repeat(30)}"a": []}`)).toBe(false);
  });

  it.each<[schema: unknown, places: string[]]>([
    [{ type: "array", uniqueItems: true }, ["/uniqueItems"]],
    [{ type: "array", contains: { type: "integer" } }, ["/contains"]],
    [{ properties: { a: { if: { const: 1 }, then: { type: "string" } } } }, ["/properties/a/if"]],
    [{ type: "string", pattern: "(a)\\1" }, ["/pattern"]],
    [{ type: "string", pattern: "a(?<!b)" }, ["/pattern"]],
    [{ type: "string", format: "iban" }, ["/format"]],
    [{ type: "integer", multipleOf: 123_457 }, ["/multipleOf"]],
    [{ oneOf: [{ type: "integer" }, { type: "number" }] }, ["/oneOf"]],
    [{ dependentRequired: { a: ["b"] }, type: "object" }, ["/dependentRequired"]],
    [{ type: "integer", minimun: 3 }, ["/minimun"]],
    [{ $ref: "https://example.com/other.json" }, ["/$ref"]],
    [{ type: "array", minItems: 1_000_001 }, ["/minItems"]],
    [{ type: "array", maxItems: 1_000_001 }, ["/maxItems"]],
    [{ properties: { id: { const: 2 ** 53 } } }, ["/properties/id/const"]],
    [{ enum: ["a", { id: [-(2 ** 60)] }] }, ["/enum"]],
    [{ enum: [2 ** 53 - 1, 0.1, 1e-300, null] }, []],
    [{ title: "x", description: "y", default: 1, examples: [2], $comment: "z", "x-own": 1, type: "integer" }, []],
    [{ oneOf: [object({ kind: { const: "a" } }, { required: ["kind"] }), object({ kind: { const: "b" } }, { required: ["kind"] })] }, []],
  ])("names what it does not hold, and refuses it where strict: %j", async (schema, places) => {
    expect(compile(schema).relaxed.map(({ pointer, keyword }) => `${pointer}/${keyword}`)).toEqual(places);
    if (places.length === 0) return expect(compile(schema, true).relaxed).toEqual([]);
    const strict = await errorOf(() => compile(schema, true));
    expect(strict).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param: "response_format" });
    expect(strict.message).toContain(places[0]);
  });

  it("tells many listed values and tagged objects apart at once, and names oneOf where that takes long", () => {
    const options = (count: number, make: (name: string) => object) => ({ oneOf: Array.from({ length: count }, (_, i) => make(`v${i}`)) });
    const titled = (name: string) => ({ const: name, title: name });
    expect(compile(options(500, titled), true).relaxed).toEqual([]);
    expect(compile({ oneOf: [...options(300, titled).oneOf, titled("v7")] }).relaxed).toMatchObject([{ keyword: "oneOf" }]);
    const objects = options(300, (name) => object({ kind: { const: name } }, { required: ["kind"] }));
    expect(compile(objects, true).relaxed).toEqual([]);
    const patterns = options(300, (name) => ({ type: "string", pattern: `^${name}-[a-z]+$` }));
    expect(compile(patterns).relaxed).toContainEqual(expect.objectContaining({ pointer: "", keyword: "oneOf" }));
  });

  it("knows any property of characters, however many were asked for before", () => {
    const scripts = "Adlam Ahom Arab Armn Avst Bali Bamu Bass Batk Beng Bhks Bopo Brah Brai Bugi Buhd Cakm Cans Cari Cham Cher Copt Cprt";
    const more = "Cyrl Deva Dsrt Dupl Egyp Elba Ethi Geor Glag Gong Gonm Goth Gran Grek Gujr Guru Hang Hani Hano Hatr Hebr Hira Hluw Hmng";
    const others = "Hung Ital Java Kali Kana Khar Khmr Khoj Knda Kthi Lana Laoo Latn Lepc Limb Lina Linb Lisu Lyci Lydi Mahj Mand Mani";
    const names = [scripts, more, others].flatMap((list) => list.split(" "));
    const relaxed = names.flatMap((name) => compile({ type: "string", pattern: `^\\p{Script=${name}}$` }).relaxed);
    expect(relaxed).toEqual([]);
    expect(taken({ pattern: "^\\p{Lu}\\P{L}$" }, ["A1", "Éｦ", "𝐀!", "a1", "AB"])).toEqual(["A1", "𝐀!"]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => `value ${i}`);
  const nest = (depth: number): object => (depth === 0 ? text : { type: "object", properties: { a: nest(depth - 1) } });
  const a = { $ref: "#/$defs/a" };
  it.each<[name: string, schema: unknown, message: string]>([
    ["a wrong type", { type: "nonsense" }, "/type"],
    ["an empty enum", { enum: [] }, "/enum"],
    ["a list as a schema", { properties: { a: [] } }, "/properties/a"],
    ["a reference to nothing", { $ref: "#/$defs/toString" }, '"#/$defs/toString" does not lead to a schema'],
    ["references in a circle", { $defs: { a: { $ref: "#/$defs/b" }, b: a }, ...a }, "no value can satisfy it"],
    ["a member that must contain itself", { $defs: { a: object({ a }, { required: ["a"] }) }, ...a }, "no value can satisfy it"],
    ["an enum that is a text", { enum: "a" }, "/enum: expected a list of at least one value"],
    ["required names that are a text", { type: "object", required: "a" }, "/required: expected a list of property names"],
    ["an anyOf that is an object", { anyOf: {} }, "/anyOf: expected a list of schemas"],
    ["properties that are a list", { type: "object", properties: [] }, "/properties: expected an object that has a schema for each name"],
    ["false", false, "no value can satisfy it"],
    ["limits apart", { type: "integer", minimum: 3, maximum: 2 }, "no value can satisfy it"],
    ["a pattern that nothing matches", { type: "string", pattern: "^a$", minLength: 2 }, "no value can satisfy it"],
    ["a required member that may not be", { type: "object", required: ["a"], additionalProperties: false }, "no value can satisfy it"],
    ["depth", nest(3000), "nested deeper"],
    ["many values", { enum: many(100_000) }, "more than"],
    ["long values", { const: "x".repeat(2_000_000) }, "more than"],
    [
      "combinations of alternatives",
      { allOf: Array.from({ length: 12 }, (_, i) => ({ anyOf: [{ minLength: i }, { maxLength: i + 20 }] })) },
      "combinations",
    ],
  ])("refuses what is wrong, follows nothing or takes long: %s", async (_name, schema, message) => {
    const spent = processorTime();
    const error = await errorOf(() => compile(schema));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "response_format" });
    expect(error.message).toContain(message);
    const [, place] = / enforced: (\/[^:]*):/.exec(error.message) ?? [];
    expect(error.hint).toContain(place ?? "");
    expect(error.hint?.includes("JSON pointer")).toBe(place !== undefined);
    expect(spent()).toBeLessThan(1000);
  });

  it("has no members and items that a schema does not speak of, where that is not asked for", () => {
    const values = [{ a: 1 }, { a: 1, b: 2 }, [1], [1, "x"], [1, "x", 2], []];
    const takes = (schema: unknown) => values.filter((value) => new GbnfSampler(compile(schema).grammar).matches(JSON.stringify(value)));
    expect(takes({ type: "object", properties: { a: int } })).toEqual([{ a: 1 }]);
    expect(takes({ type: "object", properties: { a: int }, additionalProperties: true })).toEqual([{ a: 1 }, { a: 1, b: 2 }]);
    expect(takes({ type: "array", prefixItems: [int, text] })).toEqual([[1, "x"]]);
    expect(takes({ type: "array", prefixItems: [int, text], items: int })).toEqual([[1], [1, "x"], [1, "x", 2], []]);
  });

  it("can be a part of another grammar, and of one member alone", () => {
    const rules = new GrammarRules();
    const schema = { $defs: { n: { type: "integer", maximum: 5 } }, properties: { count: { $ref: "#/$defs/n" } } };
    const { expression } = addJsonSchema(rules, schema, { strict: true, param: "tools", pointer: "/properties/count" });
    const sampler = new GbnfSampler(rules.toGrammar(`${literal("<count>")} ${expression} ${literal("</count>")}`));
    expect(sampler.matches("<count>5</count>")).toBe(true);
    expect(sampler.matches("<count>6</count>")).toBe(false);
  });

  it("allows objects alone where asked", () => {
    const rules = new GrammarRules();
    const { expression } = addJsonSchema(rules, { properties: { a: int } }, { strict: true, param: "tools", objectsOnly: true });
    const sampler = new GbnfSampler(rules.toGrammar(expression));
    expect([sampler.matches("1"), sampler.matches('{"a":1}')]).toEqual([false, true]);
  });
});
