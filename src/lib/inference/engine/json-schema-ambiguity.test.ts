import { describe, expect, it } from "vitest";
import { isTooAmbiguous } from "./json-schema-ambiguity.js";

const many = <T>(count: number, one: (index: number) => T) => Array.from({ length: count }, (_, index) => one(index));

/** Objects that begin alike, in objects that begin alike: width ** depth may go on at the innermost. */
function alike(depth: number, width: number): object {
  const inner = (level: number) => (level < depth ? { $ref: `#/$defs/d${level}` } : { type: "string" });
  const level = (at: number) => ({
    oneOf: many(width, (i) => ({ type: "object", properties: { a: inner(at + 1), [`b${i}`]: { type: "string" } } })),
  });
  return { $defs: Object.fromEntries(many(depth, (at) => [`d${at}`, level(at)])), $ref: "#/$defs/d0" };
}

const expression = (kindOf: (kind: string) => object) => ({
  $defs: {
    expression: {
      oneOf: ["add", "multiply", "power"].map((kind) => ({
        type: "object",
        properties: { kind: kindOf(kind), left: { $ref: "#/$defs/expression" }, right: { $ref: "#/$defs/expression" } },
      })),
    },
  },
  $ref: "#/$defs/expression",
});
const list = {
  $defs: {
    node: { oneOf: [{ type: "null" }, { type: "object", properties: { value: { type: "number" }, next: { $ref: "#/$defs/node" } } }] },
  },
  $ref: "#/$defs/node",
};
const tools = { oneOf: many(128, (i) => ({ type: "object", properties: { name: { const: `tool_${i}` }, arguments: list } })) };

describe("a schema", () => {
  it.each([
    ["of few alternatives", alike(3, 4)],
    ["of expressions, told apart by their kind", expression((kind) => ({ const: kind }))],
    ["of expressions, told apart by an enum", expression((kind) => ({ enum: [kind] }))],
    ["of a list within itself", list],
    ["of many tools", tools],
    ["of many members", { type: "object", properties: Object.fromEntries(many(900, (i) => [`p${i}`, { type: "string" }])) }],
  ])("%s may be followed", (_, schema) => {
    expect(isTooAmbiguous(schema)).toBe(false);
  });

  const twice = {
    $defs: { a: { oneOf: many(2, (i) => ({ type: "object", properties: { a: { $ref: "#/$defs/a" }, [`b${i}`]: { type: "null" } } })) } },
    $ref: "#/$defs/a",
  };
  const constants = {
    oneOf: many(60, (i) => ({
      type: "object",
      properties: Object.fromEntries(many(12, (j) => [`p${j}`, j === i % 12 ? { const: i } : {}])),
    })),
  };
  it.each([
    ["whose alternatives multiply at each level", alike(6, 6)],
    ["whose expressions are not told apart", expression(() => ({ type: "string" }))],
    ["whose alternatives double for ever", twice],
    ["of 600 alternatives", { oneOf: many(600, (i) => ({ type: "object", properties: { [`k${i}`]: {} } })) }],
    ["whose constants tell it apart in very many ways", constants],
  ])("%s is too ambiguous, which is found soon", (_, schema) => {
    const begun = performance.now();
    expect(isTooAmbiguous(schema)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
