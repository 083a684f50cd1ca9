import { Chalk } from "chalk";
import { assert, constantFrom, integer, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, shortenMiddle, wrapLine, wrapProse } from "./display-width.js";
import { withOwnColors } from "./own-colors.js";

const { red } = withOwnColors(new Chalk({ level: 1 }));

describe("displayWidth", () => {
  it.each([
    ["abc", 3],
    [red("red"), 3],
    ["\u001b[31mred\u202e", 17],
    ["a\tb", 3],
    ["東京", 4],
    ["ｆｕｌｌ", 8],
    ["한글", 4],
    ["e\u0301", 1],
    ["हिन्दी", 5],
    ["น้ำ", 2],
    ["👩‍👩‍👧‍👦", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["…├●┤", 4],
    ["", 0],
  ])("of %j is %i", (text, width) => expect(displayWidth(text)).toBe(width));

  it("of a cell does not depend on the space before it, whatever it begins with", () => {
    const begin = constantFrom("\u{1f3fb}", "\u{1f1e9}", "\ufe0f", "\u0301", "\u200d", "\u0d4e", "\u{e0067}", "\u20e3");
    assert(
      property(begin, string({ unit: "grapheme" }), (first, rest) => {
        expect(displayWidth(` ${first}${rest}`)).toBe(1 + displayWidth(`${first}${rest}`));
      }),
      { numRuns: 500 },
    );
  });
});

describe("shortenMiddle", () => {
  it.each([
    ["model-a-q4.gguf", 9, "mode…gguf"],
    ["short", 9, "short"],
    ["東京都千代田区", 6, "東…区"],
    [red("abcdefgh"), 5, red("ab…gh")],
    ["\u001babcdefgh\u202e", 9, "\\x1b…202e"],
    ["abc", 1, "…"],
  ])("of %j in %i columns is %j", (text, width, short) => expect(shortenMiddle(text, width)).toBe(short));
});

describe("wrapProse", () => {
  it("breaks between words and keeps the indentation", () => {
    expect(wrapProse("one two three\n  four five six", 11)).toBe("one two\nthree\n  four five\n    six");
    expect(wrapProse("one two three", Infinity)).toBe("one two three");
  });

  it("cuts only a word that is longer than a line", () => {
    expect(wrapLine("a abcdefghij b", 4)).toEqual(["a", "abcd", "efgh", "ij b"]);
  });
});

describe("prose in columns", () => {
  it("keeps meanings under each other, or under a name that is too long", () => {
    const text =
      "  2    wrong use: flags, ranges, dataset\n  3    something is missing\n  A_VERY_LONG_NAME_OF_A_VARIABLE  what it means to us";
    expect(wrapProse(text, 32).split("\n")).toEqual([
      "  2    wrong use: flags, ranges,",
      "       dataset",
      "  3    something is missing",
      "  A_VERY_LONG_NAME_OF_A_VARIABLE",
      "      what it means to us",
    ]);
  });

  it("has no line that is too wide, whatever stands in it", () => {
    assert(
      property(string({ unit: "grapheme-ascii", maxLength: 120 }), integer({ min: 20, max: 100 }), (text, width) => {
        for (const line of wrapProse(text, width).split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 1000 },
    );
  });
});
