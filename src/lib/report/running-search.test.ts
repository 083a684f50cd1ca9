import { expect, it } from "vitest";
import { scriptedTarget } from "../../../test/helpers/scripted-target.js";
import { studyJournal, studyPlan, yesSamples } from "../../../test/helpers/study-plan.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { parseObjective } from "../experiments/optimize/objective.js";
import { planOptimization } from "../experiments/optimize/plan-optimization.js";
import { Optimization } from "../experiments/optimize/run-optimization.js";
import { TrialLog } from "../experiments/optimize/trial-log.js";
import { parseSearch } from "../experiments/study/parse-search.js";
import { TargetPool } from "../experiments/study/target-pool.js";
import { describeRunningSearch } from "./running-search.js";

const TRIALS = 3;
const { scorers, primary } = studyPlan([], 1, { strategies: [{}] });
const ACCURACY = { ...parseObjective("accuracy"), scorer: primary };
const LENGTH = { ...parseObjective("response_length:min"), scorer: scorers.find(({ name }) => name === "response_length") };

/** What is said before each trial, and at the end, of a search whose cold setting is right and whose others are wrong. */
async function said(objectives: (typeof LENGTH)[]): Promise<string[][]> {
  const folder = temporaryFolder();
  const dimensions = parseSearch(["temperature=0,0.5,1"]);
  const dataset = { name: "d", path: "d.jsonl", digest: "0".repeat(64), samples: yesSamples(20), available: 20 };
  const { search } = planOptimization(dataset, {
    ...{ dimensions, fixed: {}, rows: 20, repeats: 1, proofRows: 0, seed: 3, concurrency: 1, minEffect: 0 },
    scorers: { scorers, primary },
  });
  const target = scriptedTarget(({ temperature }) => (temperature === 0 ? "yes" : "no"));
  const optimization = new Optimization(search, new TargetPool(search, () => Promise.resolve(target)), {
    ...{ search: { dimensions, seed: 3 }, objectives, constraints: [], trials: TRIALS, parallel: 1, race: false },
    ...{ limits: { timeoutMs: 60_000, retries: 0 }, log: new TrialLog(folder), journal: studyJournal(folder) },
  });
  const lines: string[][] = [];
  const tell = () => lines.push(describeRunningSearch(optimization, objectives, TRIALS));
  await optimization.search(() => undefined, tell);
  tell();
  return lines;
}

it("says of a running search which trial it is at, and what is best so far with its interval", async () => {
  const lines = await said([ACCURACY]);
  expect(lines.map(([head]) => head)).toEqual(["Trial 1 of 3", "Trial 2 of 3", "Trial 3 of 3", "Trial 3 of 3"]);
  expect(lines[0]).toHaveLength(1);
  const [, best = "", setting] = lines.at(-1) ?? [];
  expect(best).toMatch(/^Best accuracy so far: \d+\.\d % \(\d+\.\d % - 100\.0 %\)$/);
  expect(setting).toBe("  at temperature=0");
});

it("says of several objectives how many trials are on the front", async () => {
  expect((await said([ACCURACY, LENGTH])).at(-1)).toEqual(["Trial 3 of 3", expect.stringMatching(/^[123] trials? on the front so far$/)]);
});
