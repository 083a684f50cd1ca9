import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import type { Sample } from "../dataset/sample.js";
import type { Completion } from "../../inference/openai/completion.js";
import { containsScorer } from "./contains.js";
import { exactScorer } from "./exact.js";
import { latencyScorer } from "./latency.js";
import { responseLengthScorer } from "./response-length.js";
import { parseExpression } from "./expression.js";
import { resolveScorers } from "./scorers.js";
import { tokensPerSecondScorer } from "./tokens-per-second.js";

const sample = (answer: string | null): Sample => ({
  id: "1",
  question: "?",
  answer,
  answers: answer === null ? [] : [answer],
  topic: null,
  fields: {},
});
const completion = (text: string, tokens = 4): Completion => ({
  text,
  finishReason: "stop",
  choices: [],
  usage: { promptTokens: 3, completionTokens: tokens },
  timing: { firstTokenMs: 10, totalMs: 500 },
});

describe("exact and contains", () => {
  it.each([
    ["Paris", "Paris", 1, 1],
    ["  paris. ", "Paris", 1, 1],
    ["The capital of France is Paris.", "Paris", 0, 1],
    ["The euro.", "euro", 1, 1],
    ["Parisian", "Paris", 0, 0],
    ["The symbol is Fe, of course", "Fe", 0, 1],
    ["It is helium", "He", 0, 0],
    ["São Tomé", "são tomé", 1, 1],
    ["", "Paris", 0, 0],
  ])("grade %j against %j", (text, answer, exact, contains) => {
    expect(exactScorer.score(sample(answer), completion(text)).value).toBe(exact);
    expect(containsScorer.score(sample(answer), completion(text)).value).toBe(contains);
  });

  it("leave a sample without a usable reference unscored, not wrong", () => {
    expect(exactScorer.score(sample(null), completion("x")).value).toBeNull();
    expect(containsScorer.score(sample(null), completion("x")).value).toBeNull();
    expect(containsScorer.score(sample(" "), completion("x")).value).toBeNull();
    expect(containsScorer.score(sample("..."), completion("x")).value).toBe(0);
  });
});

describe("measures", () => {
  it("count words, seconds and tokens per second", () => {
    expect(responseLengthScorer.score(sample(null), completion("one two\nthree ")).value).toBe(3);
    expect(latencyScorer.score(sample(null), completion("x")).value).toBe(0.5);
    expect(tokensPerSecondScorer.score(sample(null), completion("x", 4)).value).toBe(8);
    expect(tokensPerSecondScorer.score(sample(null), completion("", 0)).value).toBeNull();
  });
});

const grade = async (spec: string, text: string, answer: string | null = null) => {
  const { primary } = await resolveScorers([spec]);
  return (await primary.score(sample(answer), completion(text))).value;
};

describe("numeric", () => {
  it.each([
    ["numeric", "2 + 2 = 4", "4", 1],
    ["numeric", "It is 1,234.5 km.", "1234.5", 1],
    ["numeric", "about -3e2", "-300", 1],
    ["numeric", "3.1", "3", 0],
    ["numeric:0.05", "3.1", "3", 1],
    ["numeric:0.01", "3.1", "3", 0],
    ["numeric", "none", "3", 0],
    ["numeric", "3", "three", null],
  ])("%s of %j against %j is %j", async (spec, text, answer, value) => expect(await grade(spec, text, answer)).toBe(value));
});

describe("overlap of texts", () => {
  it("has the values of the published definitions", async () => {
    // Lin 2004, section 3.2: "police kill the gunman" has LCS 2 of 3 and of 4 words with "police killed the gunman", less articles
    expect(await grade("rouge_l", "police kill gunman", "police killed gunman")).toBeCloseTo(2 / 3, 12);
    expect(await grade("token_f1", "red green blue", "green yellow")).toBeCloseTo((2 * 1) / 5, 12);
    expect(await grade("bleu", "one two three four five", "one two three four five")).toBeCloseTo(1, 12);
    // precisions 1, (1+1)/(1+1), 1, 1 for two words of four: brevity exp(1 - 4/2)
    expect(await grade("bleu", "one two", "one two three four")).toBeCloseTo(Math.exp(-1), 12);
    expect(await grade("bleu", "", "one")).toBe(0);
    // kitten - sitting: 3 edits (Levenshtein's usual example)
    expect(await grade("levenshtein", "kitten", "sitting")).toBeCloseTo(1 - 3 / 7, 12);
    expect(await grade("levenshtein", "Same ", "same")).toBe(1);
  });
});

describe("form", () => {
  it("is matched, counted and measured", async () => {
    expect(await grade("regex:^\\d+$", "42")).toBe(1);
    expect(await grade("regex:^\\d+$", "42 ")).toBe(0);
    expect(await grade("terms:red,blue", "Red, red and blue")).toBe(3);
    expect(await grade("json", '```json\n{"a": 1}\n```')).toBe(1);
    expect(await grade("json", "{a}")).toBe(0);
    expect(await grade("refusal", "I’m sorry, but I can’t help with that.")).toBe(1);
    expect(await grade("refusal", "The capital is Bern.")).toBe(0);
    // 13 words, 1 sentence, 24 syllables: "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature" is 37.5 by Flesch's formula
    expect(await grade("readability", "The cat sat on the mat.")).toBeCloseTo(206.835 - 1.015 * 6 - 84.6, 6);
    expect(await grade("readability", "42")).toBeNull();
  });

  it("follows a JSON schema", async () => {
    const path = join(temporaryFolder(), "schema.json");
    writeFileSync(path, JSON.stringify({ type: "object", required: ["answer"], properties: { answer: { type: "integer" } } }));
    expect(await grade(`json_schema:${path}`, '{"answer": 3}')).toBe(1);
    const { primary } = await resolveScorers([`json_schema:${path}`]);
    expect(await primary.score(sample(null), completion('{"answer": "x"}'))).toEqual({ value: 0, explanation: "/answer must be integer" });
  });
});

describe("several answers", () => {
  const many = { ...sample("Rome"), answers: ["Rome", "Roma"] };
  it("are alternatives, or all wanted", async () => {
    expect(containsScorer.score(many, completion("Roma!")).value).toBe(1);
    expect((await (await resolveScorers(["contains_all"])).primary.score(many, completion("Rome, or Roma"))).value).toBe(1);
    expect((await (await resolveScorers(["contains_all"])).primary.score(many, completion("Rome"))).value).toBe(0);
  });
});

describe("custom scorers", () => {
  const module = (content: string) => {
    const path = join(temporaryFolder(), "mine.mjs");
    writeFileSync(path, content);
    return path;
  };

  it("are modules: a function, or an object", async () => {
    expect(await grade(module("export default (s, c) => c.text === s.answer"), "x", "x")).toBe(1);
    const path = module(
      "export default { name: 'short', kind: 'rate', direction: 'min', score: async () => ({ value: 0.25, explanation: 'why' }) }",
    );
    const { primary } = await resolveScorers([path]);
    expect(primary).toMatchObject({ name: "short", kind: "rate", direction: "min" });
    expect(await primary.score(sample(null), completion("x"))).toEqual({ value: 0.25, explanation: "why" });
    const bad = (await resolveScorers([module("export default () => 'good'")])).primary;
    await expect(bad.score(sample(null), completion("x"))).rejects.toThrow(/gave 'good'/);
  });

  it("are commands that read and print JSON", async () => {
    const script = module(
      "let t=''; for await (const c of process.stdin) t+=c; const {sample, completion}=JSON.parse(t); console.log(JSON.stringify({value: completion.text.length, explanation: sample.id}))",
    );
    const { primary } = await resolveScorers([`command:"${process.execPath}" ${script}`]);
    expect(await primary.score(sample(null), completion("four"))).toEqual({ value: 4, explanation: "1" });
    const failing = (await resolveScorers(["command:echo oh no >&2; exit 3"])).primary;
    await expect(failing.score(sample(null), completion("x"))).rejects.toThrow(/ended with 3: oh no/);
    const silent = (await resolveScorers(["command:true"])).primary;
    await expect(silent.score(sample(null), completion("x"))).rejects.toThrow(/printed no JSON/);
  });
});

describe("formulas", () => {
  it("combine what other scorers gave", async () => {
    const { scorers, primary } = await resolveScorers(["mix=0.7*contains + 0.3*(1 - min(response_length, 10)/10)"]);
    expect(primary.name).toBe("mix");
    expect(scorers.map(({ name }) => name).indexOf("contains")).toBeLessThan(scorers.indexOf(primary));
    const earlier = { contains: { value: 1 }, response_length: { value: 5 } };
    expect((await primary.score(sample("x"), completion("x"), { earlier })).value).toBeCloseTo(0.85, 12);
    expect((await primary.score(sample("x"), completion("x"), { earlier: { contains: { value: null } } })).value).toBeNull();
  });

  it.each([
    ["2 + 3 * 4 - 6 / 2", 11],
    ["-(2 - 5) * max(1, 2, 3)", 9],
    ["sqrt(abs(-9)) + log(1)", 3],
    ["1 / 0", null],
  ])("%s is %j", (text, value) => expect(parseExpression(text).evaluate({})).toBe(value));

  it.each([["1 +"], ["(1"], ["a b"], ["process.exit()"], [""], ["2 ** 3"], ["1.2.3"]])("%j is refused", async (text) => {
    expect((await errorOf(() => parseExpression(text))).code).toBe("INVALID_ARGUMENT");
  });
});

it.each([["rouge"], ["./none.mjs"], ["regex:("], ["numeric:x"], ["terms:"], ["json_schema:none.json"], ["a=b+"], ["x=nobody"]])(
  "%s is refused with what there is",
  async (spec) => {
    const error = await errorOf(() => resolveScorers([spec]));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.hint).toBeDefined();
  },
);

it("refuses two scorers of one name that differ, whichever comes first", async () => {
  for (const specs of [
    ["regex:a", "regex:zzz"],
    ["regex:zzz", "regex:a"],
    ["mix=contains+exact", "mix=contains"],
  ]) {
    const error = await errorOf(() => resolveScorers(specs));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(error.message).toContain(specs.join(" and "));
  }
  const { asked } = await resolveScorers(["contains", "regex:a", "contains", "mix=contains+regex", "regex:a"]);
  expect(asked.map(({ name }) => name)).toEqual(["contains", "regex", "contains", "mix", "regex"]);
});
