import { describe, expect, it } from "vitest";
import { toOptimizationResult } from "../../src/lib/experiments/optimize/optimization-result.js";
import { parseObjective } from "../../src/lib/experiments/optimize/objective.js";
import { planOptimization, planProof } from "../../src/lib/experiments/optimize/plan-optimization.js";
import { proveCandidates } from "../../src/lib/experiments/optimize/proof.js";
import { Optimization } from "../../src/lib/experiments/optimize/run-optimization.js";
import { TrialLog } from "../../src/lib/experiments/optimize/trial-log.js";
import { optimizationPage } from "../../src/lib/report/page/study-pages.js";
import { writePage } from "../../src/lib/report/page/write-page.js";
import { containsScorer } from "../../src/lib/experiments/scoring/contains.js";
import { parseSearch } from "../../src/lib/experiments/study/parse-search.js";
import { TargetPool } from "../../src/lib/experiments/study/target-pool.js";
import { openFilePage } from "../helpers/browser-page.js";
import { scriptedTarget } from "../helpers/scripted-target.js";
import { studyJournal, yesSamples } from "../helpers/study-plan.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

/** The page of a search whose answers are right below temperature 0.5; one of its values wants to be a script. */
async function page(): Promise<string> {
  const folder = temporaryFolder();
  const dimensions = parseSearch(["temperature=0..1", "model=</script><b>a,b"]);
  const dataset = { name: "d", path: "d.jsonl", digest: "0".repeat(64), samples: yesSamples(60), available: 60 };
  const scorers = { scorers: [containsScorer], primary: containsScorer };
  const options = { fixed: {}, rows: 20, repeats: 1, proofRows: 40, seed: 1, concurrency: 2, minEffect: 0, scorers, dimensions };
  const { search: plan, heldOut } = planOptimization(dataset, options);
  const limits = { timeoutMs: 1000, retries: 0 };
  const objectives = [{ ...parseObjective("accuracy"), scorer: containsScorer }];
  const open = () => Promise.resolve(scriptedTarget(({ temperature = 1 }) => (temperature < 0.5 ? "yes" : "no")));
  const targets = new TargetPool(plan, open);
  const optimization = new Optimization(plan, targets, {
    ...{ search: { dimensions, seed: 1 }, objectives, constraints: [], trials: 10, parallel: 1, race: false, limits },
    ...{ log: new TrialLog(folder), journal: studyJournal(folder) },
  });
  await optimization.search(() => undefined);
  const proofPlan = planProof(plan, heldOut ?? dataset, { candidates: optimization.candidates(2), repeats: 1 });
  const proof = await proveCandidates(
    proofPlan,
    targets.beside(proofPlan),
    { objectives, others: [] },
    { limits, journal: studyJournal() },
  );
  const result = toOptimizationResult(optimization, proof, {
    ...{
      command: "llmops optimize",
      commandName: "llmops optimize",
      studyId: "i",
      sampler: "gp",
      heldOut: 40,
      objectives,
      constraints: [],
    },
    ...{ target: { model: "scripted", location: "memory" }, seconds: 1, trackingUri: ".", experiment: "e", experimentId: "1", runId: "r" },
    ...{ trialRunIds: [], proofRunIds: [] },
  });
  return writePage(optimizationPage(result));
}

describe.skipIf(lacks("chromium"))("the page of a search", () => {
  it("shows what is proven, charts of what is believed, and every trial, offline and without an error", async () => {
    const { tab, errors } = await openFilePage(await page());
    await tab.getByRole("heading", { level: 1, name: "optimize temperature, model: scripted" }).waitFor();
    expect(await tab.locator("p.verdict").textContent()).toMatch(/is better than the default by accuracy/);
    const proof = tab.getByRole("region", { name: "Proof", exact: true });
    expect(await proof.textContent()).toContain("proven");
    await tab.locator("canvas").first().waitFor();
    const trials = tab.getByRole("region", { name: "Table of trials" }).getByRole("row");
    expect(await trials.count()).toBe(11);
    await tab.getByLabel("Order").selectOption("first tried first");
    expect(await trials.nth(1).textContent()).toMatch(/^Trial 1/);
    expect(await tab.locator("td b").count()).toBe(0);
    expect(errors).toEqual([]);
  });
});
