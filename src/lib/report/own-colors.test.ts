import { Chalk } from "chalk";
import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { fromOwnColors, withOwnColors, withoutColors } from "./own-colors.js";
import { visibleText } from "./visible-text.js";

const RUNS = 1000;
const chalk = withOwnColors(new Chalk({ level: 1 }));

describe("visibleText", () => {
  it.each([
    ["\u001b[31mred\u001b[39m", "\\x1b[31mred\\x1b[39m"],
    ["\u009b31mC1", "\\x9b31mC1"],
    ["\u001b]0;title\u0007text", "\\x1b]0;title\\x07text"],
    ["\u001b]52;c;ZXZpbA==\u001b\\", "\\x1b]52;c;ZXZpbA==\\x1b\\"],
    ["\u009d0;title\u009ctext", "\\x9d0;title\\x9ctext"],
    ["bell\u0007 \u0000nul \u007f", "bell\\x07 \\x00nul \\x7f"],
    ["a\tb\nc\r\nd", "a\tb\nc\nd"],
    ["passed\rfailed", "passed\\x0dfailed"],
    ["next\u0085line\u2028and\u2029on", "next\\x85line\\u2028and\\u2029on"],
    ["safe\u202eexe.txt\u2066 \u200e\u200f\u061c", "safe\\u202eexe.txt\\u2066 \\u200e\\u200f\\u061c"],
    ["hi\u{e0041}\u{e0042}", "hi\\u{e0041}\\u{e0042}"],
    ["\u{1f3f4}\u{e0067}\u{e0062}\u{e0069}", "\u{1f3f4}\\u{e0067}\\u{e0062}\\u{e0069}"],
    ["\u001b", "\\x1b"],
    ["\\x1b is text", "\\x1b is text"],
  ])("of %j is %j", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it.each(["👩‍👩‍👧‍👦", "❤️", "🇩🇪", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "हिन्दी", "می‌خواهم", "葛󠄀", "שלום"])("leaves %s whole", (text) => {
    expect(visibleText(text)).toBe(text);
  });

  it("leaves nothing a terminal would obey, whatever it is given, and all that is plain", () => {
    const piece = constantFrom(
      "\u001b",
      "\u202e",
      "\u2067",
      "\u{e0041}",
      "\u009b",
      "\u009d",
      "\u0090",
      "[",
      "]",
      "31m",
      "0;",
      "\u0007",
      "\\",
      "P",
      "2J",
      "\n",
      "\r",
      "é",
      "中",
    );
    assert(
      property(array(piece, { maxLength: 20 }), string({ unit: "grapheme" }), (pieces, text) => {
        const shown = visibleText(pieces.join("") + text);
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0041}]/u);
        expect(visibleText(shown)).toBe(shown);
        expect(fromOwnColors(shown)).toBe(shown);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("colors of our own", () => {
  it("reach the terminal; those of a text do not, inside ours either", () => {
    const line = `${chalk.red("failed")}: \u001b[32mpassed\u001b[39m ${chalk.yellow("it says \u001b[8mnothing")}`;
    expect(fromOwnColors(visibleText(line))).toBe(
      "\u001b[31mfailed\u001b[39m: \\x1b[32mpassed\\x1b[39m \u001b[33mit says \\x1b[8mnothing\u001b[39m",
    );
    expect(withoutColors(visibleText(line))).toBe("failed: \\x1b[32mpassed\\x1b[39m it says \\x1b[8mnothing");
  });

  it("can be within each other", () => {
    expect(fromOwnColors(chalk.red(`a ${chalk.bold("b")} ${chalk.green("c")} d`))).toBe(
      new Chalk({ level: 1 }).red(`a ${new Chalk({ level: 1 }).bold("b")} ${new Chalk({ level: 1 }).green("c")} d`),
    );
  });
});
