import fc from "fast-check";
import { expect, it } from "vitest";
import { leastBytes, promptCount, promptRuns, promptSchema, promptsSchema, toPrompts, type Prompt } from "./prompts.js";

const prompt: fc.Arbitrary<Prompt> = fc.oneof(
  fc.string(),
  fc
    .array(fc.oneof(fc.nat(1000), fc.string()), { minLength: 1, maxLength: 8 })
    .filter((parts) => parts.some((part) => typeof part === "number")),
);

it("a list with a token id in it is one prompt, any other list is one of prompts", () => {
  fc.assert(
    fc.property(prompt, fc.array(prompt, { minLength: 1, maxLength: 5 }), (one, several) => {
      expect(promptSchema.parse(one)).toEqual(one);
      expect(toPrompts(promptsSchema(8).parse(one))).toEqual([one]);
      expect(toPrompts(promptsSchema(8).parse(several))).toEqual(several);
      expect([promptCount(one), promptCount(several)]).toEqual([1, several.length]);
    }),
    { endOnFailure: true },
  );
});

it("runs put together are the prompt, and no two runs of token ids follow one another", () => {
  fc.assert(
    fc.property(prompt, (one) => {
      const runs = promptRuns(one);
      expect(runs.flat()).toEqual([one].flat());
      expect(runs.every((run, place) => typeof run === "string" || typeof (runs[place + 1] ?? "") === "string")).toBe(true);
      expect(leastBytes(one)).toBe(
        [one].flat().reduce<number>((sum, part) => sum + (typeof part === "string" ? Buffer.byteLength(part) : 1), 0),
      );
    }),
    { endOnFailure: true },
  );
});

it.each([[[]], [[[]]], [[1.5]], [[-1, "a"]], [[["a", null]]], [[{}]], [7]])("%j is refused", (given) => {
  expect(promptsSchema(8).safeParse(given).success).toBe(false);
});
