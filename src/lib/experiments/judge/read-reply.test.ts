import { describe, expect, it } from "vitest";
import type { ChosenLogprob } from "../../inference/openai/completion.js";
import { findVerdict, readReply } from "./read-reply.js";
import { areTokenwise, readDistribution } from "./token-distribution.js";

const valueOf = (text: string, key = "score") => {
  const reply = readReply(text, key);
  return "problem" in reply ? reply.problem : String(reply.value);
};

describe("readReply", () => {
  it.each([
    ['{"score": 4}', "4"],
    ['{"justification": "Says 5 of 5, but wrong.", "score": 2}', "2"],
    ['```json\n{"score": 3, "justification": "ok"}\n```', "3"],
    ['Sure! Here it is: {"score": "4", "justification": "a } in text"} Anything else?', "4"],
    ["score: 4\njustification: It fits.", "4"],
    ['{"Score": 5}', "5"],
    ['{"score": 2, "justification": "uses ```json {\\"score\\": 1}``` fences"}', "2"],
  ])("reads %j", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it("reads the justification beside it", () => {
    expect(readReply('{"score": 4, "justification": "a } in text"}', "score")).toEqual({ value: 4, justification: "a } in text" });
    expect(readReply("Score: 4\nJustification: It fits.", "score")).toEqual({ value: "4", justification: "It fits." });
  });

  it.each([
    ["thoughts", '<think>I might say {"score": 1}.</think>{"score": 4}', "4"],
    ["a draft", '{"score": 2}\n\nOn reflection:\n{"score": 4}', "4"],
    ["a draft before a line", '{"score": 2}\n\nFinal score: 4', "4"],
    ["a draft before an end that was cut", '{"score": 2}\nNo:\n{"score": 4, "justification": "bec', "4"],
    ["the format it was given", 'The format is {"score": <1-5>, "justification": "..."}.\n{"score": 4}', "4"],
    ["the format after it", '{"score": 4}\nin the format {"score": "<1-5>"}', "4"],
    ["another object after it", '{"score": 4}\n{"confidence": 3}', "4"],
  ])("passes over %s", (_, text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    ["a comment", '{"score": 4, // it\'s good\n "justification": "ok"}', "4"],
    ["a trailing comma", '{"score": 4, "justification": "ok",}', "4"],
    ["raw new lines", '{"justification": "line one\nline two", "score": 4}', "4"],
    ["Python's notation", "{'score': 4, 'justification': \"it's fine\", 'x': None}", "4"],
    ["bare keys", "{score: 4}", "4"],
    ["a fraction without quotes", '{"score": 4/5, "justification": "ok"}', "4/5"],
    ["quotes in quotes", '{"justification": "he said "no" twice", "score": 4}', "4"],
    ["a wrapper", '{"result": {"score": 4, "justification": "ok"}}', "4"],
    ["a wrapper of text", '{"final": "{\\"score\\": 4}"}', "4"],
    ["a list", '[{"score": 4}]', "4"],
  ])("understands JSON with %s", (_, text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    ["**Score:** 4\n\nBecause it is good.", "4"],
    ["**Score**: 4/5", "4/5"],
    ["- `Score: 4 out of 5`", "4 out of 5"],
    ["### Final score: 4.5", "4.5"],
    ["Score: -4", "-4"],
    ["Score: 2\nScore: 3", "3"],
  ])("reads the line %j", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    ["4/5", "4/5"],
    [" **4 out of 5**\n", "4 out of 5"],
    ["4", "4"],
    ["<think>Not 2.</think>\n3.5/5.", "3.5/5"],
  ])("reads %j, which is a value and nothing else", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each(["-4", "~4", "> 4", "4, 5", "4,5", "4/5/3", "4 5", "4!", "4?", "4%", "1. 4", "3-4", "4/5 because it fits", "4 stars"])(
    "does not take %j for a value",
    (text) => {
      expect(valueOf(text)).toMatch(/no verdict/);
    },
  );

  it.each([
    ["", /said nothing/],
    ["   \n", /said nothing/],
    ["<think>Four, I would say.", /thought and said nothing/],
    ["The answer is good, I would say 4.", /no verdict in: "The answer/],
    ["I'm sorry, but I cannot grade this.", /refused: "I'm sorry/],
    ['{"rating": 4}', /no verdict/],
    ['{"score": null}', /no verdict/],
    ['{"score": {"low": 2, "high": 4}}', /no verdict/],
    ['{"score": 3}\n{"score": null}', /no verdict/],
    ["[4]", /no verdict/],
    ['{"score"', /no verdict/],
    ["Score: 80%", /no verdict/],
    ["Score: between 3 and 4", /no verdict/],
    ['{"accuracy": {"score": 4}, "clarity": {"score": 2}}', /no verdict/],
    ['[{"score": 4}, {"score": 2}]', /several verdicts/],
    ['{"score": "4 out', /no verdict/],
    ["{".repeat(60_000), /no verdict/],
  ])("says why %j cannot be read", (text, problem) => {
    expect(valueOf(text)).toMatch(problem);
  });

  it("reads a value that was cut off after it, and says so", () => {
    expect(readReply('{"score": 4, "justification": "it was cut', "score")).toEqual({ value: "4", justification: null, cutOff: true });
  });

  it("finds a member's value only where it is a member of the object itself", () => {
    const text = '{"justification": "\\"score\\": 5", "nested": {"score": 1}, "score": 2}';
    expect(text.slice(findVerdict(text, "score"))).toBe("2}");
    expect(findVerdict('{"a": {"score": 3}}', "score")).toBeUndefined();
    expect(findVerdict('{"justification": "the \\"score\\": 4 is', "score")).toBeUndefined();
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
    const read = readDistribution(tokens, { key: "score", options: levels });
    expect(read?.mass).toBeCloseTo(0.8, 10);
    expect(read?.probabilities.map((p) => Number(p.toFixed(3)))).toEqual([0.375, 0.625, 0, 0, 0]);
  });

  it("reads values that share a token with quotes and braces", () => {
    const tokens = [token('{"winner":'), token(' "A', { ' "A': 0.6, ' "B': 0.3, ' "tie': 0.1 }), token('"}')];
    const read = readDistribution(tokens, { key: "winner", options: ["A", "B", "tie"] });
    expect(read?.probabilities.map((p) => Number(p.toFixed(3)))).toEqual([0.6, 0.3, 0.1]);
    const braced = [token('{"score":'), token("4}", { "4}": 0.75, "5}": 0.25 })];
    expect(readDistribution(braced, { key: "score", options: levels })?.probabilities[3]).toBeCloseTo(0.75, 10);
  });

  it("gives nothing without the member, without tokens, and where no option is likely", () => {
    expect(readDistribution([token("prose 4")], { key: "score", options: levels })).toBeUndefined();
    expect(readDistribution([], { key: "score", options: levels })).toBeUndefined();
    const other = [token('{"score": '), token("x", { x: 1 }), token("}")];
    expect(readDistribution(other, { key: "score", options: levels })).toBeUndefined();
  });

  it("reads the last verdict, not a draft in the thoughts or before it", () => {
    const drafted = (draft: string) => [token(draft), token('{"score": '), token("4", { 4: 0.75, 5: 0.25 }), token("}")];
    for (const draft of ['<think>"ü" {"score": 1}</think>', '{"score": 1} or rather ']) {
      expect(readDistribution(drafted(draft), { key: "score", options: levels })?.probabilities[3]).toBeCloseTo(0.75, 10);
    }
  });

  it("knows scales whose levels begin alike", () => {
    expect(areTokenwise(levels)).toBe(true);
    expect(areTokenwise([...levels, "10"])).toBe(false);
  });
});
