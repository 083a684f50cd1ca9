import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GbnfSampler, seededRandom } from "../../../../test/helpers/gbnf-sampler.js";
import { compileFormat, type FormatGrammar } from "./format-grammar.js";
import { readGbnf } from "./gbnf.js";
import { GbnfWalk } from "./gbnf-walk.js";

const NAMES = ["kind", "a", "b", "ab"] as const;
const member = fc.constantFrom<object>(
  { const: "x" },
  { const: "y" },
  { enum: ["x", 1] },
  { type: "integer", minimum: 0, maximum: 9 },
  { type: "boolean" },
  { type: "string", maxLength: 2, description: "a note" },
  { type: "string", maxLength: 2, description: "another note" },
);
const objectSchema = fc
  .record({
    names: fc.shuffledSubarray([...NAMES], { minLength: 1 }),
    members: fc.tuple(member, member, member, member),
    required: fc.subarray([...NAMES]),
    counts: fc.constantFrom({}, { maxProperties: 2 }, { minProperties: 2 }),
    others: fc.constantFrom<unknown>(false, false, { type: "integer" }),
  })
  .map(({ names, members, required, counts, others }) => ({
    type: "object",
    properties: Object.fromEntries(names.map((name, index) => [name, members[index]])),
    required: required.filter((name) => names.includes(name)),
    additionalProperties: others,
    ...counts,
  }));
/** Names and values that some of the schemas above have. */
const value = fc.dictionary(fc.constantFrom(...NAMES, "other"), fc.constantFrom<unknown>("x", "y", 1, 7, true, "zz"), { maxKeys: 4 });

/** The grammar of a schema; none where no value can satisfy it. */
function grammarsOf(schema: object): FormatGrammar[] {
  try {
    return [compileFormat({ type: "json_schema", schema }, "schema")];
  } catch (error) {
    expect(String(error)).toContain("no value can satisfy it");
    return [];
  }
}

describe("objects of a union", () => {
  it("are those of its schemas, whatever they have in common", () => {
    fc.assert(
      fc.property(fc.array(objectSchema, { minLength: 1, maxLength: 4 }), fc.array(value, { maxLength: 8 }), (schemas, values) => {
        const schema = { anyOf: schemas };
        const [made] = grammarsOf(schema);
        const alone = schemas.flatMap((one) => grammarsOf(one)).map(({ grammar }) => new GbnfSampler(grammar));
        if (!made) {
          expect(alone).toEqual([]);
          return;
        }
        const { grammar, relaxed } = made;
        const sampler = new GbnfSampler(grammar);
        for (const one of values) {
          const text = JSON.stringify(one);
          expect([text, sampler.matches(text)]).toEqual([text, alone.some((own) => own.matches(text))]);
        }
        // a count of names that are not known beforehand is relaxed
        if (relaxed.length > 0) return;
        const validate = new Ajv2020({ strict: false }).compile(schema);
        const random = seededRandom(grammar.length);
        const wrong = Array.from({ length: 10 }, () => sampler.sample(random)).filter((text) => !validate(JSON.parse(text)));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});

/** A union with a tag in the second place: what comes before it is the same in all. */
const tagged = (index: number) => ({
  type: "object",
  properties: {
    id: { type: "integer", description: `the number of ${index}` },
    kind: { const: `kind_${index}` },
    value: index % 2 === 0 ? { type: "string" } : { type: "number" },
    [`own_${index}`]: { type: "boolean" },
  },
  required: ["id", "kind", "value"],
  additionalProperties: false,
});
const tags = (count: number) => Array.from({ length: count }, (_, index) => tagged(index));
const long = (index: number) => `${"many words of a text that is long".slice(index % 9)} ${(index * 7919) % 5003} and its end ${index % 7}`;
const field = (index: number) =>
  [
    { type: "string", minLength: 1, maxLength: 200 },
    { type: "integer", minimum: 0, maximum: 1000 },
    { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
    { type: "array", items: { type: "string" }, maxItems: 10 },
    { enum: ["red", "green", "blue"] },
  ][index % 5];
const fields = (count: number, name: string) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}_${at}`, field(at)]));
const nested = (depth: number): object =>
  depth === 0
    ? { type: "string" }
    : { type: "object", properties: { ...fields(10, `level_${depth}`), next: nested(depth - 1) }, required: ["next"] };
const references = {
  $defs: Object.fromEntries(tags(200).map((one, index) => [`t${index}`, one])),
  type: "array",
  items: { oneOf: tags(200).map((_, index) => ({ $ref: `#/$defs/t${index}` })), discriminator: { propertyName: "kind" } },
};
const texts = Array.from({ length: 5000 }, (_, index) => long(index));
const nest = (depth: number): object => (depth === 0 ? {} : { next: nest(depth - 1) });

describe("large schemas as people have them are held, strictly", () => {
  it.each<[name: string, schema: object, right: unknown, wrong: unknown]>([
    [
      "a tagged union of 200 objects",
      { oneOf: tags(200) },
      { id: 1, kind: "kind_199", value: 2, own_199: true },
      { id: 1, kind: "kind_199", value: "a" },
    ],
    ["a tagged union of 700 objects", { anyOf: tags(700) }, { id: 1, kind: "kind_698", value: "" }, { id: 1, kind: "kind_700", value: "" }],
    ["a list of 200 references", references, [{ id: 1, kind: "kind_7", value: 1 }], [{ id: 1, kind: "kind_8", value: 1 }]],
    ["5,000 long texts", { type: "string", enum: texts }, texts[4321], `${texts[4321] ?? ""}1`],
    [
      "200 properties",
      { type: "object", properties: fields(200, "p"), required: ["p_3"], additionalProperties: false },
      { p_1: 3, p_3: [], p_199: "red" },
      { p_1: 3, p_199: "red" },
    ],
    ["20 levels", nested(20), JSON.parse(JSON.stringify(nest(20)).replace("{}", '""')), nest(20)],
  ])("%s", (_name, schema, right, wrong) => {
    const { grammar, relaxed } = compileFormat({ type: "json_schema", schema, strict: true }, "schema");
    const walk = new GbnfWalk(readGbnf(grammar));
    expect(relaxed).toEqual([]);
    expect([walk.matches(JSON.stringify(right)), walk.matches(JSON.stringify(wrong))]).toEqual([true, false]);
    const text = JSON.stringify(right);
    let [places, most] = [walk.start(), 0];
    for (const character of text) {
      places = walk.step(places, character.codePointAt(0) ?? 0);
      most = Math.max(most, places.stacks.length);
    }
    // llama.cpp compares its vocabulary with each of them at each token
    expect(most).toBeLessThan(40);
  });

  it("names two objects of a union that have the same tag", () => {
    const { relaxed } = compileFormat({ type: "json_schema", schema: { oneOf: [...tags(50), tagged(7)] } }, "schema");
    expect(relaxed).toMatchObject([{ pointer: "", keyword: "oneOf" }]);
  });
});
