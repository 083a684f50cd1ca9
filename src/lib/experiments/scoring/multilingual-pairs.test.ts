import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { resolveScorers } from "./scorers.js";

interface Pair {
  language: string;
  scorer: string;
  say: string;
  /** One reference, several, or none. */
  answer: string | string[] | null;
  expect: number | null;
  note?: string;
}

const path = new URL("../../../../test/fixtures/multilingual-pairs.jsonl", import.meta.url);
const pairs = readFileSync(path, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Pair);

it("is a table of 200 pairs or more in 25 languages or more", () => {
  expect(pairs.length).toBeGreaterThanOrEqual(200);
  expect(new Set(pairs.map(({ language }) => language)).size).toBeGreaterThanOrEqual(25);
});

it.each(pairs)("$language: $scorer of $say against $answer is $expect", async ({ scorer, say, answer, expect: value }) => {
  const { primary } = await resolveScorers([scorer]);
  const answers = answer === null ? [] : [answer].flat();
  const sample = { id: "1", question: "?", answer: answers[0] ?? null, answers, topic: null, fields: {} };
  const choice = { text: say, finishReason: "stop" as const, toolCalls: [], logprobs: undefined };
  const usage = { promptTokens: 1, completionTokens: 1 };
  const score = await primary.score(sample, { ...choice, choices: [choice], usage, timing: { firstTokenMs: 1, totalMs: 2 } });
  if (value === null) expect(score.value).toBeNull();
  else expect(score.value).toBeCloseTo(value, 9);
});
