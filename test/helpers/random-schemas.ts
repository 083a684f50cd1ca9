import fc from "fast-check";

/** A schema, and values that follow it. */
export interface Sample {
  schema: Record<string, unknown>;
  values: readonly unknown[];
}

const COUNT = 4;
const several = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { minLength: COUNT, maxLength: COUNT });
const of = (schema: Record<string, unknown>, value: fc.Arbitrary<unknown>): fc.Arbitrary<Sample> =>
  several(value).map((values) => ({ schema, values }));
const ordered = (one: fc.Arbitrary<number>) => fc.tuple(one, one).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));

const character = fc.constantFrom("a", "B", "7", " ", '"', "\\", "\n", "é", "😀", "\u0001");
const PATTERNS = ["^[a-z]{2,5}$", "^\\d{3}-\\d{4}$", "^(?:red|green|blue)$", "^[A-Z][\\w ]*$", "^v\\d+\\.\\d+(?:-rc)?$", "^[^x]{1,4}$"];

const whole = ordered(fc.integer({ min: -1500, max: 1500 })).chain(([minimum, maximum]) =>
  of({ type: "integer", minimum, maximum }, fc.integer({ min: minimum, max: maximum })),
);
const between = ordered(fc.integer({ min: -9999, max: 9999 })).chain(([low, high]) =>
  of(
    { type: "number", minimum: low / 100, maximum: high / 100 },
    fc.integer({ min: low, max: high }).map((value) => value / 100),
  ),
);
const multiple = fc.integer({ min: 2, max: 30 }).chain((multipleOf) =>
  of(
    { type: "integer", multipleOf },
    fc.integer({ min: -500, max: 500 }).map((value) => value * multipleOf),
  ),
);
const bounded = ordered(fc.integer({ min: 0, max: 12 })).chain(([minLength, maxLength]) =>
  of(
    { type: "string", minLength, maxLength },
    fc.array(character, { minLength, maxLength }).map((parts) => parts.join("")),
  ),
);
const matching = fc
  .constantFrom(...PATTERNS)
  .chain((pattern) => of({ type: "string", pattern }, fc.stringMatching(new RegExp(pattern, "u"))));
const listed = fc
  .array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 })), {
    minLength: 1,
    maxLength: 6,
  })
  .chain((values) => of({ enum: values }, fc.constantFrom(...values)));
const plain = fc.oneof(
  of({ type: "boolean" }, fc.boolean()),
  of({ type: "null" }, fc.constant(null)),
  of({ type: "integer" }, fc.maxSafeInteger()),
  of({ type: "number" }, fc.double({ noNaN: true, min: -1e200, max: 1e200, noDefaultInfinity: true })),
  of({ type: "string" }, fc.string({ unit: "grapheme" })),
  of(
    {},
    fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).filter((value) => !/e[+-]?[3-9]\d\d/.test(JSON.stringify(value))),
  ),
);
const dated = fc.constantFrom("date", "date-time").chain((format) => {
  const date = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((one) => one.toISOString());
  return of({ type: "string", format }, format === "date" ? date.map((text) => text.slice(0, 10)) : date);
});

const leaf = fc.oneof(whole, between, multiple, bounded, matching, listed, plain, dated);

function lists(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc
    .tuple(inner, ordered(fc.integer({ min: 0, max: 4 })))
    .chain(([{ schema, values }, [minItems, maxItems]]) =>
      of(
        { type: "array", items: schema, minItems, maxItems },
        fc.array(fc.constantFrom(...values), { minLength: minItems, maxLength: maxItems }),
      ),
    );
}

function tuples(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc.array(inner, { minLength: 1, maxLength: 3 }).chain((parts) =>
    of(
      { type: "array", prefixItems: parts.map(({ schema }) => schema), items: false },
      fc.tuple(fc.nat(parts.length), fc.nat(COUNT - 1)).map(([length, at]) => parts.slice(0, length).map(({ values }) => values[at])),
    ),
  );
}

/** A name, its sample, and whether it is required. */
const names = fc.uniqueArray(fc.oneof(fc.constantFrom("id", "name", "a", "ab", "b c", 'q"', "é"), fc.string({ maxLength: 4 })), {
  minLength: 1,
  maxLength: 6,
});

function objects(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return names
    .filter((list) => !list.includes("__proto__") && list.every((name) => !/^\d+$/.test(name)))
    .chain((list) => fc.tuple(fc.constant(list), fc.tuple(...list.map(() => fc.tuple(inner, fc.boolean()))), fc.boolean()))
    .chain(([list, parts, open]) => {
      const properties = Object.fromEntries(list.map((name, at) => [name, parts[at]?.[0].schema ?? {}]));
      const required = list.filter((_, at) => parts[at]?.[1]);
      const value = fc
        .tuple(fc.nat(COUNT - 1), fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }))
        .map(([at, there]) =>
          Object.fromEntries(
            list.filter((name, i) => required.includes(name) || there[i]).map((name) => [name, parts[list.indexOf(name)]?.[0].values[at]]),
          ),
        );
      return of({ type: "object", properties, required, ...(open ? {} : { additionalProperties: false }) }, value);
    });
}

function unions(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc
    .array(inner, { minLength: 2, maxLength: 3 })
    .chain((parts) => of({ anyOf: parts.map(({ schema }) => schema) }, fc.constantFrom(...parts.flatMap(({ values }) => values))));
}

function wrapped(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc.tuple(inner, fc.nat(3)).map(([{ schema, values }, kind]) => {
    if (kind === 0) return { schema: { allOf: [schema, { title: "x" }] }, values };
    if (kind === 1) return { schema: { ...schema, description: "a note", default: values[0] }, values };
    if (kind === 2) return { schema: { anyOf: [schema, { type: "null" }] }, values: [...values.slice(1), null] };
    return {
      schema: { type: "object", additionalProperties: schema },
      values: values.map((value, at) => ({ [`k${at}`]: value, other: value })),
    };
  });
}

/** Schemas of a few levels, of all kinds that a grammar holds, each with values that follow it. */
export const randomSamples: fc.Arbitrary<Sample> = [0, 1, 2].reduce<fc.Arbitrary<Sample>>(
  (inner) =>
    fc.oneof(
      { weight: 2, arbitrary: leaf },
      { weight: 1, arbitrary: lists(inner) },
      { weight: 1, arbitrary: tuples(inner) },
      { weight: 3, arbitrary: objects(inner) },
      { weight: 1, arbitrary: unions(inner) },
      { weight: 1, arbitrary: wrapped(inner) },
    ),
  leaf,
);
