import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { checkJsonSchema } from "./json-schema-subset.js";

describe("checkJsonSchema", () => {
  it("takes what a grammar can enforce, at any depth", () => {
    const schema = {
      type: "object",
      properties: { score: { enum: [1, 2] }, tags: { type: "array", items: { type: "string", maxLength: 9 }, maxItems: 3 } },
      required: ["score"],
      additionalProperties: false,
    };
    expect(() => checkJsonSchema(schema)).not.toThrow();
  });

  it.each([
    [{ type: "nonsense" }, /type/],
    [{ type: "string", pattern: "^a" }, /pattern/],
    [{ type: "object", properties: { n: { type: "number", minimum: 3 } } }, /properties\.n.*minimum/],
    [{ enum: [] }, /enum/],
  ])("refuses %j, never drops a keyword in silence", async (schema, message) => {
    const error = await errorOf(() => checkJsonSchema(schema));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "response_format" });
    expect(error.message).toMatch(message);
  });
});
