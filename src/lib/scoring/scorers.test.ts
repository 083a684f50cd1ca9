import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import type { Completion } from "../openai/completion.js";
import { containsScorer } from "./contains.js";
import { exactScorer } from "./exact.js";
import { latencyScorer } from "./latency.js";
import { responseLengthScorer } from "./response-length.js";
import { findReferenceScorer } from "./scorers.js";
import { tokensPerSecondScorer } from "./tokens-per-second.js";

const sample = (answer: string | null) => ({ id: "1", question: "?", answer, topic: null });
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
    expect(containsScorer.score(sample("..."), completion("x")).value).toBeNull();
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

it("findReferenceScorer names the scorers there are", async () => {
  const error = await errorOf(() => findReferenceScorer("rouge"));
  expect(error.message).toContain('"rouge"');
  expect(error.hint).toContain("contains, exact");
});
