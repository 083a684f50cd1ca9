import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { ResponseFormat } from "../openai/completion.js";
import { compileFormat } from "./format-grammar.js";

describe("a format with half a character, which no answer can have", () => {
  it.each<ResponseFormat>([
    { type: "grammar", grammar: 'root ::= "\ud83d"' },
    { type: "regex", pattern: "a|[\ude00b]" },
    { type: "choice", choices: ["a", "\ud83d"] },
  ])("is refused: %j", async (format) => {
    expect(await errorOf(() => compileFormat(format, "grammar"))).toMatchObject({
      code: "INVALID_ARGUMENT",
      param: "grammar",
      message: expect.stringMatching(/"\\ud(?:83d|e00)" is half a character/) as string,
    });
  });

  it("is taken where both halves stand together", () => {
    for (const format of [
      { type: "grammar", grammar: 'root ::= "\u{1f600}"' },
      { type: "regex", pattern: "\u{1f600}" },
      { type: "choice", choices: ["\u{1f600}"] },
    ] satisfies ResponseFormat[])
      expect(compileFormat(format, "grammar").relaxed).toEqual([]);
  });
});
