import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutPrototypes } from "./without-prototypes.js";

describe("objects of JSON without prototypes", () => {
  it("have what was written, and nothing that was not, at any depth", () => {
    const check = (value: unknown) => {
      const text = JSON.stringify(value);
      const bare = withoutPrototypes(JSON.parse(text));
      expect(JSON.stringify(bare)).toBe(text);
      const look = (each: unknown): void => {
        if (typeof each !== "object" || each === null) return;
        if (!Array.isArray(each)) expect(Object.getPrototypeOf(each)).toBeNull();
        for (const inner of Object.values(each)) look(inner);
      };
      look(bare);
    };
    fc.assert(fc.property(fc.jsonValue(), check), { endOnFailure: true });
  });

  it("have names such as constructor and __proto__ only where these were written", () => {
    const { params } = withoutPrototypes(JSON.parse('{"params":{"__proto__":"p","a":[{"b":1}]}}')) as { params: Record<string, unknown> };
    expect(params["constructor"]).toBeUndefined();
    expect(params["__proto__"]).toBe("p");
  });

  it("may be as deep as JSON.parse goes", () => {
    const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as unknown;
    expect(withoutPrototypes(deep)).toBe(deep);
  });
});
