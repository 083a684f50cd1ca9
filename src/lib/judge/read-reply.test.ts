import { describe, expect, it } from "vitest";
import type { ChosenLogprob } from "../openai/completion.js";
import { findValue, readReply } from "./read-reply.js";
import { areTokenwise, readDistribution } from "./token-distribution.js";

describe("readReply", () => {
  it.each([
    ['{"score": 4}', 4, null],
    ['{"justification": "Says 5 of 5, but wrong.", "score": 2}', 2, "Says 5 of 5, but wrong."],
    ['```json\n{"score": 3, "justification": "ok"}\n```', 3, "ok"],
    ['Sure! Here it is: {"score": "4", "justification": "a } in text"} Anything else?', "4", "a } in text"],
    ["score: 4\njustification: It fits.", "4", "It fits."],
    ['{"score": 4, "justification": "it was cut', 4, null],
    ['{"Score": 5}', 5, null],
  ])("reads %j", (text, value, justification) => {
    const reply = readReply(text, "score");
    expect(reply).not.toHaveProperty("problem");
    expect({ ...reply, value: String((reply as { value: unknown }).value) }).toEqual({ value: String(value), justification });
  });

  it.each([
    ["", /said nothing/],
    ["   \n", /said nothing/],
    ["The answer is good, I would say 4.", /no verdict in: "The answer/],
    ["I'm sorry, but I cannot grade this.", /refused/],
    ['{"rating": 4}', /no verdict/],
    ['{"score": null}', /no verdict/],
    ["[4]", /no verdict/],
    ['{"score"', /no verdict/],
  ])("says why %j cannot be read", (text, problem) => {
    expect((readReply(text, "score") as { problem: string }).problem).toMatch(problem);
  });

  it("finds a member's value only where it is a member of the object itself", () => {
    const text = '{"justification": "\\"score\\": 5", "nested": {"score": 1}, "score": 2}';
    expect(text.slice(findValue(text, "score"))).toBe("2}");
    expect(findValue('{"a": {"score": 3}}', "score")).toBeUndefined();
    expect(findValue('{"justification": "the \\"score\\": 4 is', "score")).toBeUndefined();
  });
});

describe("readDistribution", () => {
  const token = (text: string, top: Record<string, number> = {}): ChosenLogprob => ({
    ...{ text, bytes: [...Buffer.from(text)], logprob: Math.log(top[text] ?? 1) },
    top: Object.entries(top).map(([other, p]) => ({ text: other, bytes: [...Buffer.from(other)], logprob: Math.log(p) })),
  });
  const levels = ["1", "2", "3", "4", "5"];

  it("reads the place of the score, not a digit of the justification", () => {
    const tokens = [
      token('{"justification": "'),
      token("Gives", { Gives: 0.9 }),
      token(" 5", { " 5": 0.99, " 1": 0.01 }),
      token(' facts", "score":'),
      token(" 2", { " 2": 0.5, " 1": 0.3, " x": 0.2 }),
      token("}"),
    ];
    const text = tokens.map((one) => one.text).join("");
    const read = readDistribution(text, tokens, { key: "score", options: levels });
    expect(read?.mass).toBeCloseTo(0.8, 10);
    expect(read?.probabilities.map((p) => Number(p.toFixed(3)))).toEqual([0.375, 0.625, 0, 0, 0]);
  });

  it("reads values that share a token with quotes and braces", () => {
    const tokens = [token('{"winner":'), token(' "A', { ' "A': 0.6, ' "B': 0.3, ' "tie': 0.1 }), token('"}')];
    const read = readDistribution(tokens.map((one) => one.text).join(""), tokens, { key: "winner", options: ["A", "B", "tie"] });
    expect(read?.probabilities.map((p) => Number(p.toFixed(3)))).toEqual([0.6, 0.3, 0.1]);
    const braced = [token('{"score":'), token("4}", { "4}": 0.75, "5}": 0.25 })];
    expect(readDistribution('{"score":4}', braced, { key: "score", options: levels })?.probabilities[3]).toBeCloseTo(0.75, 10);
  });

  it("gives nothing without the member, without tokens, and where no option is likely", () => {
    expect(readDistribution("prose 4", [token("prose 4")], { key: "score", options: levels })).toBeUndefined();
    expect(readDistribution('{"score": 4}', [], { key: "score", options: levels })).toBeUndefined();
    const other = [token('{"score": '), token("x", { x: 1 }), token("}")];
    expect(readDistribution('{"score": x}', other, { key: "score", options: levels })).toBeUndefined();
  });

  it("knows scales whose levels begin alike", () => {
    expect(areTokenwise(levels)).toBe(true);
    expect(areTokenwise([...levels, "10"])).toBe(false);
  });
});
