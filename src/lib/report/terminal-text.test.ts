import { Chalk } from "chalk";
import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { fromOwnColours, visibleText, withOwnColours, withoutColours } from "./terminal-text.js";

const RUNS = 1000;
const chalk = withOwnColours(new Chalk({ level: 1 }));

describe("visibleText", () => {
  it.each([
    ["\u001b[31mred\u001b[39m", "red"],
    ["\u001b[2J\u001b[1;1Hgone", "gone"],
    ["\u001b[38;5;196mdeep\u001b[0m", "deep"],
    ["\u009b31mC1", "C1"],
    ["\u001b]0;title\u0007text", "text"],
    ["\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u009d0;title\u009ctext", "text"],
    ["\u001bP1$q\u001b\\text", "text"],
    ["\u001b_apc\u001b\\text", "text"],
    ["\u001bcreset \u001b(B \u001b7", "reset  "],
    ["\u001b]0;never ended", "0;never ended"],
    ["\u001b]0;over\nlines\u0007", "0;over\nlines "],
    ["bell\u0007 \u0000nul", "bell   nul"],
    ["a\rb\r\nc", "a\nb\nc"],
    ["safe\u202eexe.txt\u2066", "safeexe.txt"],
    ["\u001b", ""],
  ])("of %j is %j", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it("leaves nothing a terminal would obey, whatever it is given, and all that is plain", () => {
    const piece = constantFrom(
      "\u001b",
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
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        expect(fromOwnColours(shown)).toBe(shown);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("colours of our own", () => {
  it("reach the terminal; those of a text do not, inside ours either", () => {
    const line = `${chalk.red("failed")}: \u001b[32mpassed\u001b[39m ${chalk.yellow("it says \u001b[8mnothing")}`;
    expect(fromOwnColours(visibleText(line))).toBe("\u001b[31mfailed\u001b[39m: passed \u001b[33mit says nothing\u001b[39m");
    expect(withoutColours(visibleText(line))).toBe("failed: passed it says nothing");
  });

  it("can be within each other", () => {
    expect(fromOwnColours(chalk.red(`a ${chalk.bold("b")} ${chalk.green("c")} d`))).toBe(
      new Chalk({ level: 1 }).red(`a ${new Chalk({ level: 1 }).bold("b")} ${new Chalk({ level: 1 }).green("c")} d`),
    );
  });
});
