import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { knownFields, unknownFields } from "./known-fields.js";

const message = z.discriminatedUnion("role", [
  z.object({ role: z.literal("user"), content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string() }))]) }),
  z.object({ role: z.literal("assistant"), content: z.string().nullish(), thought: z.string().nullish() }),
]);
const body = z.object({
  messages: z.array(message),
  size: z.number().nullish(),
  options: z.object({ usage: z.boolean().nullish() }).nullish(),
  tags: z.record(z.string(), z.unknown()).nullish(),
  anything: z.unknown().optional(),
  loose: z.looseObject({ known: z.string() }).nullish(),
  text: z.union([z.string(), z.object({ parts: z.array(z.string()) }).transform(({ parts }) => parts.join(""))]).nullish(),
  pairs: z.array(z.tuple([z.string(), z.object({ bias: z.number() })])).nullish(),
  kind: z.enum(["a", "b"]).nullish(),
});
const known = knownFields(body);

describe("fields that a schema does not know", () => {
  it.each([
    ["none of its own", { messages: [], size: 1, options: { usage: true }, kind: "a" }, []],
    ["one at the top", { messages: [], sise: 1 }, ["sise"]],
    ["one within an object", { options: { usge: true } }, ["options.usge"]],
    [
      "one within the objects of a list, once",
      {
        messages: [
          { role: "user", x: 1 },
          { role: "assistant", x: 2, thought: "t" },
        ],
      },
      ["messages.x"],
    ],
    [
      "one in a list within a list",
      { messages: [{ role: "user", content: [{ type: "text", text: "t", size: 1 }] }] },
      ["messages.content.size"],
    ],
    ["none that is null", { sise: null, options: { usge: null } }, []],
    ["none in what takes any", { tags: { a: { b: 1 } }, anything: { a: 1 }, loose: { known: "k", b: 2 } }, []],
    ["none where the value is of another type", { size: { a: 1 }, kind: ["a"] }, []],
    ["one within an alternative that is an object", { text: { parts: [], part: 1 } }, ["text.part"]],
    ["one within a pair", { pairs: [["a", { bias: 1, biass: 2 }]] }, ["pairs.biass"]],
    ["none of a body that is a text", "text", []],
  ])("are named: %s", (_, given, names) => expect(unknownFields(known, given)).toEqual(names));

  it("are named whatever they are called, and those that are known never", () => {
    const names = Object.keys(body.shape);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer(), { maxKeys: 20 }), (more) => {
        const unknown = Object.keys(more).filter((name) => !names.includes(name));
        expect(unknownFields(known, { ...more, kind: "a", size: 2 }).sort()).toEqual(unknown.sort());
      }),
      { endOnFailure: true },
    );
  });

  it("are named up to a hundred", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
    expect(unknownFields(known, many)).toHaveLength(100);
  });
});
