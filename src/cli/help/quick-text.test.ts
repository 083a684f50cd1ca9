import { Config } from "@oclif/core";
import { CommandHelp } from "@oclif/core/help";
import fc from "fast-check";
import { expect, it } from "vitest";
import { onlyTemplates, wrapPlain } from "./quick-text.js";

const CONFIG = Object.assign(new Config({ root: process.cwd() }), { bin: "llmops" });
const help = (maxWidth: number) => new CommandHelp({} as never, CONFIG, { maxWidth });
/** Words of all sorts, with spaces of all sorts around them. */
const TEXT = fc
  .array(fc.oneof(fc.constantFrom(" ", "  ", "\n", "a", "word", "--a-long-flag=VALUE", "±", "\u001b[4mred\u001b[24m", "😀"), fc.string()))
  .map((parts) => parts.join(" ").replaceAll(/<%|%>/g, ""));

it("breaks lines where oclif does", () => {
  fc.assert(
    fc.property(TEXT, fc.integer({ min: 4, max: 60 }), (text, width) => {
      const wrap = (line: string) => help(width).wrap(line, 0);
      expect(wrapPlain(text, width, wrap)).toBe(wrap(text));
    }),
  );
});

it("leaves nearly everything to itself", () => {
  const wrapped: string[] = [];
  const wrap = (line: string) => {
    wrapped.push(line);
    return line;
  };
  expect(wrapPlain("one two three\nfour", 8, wrap)).toBe("one two\nthree\nfour");
  expect(wrapPlain("± 1\nlong-words are cut", 5, wrap)).toBe("± 1\nlong-words are cut");
  expect(wrapped).toEqual(["± 1", "long-words are cut"]);
});

it("renders templates as oclif does, and nothing else", () => {
  const render = onlyTemplates((text) => `rendered ${text}`);
  expect(["<%= config.bin %>", "5 % of it", "a < b"].map(render)).toEqual(["rendered <%= config.bin %>", "5 % of it", "a < b"]);
});
