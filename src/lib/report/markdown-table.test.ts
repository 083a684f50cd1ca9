import { describe, expect, it } from "vitest";
import { escapeCell, markdownCode, markdownTable } from "./markdown-table.js";

describe("a text in a Markdown table", () => {
  it.each([
    ["<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"],
    ["[here](javascript:alert(1))", "[here\\](javascript:alert(1))"],
    ["![x](http://evil/x.png)", "\\![x\\](http://evil/x.png)"],
    ["&lt;b&gt; &#60;", "&amp;lt;b&amp;gt; &amp;#60;"],
    ["out \\| of", "out \\\\\\| of"],
    ["two\nlines", "two lines"],
    ["`code` \\`", "\\`code\\` \\\\\\`"],
    ["@org/team and me@example.org 5 @ 9", "@\u200borg/team and me@example.org 5 @ 9"],
    ["\u001b]0;title\u0007text", "\\x1b]0;title\\x07text"],
    ["AT&T [0.1, 0.2] top_p C:\\dir", "AT&T [0.1, 0.2] top_p C:\\dir"],
  ])("%j is written %j", (text, written) => expect(escapeCell(text)).toBe(written));

  it("ends no code that it stands in", () => {
    expect(markdownCode("a`<b>\n\u202e@org")).toBe("`a'<b> \\u202e@org`");
  });

  it("cannot make columns", () => {
    expect(markdownTable(["a"], [["x | y"]]).split("\n")[2]).toBe("| x \\| y |");
  });
});
