import { describe, expect, it } from "vitest";
import { BUILT_IN_JUDGES, chooseMethod } from "../../src/lib/experiments/judge/judge-methods.js";
import type { CustomJudge } from "../../src/lib/experiments/plugins/plugin.js";
import { checkJudge, checkJudging } from "../../src/lib/experiments/plugins/testing/check-judge.js";

describe("the contract of judges", () => {
  it.each(BUILT_IN_JUDGES.names)("is kept by %s", (name) => checkJudging(chooseMethod(name)));

  let calls = 0;
  it.each<[string, CustomJudge, RegExp]>([
    ["leaves the scale", { score: () => 6 }, /it gave 6, not a score from 1 to 5/],
    ["judges otherwise each time", { score: () => 1 + (calls++ % 5) }, /another verdict the second time/],
    ["asks although it says it does not", { asksModel: false, score: async ({ ask }) => (await ask()).text.length && 1 }, /asks no model/],
    [
      "has a distribution of fewer levels",
      { score: () => ({ score: 3, distribution: [0.5, 0.5] }) },
      /not a probability for each of 5 levels/,
    ],
    ["prefers neither", { score: () => 3, compare: () => "C" as never }, /not A, B, or tie/],
    ["gives nothing", { score: () => undefined as never }, /not a verdict/],
  ])("is broken by one that %s", async (_, judge, broken) => {
    await expect(checkJudge(judge)).rejects.toThrow(broken);
  });
});
