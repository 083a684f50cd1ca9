import { expect, it } from "vitest";
import { typesOf } from "./schema-types.js";

const typesBy = (reference: string, more: object = {}) => typesOf({ type: "object", properties: { a: { $ref: reference } }, ...more }, "a");

it("reads types through references, with the escapes of pointers and of URLs", () => {
  const more = { $defs: { "a/b c": { type: "integer" }, list: { anyOf: [{ type: "string" }, { type: "null" }] } } };
  expect(typesBy("#/$defs/a~1b%20c", more)).toEqual(new Set(["integer"]));
  expect(typesBy("#/$defs/list/anyOf/0", more)).toEqual(new Set(["string"]));
  expect(typesBy("#/$defs/list", more)).toEqual(new Set(["string", "null"]));
});

it.each(["#/%zz", "#/constructor", "#/$defs/none", "other.json", "#/properties/a"])("knows nothing of what %s leads to", (reference) => {
  expect(typesBy(reference)).toBeUndefined();
});
