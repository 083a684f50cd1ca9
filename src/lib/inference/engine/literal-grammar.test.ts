import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractLiterals, literalRules, type Literal } from "./literal-grammar.js";

type Rules = ReadonlyMap<string, string>;

const PART = /"((?:[^"\\]|\\.)*)"|([\w-]+)/gs;

/** All texts of a grammar that has only texts, names of rules, and alternatives. */
function textsOf(lines: readonly string[], name: string): string[] {
  const rules: Rules = new Map(lines.map((line) => line.split(/ ::= (.*)/s) as [string, string]));
  const expand = (rule: string): string[] => {
    const texts: string[] = [];
    let current = [""];
    let at = 0;
    for (const match of rule.matchAll(PART)) {
      if (rule.slice(at, match.index).includes("|")) {
        texts.push(...current);
        current = [""];
      }
      const [, quoted, reference] = match;
      const ends = quoted === undefined ? expand(rules.get(reference ?? "") ?? "") : [quoted.replace(/\\(.)/gs, "$1")];
      current = current.flatMap((begin) => ends.map((end) => begin + end));
      at = match.index + match[0].length;
    }
    return [...texts, ...current, ...(/^ ?\|/.test(rule) ? [""] : [])];
  };
  return [...new Set(expand(rules.get(name) ?? ""))].sort();
}

const literals = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("a", "b", '"', "\\", "\n", "é", "😀"), maxLength: 6 }),
    fc.nat(200),
    fc.boolean(),
    fc.constant(null),
  ),
  { minLength: 1, maxLength: 30 },
);

describe("the rules of a list of literals", () => {
  it("allow the JSON of each, and nothing else", () => {
    fc.assert(
      fc.property(literals, (list: Literal[]) => {
        expect(textsOf(literalRules("v-", list), "v-")).toEqual([...new Set(list.map((one) => JSON.stringify(one)))].sort());
      }),
    );
  });

  it("have few alternatives at each place, and few rules, where many texts begin alike", () => {
    const rules = literalRules(
      "v-",
      Array.from({ length: 1900 }, (_, i) => `value ${i}`),
    );
    expect(Math.max(...rules.map((rule) => rule.split(" | ").length))).toBeLessThanOrEqual(11);
    expect(rules.length).toBeLessThan(20);
  });
});

describe("a schema without its lists of literals", () => {
  it("has one const for an enum, and for the literals of a oneOf", () => {
    const schema = {
      type: "object",
      $defs: { a: { enum: [1, 2] } },
      properties: {
        enum: { type: "array", items: { type: "string", enum: ["x", "y"] } },
        b: { oneOf: [{ const: "p" }, { type: "null" }, { enum: ["q", "r"] }] },
        c: { $ref: "#/$defs/a" },
        d: { const: "alone" },
      },
    };
    const { schema: rest, lists } = extractLiterals(schema, "#");
    expect(lists).toEqual([
      [1, 2],
      ["x", "y"],
      ["p", "q", "r"],
    ]);
    expect(rest).toEqual({
      type: "object",
      $defs: { a: { const: "#0" } },
      properties: {
        enum: { type: "array", items: { const: "#1" } },
        b: { oneOf: [{ const: "#2" }, { type: "null" }] },
        c: { $ref: "#/$defs/a" },
        d: { const: "alone" },
      },
    });
  });
});
