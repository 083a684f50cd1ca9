import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dryPenalties, type Breakers } from "./dry.js";

const NO_BREAKERS: Breakers = new Map();
const settings = { multiplier: 1, base: 2, allowedLength: 2, breakers: NO_BREAKERS };
const penalties = (last: readonly number[], more: Partial<typeof settings> = {}) => [...dryPenalties(last, { ...settings, ...more })];

/** The same, token by token: for each place the end before it that is also the end of all. */
function byTrying(last: readonly number[], allowedLength: number, limit = last.length): Map<number, number> {
  const found = new Map<number, number>();
  if (last.length <= allowedLength || limit < allowedLength) return found;
  for (let place = 1; place < last.length; place++) {
    let length = 0;
    while (length < place && last[place - 1 - length] === last[last.length - 1 - length]) length++;
    const counted = Math.min(length, limit);
    const token = last[place] ?? -1;
    if (counted >= allowedLength) found.set(token, Math.max(found.get(token) ?? 0, 2 ** (counted - allowedLength)));
  }
  return found;
}

describe("DRY", () => {
  it("penalizes what followed the end of the tokens before, the more the longer it is", () => {
    // llama.cpp's example: "a b c" was followed by c, "c" alone by b and y
    const [a, b, c, y] = [1, 2, 3, 4];
    expect(penalties([a, b, c, c, b, c, y, a, b, c])).toEqual([
      [y, 1],
      [c, 2],
    ]);
  });

  it("is nothing where nothing is repeated, or as long as what is allowed", () => {
    expect(penalties([1, 2, 3, 4, 5])).toEqual([]);
    expect(penalties([1, 2])).toEqual([]);
  });

  it("does not go past a breaker, of one token or of several, and never penalizes one of a single token", () => {
    const repeated = [1, 2, 9, 3, 4, 1, 2, 9, 3];
    expect(penalties(repeated, { allowedLength: 1 })).toEqual([[4, 8]]);
    expect(penalties(repeated, { allowedLength: 1, breakers: new Map([[9, [[]]]]) })).toEqual([[4, 1]]);
    expect(penalties(repeated, { allowedLength: 1, breakers: new Map([[2, [[9]]]]) })).toEqual([[4, 1]]);
    expect(penalties(repeated, { allowedLength: 1, breakers: new Map([[2, [[8]]]]) })).toEqual([[4, 8]]);
    expect(penalties(repeated, { allowedLength: 1, breakers: new Map([[4, [[]]]]) })).toEqual([]);
  });

  it("does not grow past what 32 bits hold", () => {
    const [, penalty] = penalties(Array.from({ length: 500 }, () => 1))[0] ?? [];
    expect(penalty).toBe(2 ** 127);
  });

  it("is what trying every place gives", () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 });
    fc.assert(
      fc.property(tokens, fc.integer({ min: 0, max: 4 }), (last, allowedLength) => {
        expect(dryPenalties(last, { ...settings, allowedLength })).toEqual(byTrying(last, allowedLength));
      }),
      { endOnFailure: true },
    );
  });
});
