import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { refuseConflict, SYNONYMS } from "./synonyms.js";

const within = (path: string, value: unknown): Record<string, unknown> =>
  path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
const pair = fc.constantFrom(...SYNONYMS);
const value = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string(), fc.boolean(), fc.dictionary(fc.string(), fc.integer()));

describe("two names of one field", () => {
  it("may both be sent with the same value, or with null in one", () => {
    fc.assert(
      fc.property(pair, value, fc.constantFrom(null, undefined), ([one, other], same, nothing) => {
        refuseConflict({ ...within(one, same), ...within(other, same) });
        refuseConflict({ ...within(one, same), ...within(other, nothing) });
        refuseConflict({ ...within(one, nothing), ...within(other, same) });
      }),
      { endOnFailure: true },
    );
  });

  it("are refused with different values: the message names both, and both values", async () => {
    const numbers = fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(pair, numbers, async ([one, other], [first, second]) => {
        const error = await errorOf(() => refuseConflict({ ...within(one, first), ...within(other, second) }));
        expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: other });
        for (const told of [one, other, first, second]) expect((error as Error).message).toContain(String(told));
      }),
      { endOnFailure: true },
    );
  });

  it("are not compared where a name means something else: logprobs of chats is true or false", () => {
    refuseConflict({ logprobs: true, n_probs: 3 });
  });

  it.each([null, undefined, "text", [1], 7, { options: "x" }, { reasoning: null, reasoning_effort: "low" }])("%j has no two", (body) => {
    refuseConflict(body);
  });
});
