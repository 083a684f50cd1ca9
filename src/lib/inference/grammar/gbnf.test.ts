import { describe, expect, it } from "vitest";
import { GbnfSampler } from "../../../../test/helpers/gbnf-sampler.js";
import { processorTime } from "../../../../test/helpers/processor-time.js";
import { checkGbnf } from "./gbnf-check.js";
import { readGbnf, WrongGrammar } from "./gbnf.js";

/** Why a grammar is refused; undefined where it is not. */
function refusalOf(grammar: string): string | undefined {
  try {
    checkGbnf(readGbnf(grammar));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof WrongGrammar) return thrown.message;
    throw thrown;
  }
}

describe("a grammar", () => {
  it.each<[grammar: string, right: string[], wrong: string[]]>([
    ['root ::= "a" [b-d]+ # a note\n', ["ab", "adcb"], ["a", "ae", "b"]],
    ['root ::= ("x" | "y"){2,3} "!"?', ["xy", "yyx!"], ["x", "xyxy"]],
    ['root ::= "\\x41\\u00e9\\n" [^0-9]', ["Aé\n-"], ["Aé\n7"]],
    ['root ::= other*\nother ::= "ab" |\n  "c"', ["", "abc", "cab"], ["a"]],
    ["root ::= . .", ["é😀"], ["a"]],
  ])("%j matches what it says", (grammar, right, wrong) => {
    const sampler = new GbnfSampler(grammar);
    expect([...right, ...wrong].filter((text) => sampler.matches(text))).toEqual(right);
    expect(refusalOf(grammar)).toBeUndefined();
  });

  const chain = (count: number) => Array.from({ length: count }, (_, i) => `r${i} ::= r${i + 1} "a" | r${i + 1} "b"`).join("\n");
  const doubled = (count: number) =>
    [...Array.from({ length: count }, (_, i) => `r${i} ::= r${i + 1} r${i + 1}`), `r${count} ::= ""`].join("\n");
  it.each([
    ['rot ::= "a"', "no rule named root"],
    ["root ::= other", "other is used but not defined"],
    ['root ::= "a', "ends inside a string"],
    ['root ::= "a" )', "unexpected character"],
    ['root ::= "\\q"', "unknown escape sequence \\q"],
    ["root ::= [z]{3,1}", "the minimum of repetitions, 3, is greater than the maximum, 1"],
    ["root ::= [z]{3000}", "repeated more than"],
    ["root ::= [z]{a}", "expected a number of repetitions in braces, such as {2}"],
    ["root ::= ([z]", "expected a closing )"],
    ["root = [z]", "expected ::="],
    ["root ::= <[1000]>", "tokens"],
    ['root ::= root "a" | "b"', "begins with itself"],
    ['root ::= empty root "a" | "b"\nempty ::= other\nother ::= ""', "begins with itself"],
    ['root ::= "a" root', "no text matches"],
    [`root ::= r0\n${chain(40)}\nr40 ::= "x"`, "too many ways"],
    ['root ::= ("a"?){600}', "ways at once"],
    [`root ::= "a" r0 root "z" | "b" r0 root "z" | "0"\n${doubled(18)}`, "between two characters"],
    ['root ::= twice*\ntwice ::= "a" | "a" "a" | one one\none ::= "a" | ("a" | "aa") one | "aa" twice twice', "ways at once"],
  ])("%j is refused: %s", (grammar, message) => {
    const spent = processorTime();
    expect(refusalOf(grammar)).toContain(message);
    expect(spent()).toBeLessThan(2000);
  });

  it("says in which line it is wrong", () => {
    expect(refusalOf('root ::= a\na ::= "x" ]')).toContain("line 2");
  });
});
