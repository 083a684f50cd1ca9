import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { getLlama } from "node-llama-cpp";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { compileJsonSchema } from "../../src/lib/inference/grammar/json-schema.js";
import { GbnfSampler, seededRandom } from "../helpers/gbnf-sampler.js";
import { PYDANTIC, SDKS, TYPEBOX } from "../helpers/library-schemas.js";
import { readLlamaSources } from "../helpers/llama-source.js";
import { randomSamples } from "../helpers/random-schemas.js";

const OPTIONS = { strict: false, allErrors: false, multipleOfPrecision: 9, validateFormats: true, logger: false } as const;
const passes = (schema: z.ZodType) => (text: string) => schema.safeParse(text).success;
/** As the platform and zod read them. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: passes(z.iso.date()),
  "date-time": (text) => /^.{10}T/i.test(text) && !Number.isNaN(Date.parse(text.toUpperCase().replace(/:60(?=[.Z])/, ":59"))),
  duration: passes(z.iso.duration()),
  uuid: passes(z.guid()),
  ipv4: passes(z.ipv4()),
  email: (text) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text),
  uri: (text) => /^[a-z][a-z0-9+.-]*:[^\s"<>\\^`{|}]+$/i.test(text),
};

/** A validator by somebody else, of the draft that a schema is written in. */
function validatorOf(schema: object): ValidateFunction {
  const isOld = /"(items":\s*\[|additionalItems"|definitions"|\$schema":"http:\/\/json-schema.org\/draft-0)/.test(JSON.stringify(schema));
  const ajv = isOld ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  for (const [name, validate] of Object.entries(FORMATS)) ajv.addFormat(name, validate);
  return ajv.compile(schema);
}

/** Keywords that are named as not held are taken out before a validator looks. */
function withoutRelaxed(schema: object, relaxed: readonly { pointer: string; keyword: string }[]): object {
  const copy = structuredClone(schema) as Record<string, unknown>;
  for (const { pointer, keyword } of relaxed) {
    let at: unknown = copy;
    for (const part of pointer.split("/").slice(1)) at = (at as Record<string, unknown>)[part.replace(/~1/g, "/").replace(/~0/g, "~")];
    const node = at as Record<string, unknown>;
    if (keyword === "oneOf") node["anyOf"] = node["oneOf"];
    Reflect.deleteProperty(node, keyword);
  }
  return copy;
}

/** Texts of a schema's grammar that a validator finds wrong. */
function wrongTexts(schema: object, count: number): string[] {
  const { grammar, relaxed } = compileJsonSchema(schema, { strict: false, param: "schema" });
  const validate = validatorOf(withoutRelaxed(schema, relaxed));
  const sampler = new GbnfSampler(grammar);
  const random = seededRandom(grammar.length);
  return Array.from({ length: count }, () => sampler.sample(random)).filter((text) => !validate(JSON.parse(text)));
}

const zod = {
  user: z.object({ name: z.string().min(1), age: z.number().int().min(0).optional(), email: z.email().nullable() }),
  ints: z.object({ a: z.int(), b: z.int32(), c: z.number().int().positive(), d: z.number().multipleOf(0.5) }),
  union: z.union([z.string(), z.number(), z.array(z.boolean())]),
  discriminated: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a"), n: z.number() }),
    z.object({ kind: z.literal("b"), s: z.string() }),
  ]),
  enums: z.object({ color: z.enum(["red", "green"]), level: z.literal([1, 2, 3]) }),
  record: z.record(z.string().regex(/^[a-z]+$/), z.number().int()),
  tuple: z.tuple([z.string(), z.number()]),
  formats: z.object({ id: z.uuid(), day: z.iso.date(), at: z.iso.datetime(), ip: z.ipv4(), url: z.url() }),
  arrays: z
    .array(z.object({ x: z.number() }))
    .min(1)
    .max(5),
  nested: z.object({ outer: z.object({ inner: z.object({ deep: z.string().max(10) }) }) }),
  intersection: z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
};
const zodSchemas = Object.entries(zod).map(([name, schema]) => [`zod ${name}`, z.toJSONSchema(schema)] as const);
const named = (kind: string, schemas: Readonly<Record<string, object>>) =>
  Object.entries(schemas).map(([name, schema]) => [`${kind} ${name}`, schema] as const);
const LIBRARIES = [...zodSchemas, ...named("pydantic", PYDANTIC), ...named("TypeBox", TYPEBOX), ...named("SDK", SDKS)];

describe("the grammars of schemas as libraries write them", () => {
  it.each(LIBRARIES)("let nothing wrong through: %s", (_name, schema) => {
    expect(wrongTexts(schema, 10)).toEqual([]);
  });

  it("are taken by llama.cpp, and match what it matches", async () => {
    const llama = await getLlama({ gpu: false, build: "never" });
    try {
      for (const [name, schema] of LIBRARIES) {
        const { grammar } = compileJsonSchema(schema, { strict: false, param: "schema" });
        const made = (await llama.createGrammar({ grammar })) as unknown as { _testText: (text: string) => boolean };
        const sampler = new GbnfSampler(grammar);
        const text = sampler.sample(seededRandom(7));
        expect([name, made._testText(text), made._testText(`${text}]`)]).toEqual([name, true, false]);
      }
    } finally {
      await llama.dispose();
    }
  });
});

/** The schemas of llama.cpp's own tests, without those that it refuses, and those that are no JSON schemas. */
function llamaSchemas(): object[] {
  const [source = ""] = readLlamaSources(["tests/test-json-schema-to-grammar.cpp"]);
  const cases = source
    .split("test({")
    .slice(1)
    .filter((text) => text.trimStart().startsWith("SUCCESS"));
  return cases.flatMap((text) => {
    const schema = /R"""\((.*?)\)"""/s.exec(text)?.[1];
    try {
      return schema === undefined ? [] : [JSON.parse(schema) as object];
    } catch {
      return [];
    }
  });
}

function isSchema(schema: object): boolean {
  try {
    validatorOf(schema);
    return true;
  } catch {
    return false;
  }
}

describe("the grammars of llama.cpp's test list", () => {
  it("let nothing wrong through", () => {
    const schemas = llamaSchemas().filter(isSchema);
    expect(schemas.length).toBeGreaterThan(60);
    const wrong = schemas.flatMap((schema) => wrongTexts(schema, 10).map((text) => [JSON.stringify(schema), text]));
    expect(wrong).toEqual([]);
  });
});

describe("the grammars of random schemas", () => {
  it("let nothing wrong through, and take what follows the schema", () => {
    fc.assert(
      fc.property(randomSamples, ({ schema, values }) => {
        const { grammar, relaxed } = compileJsonSchema(schema, { strict: false, param: "schema" });
        expect(relaxed).toEqual([]);
        const sampler = new GbnfSampler(grammar);
        for (const value of values)
          expect([JSON.stringify(value), sampler.matches(JSON.stringify(value))]).toEqual([JSON.stringify(value), true]);
        expect(wrongTexts(schema, 5)).toEqual([]);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});
