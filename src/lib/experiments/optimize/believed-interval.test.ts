import { expect, it } from "vitest";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { studyJournal, yesSamples } from "../../../../test/helpers/study-plan.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { createRandom, deriveSeed } from "../../base/math/random.js";
import { containsScorer } from "../scoring/contains.js";
import { parseSearch } from "../study/parse-search.js";
import { TargetPool } from "../study/target-pool.js";
import { believedInterval } from "./believed-interval.js";
import { parseObjective, type Objective, type Resolved } from "./objective.js";
import { planOptimization } from "./plan-optimization.js";
import { Optimization } from "./run-optimization.js";
import { TrialLog } from "./trial-log.js";

const OBJECTIVE: Resolved<Objective> = { ...parseObjective("accuracy"), scorer: containsScorer };
const STUDIES = 60;

interface World {
  rows: number;
  trials: number;
  /** How often a setting is right, over all rows there could be. */
  rate: (temperature: number) => number;
}

interface Found {
  holds: boolean;
  low: number;
  high: number;
}

/** A search in a world of its own; the interval of what it believes best, and whether the truth is in it. */
async function search(study: number, { rows, trials, rate }: World): Promise<Found> {
  // rows differ in how hard they are; a row that is easy is so for every setting
  const target = scriptedTarget(({ temperature = 1, messages }) => {
    const row = messages.at(-1)?.content ?? "";
    const [ease, luck] = [deriveSeed(study, "row", row), deriveSeed(study, "answer", row, temperature)].map((seed) => createRandom(seed)());
    return ((ease ?? 0) + (luck ?? 0)) / 2 < quantileOfSum(rate(temperature)) ? "yes" : "no";
  });
  const samples = yesSamples(rows);
  const words = ["temperature=0..1.5"];
  const { search: plan } = planOptimization(
    { name: "d", path: "d.jsonl", digest: "0".repeat(64), samples, available: rows },
    {
      ...{ dimensions: parseSearch(words), fixed: { max_tokens: 16 }, rows, repeats: 1, proofRows: 0, seed: study },
      ...{ concurrency: 4, minEffect: 0, scorers: { scorers: [containsScorer], primary: containsScorer } },
    },
  );
  const folder = temporaryFolder();
  const optimization = new Optimization(plan, new TargetPool(plan, () => Promise.resolve(target)), {
    ...{ search: { dimensions: parseSearch(words), seed: study }, objectives: [OBJECTIVE], constraints: [], trials, parallel: 1 },
    ...{ race: false, limits: { timeoutMs: 60_000, retries: 0 }, log: new TrialLog(folder), journal: studyJournal(folder) },
  });
  await optimization.search(() => undefined);
  const best = optimization.study.best();
  if (!best) throw new Error("nothing is believed");
  const truth = rate(Number(best.trial.params["temperature"]));
  const { low, high } = believedInterval(best, { objective: OBJECTIVE, table: optimization.run.table });
  return { holds: low <= truth && truth <= high, low, high };
}

/** Below it lies the mean of two even numbers with this probability. */
function quantileOfSum(share: number): number {
  return share < 0.5 ? Math.sqrt(share / 2) : 1 - Math.sqrt((1 - share) / 2);
}

it.each<[string, World]>([
  ["few rows on which most settings are right", { rows: 6, trials: 5, rate: () => 0.9 }],
  ["few rows, and settings that differ", { rows: 6, trials: 5, rate: (temperature) => 0.95 - 0.3 * temperature ** 2 }],
  ["more rows", { rows: 24, trials: 5, rate: (temperature) => 0.8 - 0.2 * (temperature - 0.6) ** 2 }],
])("the interval of what is believed best holds the truth about as often as it says: %s", async (_name, world) => {
  const studies = await Array.from({ length: STUDIES }, (_, i) => i).reduce<Promise<Found[]>>(
    async (before, i) => [...(await before), await search(i, world)],
    Promise.resolve([]),
  );
  expect(studies.filter(({ holds }) => holds).length / STUDIES).toBeGreaterThanOrEqual(0.9);
});

it("rows that all agree leave open what so few of them can", async () => {
  const { low, high } = await search(1, { rows: 6, trials: 5, rate: () => 1 });
  expect([low, high]).toEqual([expect.closeTo(0.61, 2), 1]); // Wilson's interval of 6 of 6
});
