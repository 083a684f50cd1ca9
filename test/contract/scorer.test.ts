import { describe, expect, it } from "vitest";
import { checkScorer, checkScoring } from "../../src/lib/experiments/plugins/testing/check-scorer.js";
import { BUILT_IN_SCORERS } from "../../src/lib/experiments/scoring/built-in-scorers.js";
import type { CustomScorer, ScoreFunction } from "../../src/lib/experiments/scoring/module-types.js";
import { resolveScorers } from "../../src/lib/experiments/scoring/scorers.js";

const ARGUMENTS: Record<string, string> = {
  numeric: "0.01",
  regex: "^\\w+",
  terms: "Paris,word",
  json_schema: "schemas/error-1.json",
  command: "cat > /dev/null; echo 0.5",
};
const definitions = [...BUILT_IN_SCORERS];
const alone = definitions.filter(({ about }) => about !== undefined).map(({ name }) => name);
const withArgument = definitions.flatMap(({ name, argument }) => (argument ? [`${name}:${ARGUMENTS[name] ?? ""}`] : []));

describe("the contract of scorers", () => {
  it.each([...alone, ...withArgument])("is kept by %s", async (written) => {
    await checkScoring((await resolveScorers([written])).primary);
  });

  let calls = 0;
  it.each<[string, CustomScorer | ScoreFunction, RegExp]>([
    ["gives what is not a number", () => "good" as never, /gave 'good'/],
    ["gives another score each time", () => calls++, /the same answer has the same score/],
    ["leaves its range", { range: [0, 1], score: (_, { text }) => text.length }, /outside its range 0 to 1/],
    ["gives a rate above 1", { kind: "rate", score: (_, { text }) => text.length }, /a rate is from 0 to 1/],
    ["scores without the reference it needs", { needsReference: true, score: () => 1 }, /without a reference answer/],
    [
      "changes the row",
      {
        score: ({ answers }) => {
          (answers as string[]).push("more");
          return 1;
        },
      },
      /changes the row/,
    ],
  ])("is broken by one that %s", async (_, scorer, broken) => {
    await expect(checkScorer(scorer)).rejects.toThrow(broken);
  });
});
