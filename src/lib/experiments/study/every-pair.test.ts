import { expect, it } from "vitest";
import { studyPlan } from "../../../../test/helpers/study-plan.js";
import { AllPairs } from "../../base/stats/all-pairs.js";
import { tellPairs } from "./every-pair.js";
import { ScoreTable } from "./score-table.js";
import { pairsOf, rank, summarize } from "./summarize.js";

const SAMPLES = 40;

/** What is told of so many settings, of which each is right once more often than the one before, and of the last as often as all. */
async function told(settings: number) {
  const plan = studyPlan([{ name: "seed", values: Array.from({ length: settings }, (_, i) => i) }], SAMPLES);
  const table = new ScoreTable(plan);
  for (let setting = 0; setting < settings; setting++) {
    for (let sample = 0; sample < SAMPLES; sample++)
      table.setScores({ setting, sample, repeat: 0 }, { contains: { value: sample < 5 + 10 * Math.min(setting, 3) ? 1 : 0 } });
  }
  const pairs = new AllPairs(...pairsOf(plan, table));
  return { ...(await tellPairs(rank(plan, table), pairs, "max")), summary: summarize(plan, { table, stopped: new Map() }, [], pairs) };
}

it("tells the verdict on every two settings, the worst difference first, as the letters and the comparisons with the best have it", async () => {
  const { told: what, every = [], summary } = await told(5);
  expect([what, every.length]).toEqual(["every pair", 10]);
  expect(every[0]).toMatchObject({ first: 3, second: 0, difference: -0.75, verdict: "worse", samples: SAMPLES });
  expect(every.map(({ difference }) => difference)).toEqual(every.map(({ difference }) => difference).sort((a, b) => a - b));
  for (const { first, second, verdict, p_value, low } of every) {
    const [a, b] = [summary.settings[first]!, summary.settings[second]!];
    const shares = Array.from(a.letters).some((letter) => b.letters.includes(letter));
    expect(verdict === "worse").toBe(!shares);
    if (first === summary.reference)
      expect([verdict, p_value, low]).toEqual([b.comparison?.verdict, b.comparison?.pValue, b.comparison?.low]);
  }
});

it("tells of more than 30 settings only the comparisons with the reference, and says so", async () => {
  expect((await told(30)).every).toHaveLength(435);
  const { every, told: what, most_settings } = await told(31);
  expect([every, what, most_settings]).toEqual([undefined, "with the reference", 30]);
});
