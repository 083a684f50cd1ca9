import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { extraBody } from "./request-body.js";

describe("extraBody", () => {
  it("merges the body and further members, whose values are JSON or text", () => {
    expect(extraBody({})).toBeUndefined();
    const body = extraBody({ body: '{"seed": null, "a": 1}', extra: ["a=2", "reasoning_effort=low", 'x={"y":[1]}'] });
    expect(body).toEqual({ seed: null, a: 2, reasoning_effort: "low", x: { y: [1] } });
  });

  it.each([
    { body: "{half" },
    { body: "no-such-file.json" },
    { extra: ["novalue"] },
    { body: '{"messages": []}' },
    { body: '{"top_k": 1, "top_k": 2}' },
  ])("refuses %j", async (choice) => {
    expect((await errorOf(() => extraBody(choice))).code).toBe("INVALID_ARGUMENT");
  });
});
