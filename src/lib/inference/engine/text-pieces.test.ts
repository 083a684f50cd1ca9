import { describe, expect, it } from "vitest";
import { textPieces } from "./text-pieces.js";

describe("the pieces of a text", () => {
  it.each(["x", "🙂", "法"])("of %j again and again are short, though there is no boundary of words, and no character is cut", (one) => {
    const text = one.repeat(100_000);
    const pieces = [...textPieces(text, undefined, { space: "kept", punctuation: true })];
    expect(pieces.join("")).toBe(text);
    // llama.cpp takes about 3 ms for so many
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(8192);
    expect(pieces.filter((piece) => /[\uD800-\uDBFF]$/.test(piece))).toEqual([]);
  });

  it("go on to the next boundary of words where that is near", () => {
    const word = "x".repeat(6000);
    expect([...textPieces(`${word} ${word} y`, undefined, { space: "kept", punctuation: true })]).toEqual([word, ` ${word}`, " y"]);
  });
});
