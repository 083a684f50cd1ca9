import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { studyJournal, yesSamples } from "../../../../test/helpers/study-plan.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { createRandom } from "../../base/math/random.js";
import type { ChatRequest } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { containsScorer } from "../scoring/contains.js";
import { latencyScorer } from "../scoring/latency.js";
import { responseLengthScorer } from "../scoring/response-length.js";
import type { Scorer } from "../scoring/scorer.js";
import { parseSearch } from "../study/parse-search.js";
import { StudyJournal } from "../study/study-journal.js";
import { TargetPool } from "../study/target-pool.js";
import type { Run } from "../../tracking/records.js";
import { directionOf, measure, parseConstraint, parseObjective, TOTAL, type Objective, type Resolved } from "./objective.js";
import { planOptimization, planProof } from "./plan-optimization.js";
import { proveCandidates } from "./proof.js";
import { Optimization, type OptimizationOptions } from "./run-optimization.js";
import { TrialLog } from "./trial-log.js";
import { toKnown } from "./warm-start.js";

const ACCURACY: Resolved<Objective> = { ...parseObjective("accuracy"), scorer: containsScorer };
const DATASET = { name: "d", path: "d.jsonl", digest: "0".repeat(64), samples: yesSamples(90), available: 90 };

/** Right the more often the nearer the temperature is to 0.6; some samples are harder than others. */
function answer({ temperature = 1, seed = 0, messages }: ChatRequest & { seed?: number }): string {
  const hardness = (Number(messages.at(-1)?.content.slice(1)) % 10) / 30;
  return createRandom(seed)() < 0.95 - hardness - 0.9 * (temperature - 0.6) ** 2 ? "yes" : "no";
}

const planOf = (change: Partial<Parameters<typeof planOptimization>[1]> = {}, words = ["temperature=0..1.5"]) =>
  planOptimization(DATASET, {
    ...{
      dimensions: parseSearch(words),
      fixed: { max_tokens: 16 },
      rows: 60,
      repeats: 1,
      proofRows: 200,
      seed: 3,
      concurrency: 4,
      minEffect: 0,
    },
    scorers: { scorers: [containsScorer, responseLengthScorer, latencyScorer], primary: containsScorer },
    ...change,
  });

interface Given extends Partial<OptimizationOptions> {
  target?: CompletionTarget;
  words?: string[];
  folder?: string;
}

function open({
  target = scriptedTarget(answer),
  words = ["temperature=0..1.5"],
  folder = temporaryFolder(),
  ...change
}: Given = {}): Optimization {
  const { search: plan } = planOf({}, words);
  const journal = change.journal ?? studyJournal(folder);
  return new Optimization(plan, new TargetPool(plan, () => Promise.resolve(target)), {
    ...{
      search: { dimensions: parseSearch(words), seed: 3 },
      objectives: [ACCURACY],
      constraints: [],
      trials: 12,
      parallel: 1,
      race: true,
    },
    ...{ limits: { timeoutMs: 60_000, retries: 0 }, log: new TrialLog(folder), ...change, journal },
  });
}

async function run(given: Given = {}): Promise<Optimization> {
  const optimization = open(given);
  optimization.restore();
  await optimization.search(() => undefined);
  return optimization;
}

describe("a search over settings", () => {
  it("finds the best, stops what is clearly worse, and measures all over the same samples", async () => {
    const found = await run({ trials: 16 });
    const best = found.study.best();
    expect(Number(best?.trial.params["temperature"])).toBeGreaterThan(0.25);
    expect(Number(best?.trial.params["temperature"])).toBeLessThan(0.95);
    const results = found.results();
    expect(results).toHaveLength(16);
    const stopped = results.filter(({ state }) => state === "stopped");
    expect(stopped.length).toBeGreaterThan(0);
    for (const { params, problem } of stopped) {
      expect(Math.abs(Number(params["temperature"]) - 0.6)).toBeGreaterThan(0.2);
      expect(problem).toContain("clearly worse than");
    }
    for (const { index, state, values } of results) {
      expect(found.run.table.counts(index).done).toBe(state === "finished" ? 60 : found.run.table.counts(index).done);
      expect(values[0]?.se).toBeGreaterThan(0);
    }
    expect(found.candidates(3)[0]).toEqual(best?.trial.params);
    expect(found.candidates(3).every((params) => results.some((one) => one.params === params && one.state === "finished"))).toBe(true);
  });

  it("over a grid tries all of it, and then stops", async () => {
    const words = ["temperature=0,0.6,1.2"];
    const found = await run({ words, trials: 16, race: false, search: { dimensions: parseSearch(words), seed: 3, sampler: "grid" } });
    expect(found.results().map(({ params }) => params)).toEqual([{ temperature: 0 }, { temperature: 0.6 }, { temperature: 1.2 }]);
    expect(found.stopped).toBe("every setting was tried");
    expect(found.best()?.trial.params).toEqual({ temperature: 0.6 });
  });

  it("does the same with the same seed, also where it was interrupted", async () => {
    const whole = (await run()).results();
    const folder = temporaryFolder();
    const stop = new AbortController();
    let calls = 0;
    const target = scriptedTarget((request) => {
      if (++calls === 250) stop.abort();
      return answer(request);
    });
    const journal = studyJournal(folder);
    const first = open({ folder, journal, target, signal: stop.signal });
    first.restore();
    await first.search(() => undefined);
    expect(first.run.status).toBe("interrupted");
    expect(first.results().at(-1)?.state).toBe("running");
    journal.close({ finished: false });
    appendFileSync(join(folder, "trials.jsonl"), '{"trial": 99, "par'); // as a kill leaves it
    const again = await run({ folder, journal: StudyJournal.open(folder, "test") });
    expect(again.run.resumed).toBeGreaterThan(200);
    expect(again.results().map(({ params, values, state }) => ({ params, values, state }))).toEqual(
      whole.map(({ params, values, state }) => ({ params, values, state })),
    );
  });

  it("takes a setting that fails as the worst, and ends with the reason where all do", async () => {
    const broken = (above: number) =>
      scriptedTarget((request) => {
        if ((request.temperature ?? 1) > above) throw new LlmopsError("ENDPOINT_REFUSED", `no ${request.temperature}`);
        return answer(request);
      });
    const found = await run({ target: broken(0.8) });
    const states = found.results().map(({ state }) => state);
    expect(states).toContain("failed");
    expect(states.filter((state) => state === "failed").length).toBeLessThan(8);
    expect(Number(found.study.best()?.trial.params["temperature"])).toBeLessThan(0.8);
    const error = await errorOf(() => run({ target: broken(-1), trials: 3 }));
    expect([error.exitCode, error.message]).toEqual([3, expect.stringContaining("All 3 trials failed")]);
    const punished = await run({ target: broken(0.8), penalty: -1 });
    expect(punished.study.outcomeOf({ index: punished.results().findIndex(({ state }) => state === "failed") })).toEqual({
      values: [{ value: -1 }],
    });
  });

  it("runs trials again that failed, when it goes on and is asked to", async () => {
    const folder = temporaryFolder();
    const journal = studyJournal(folder);
    let isBroken = true;
    const target = scriptedTarget((request) => {
      if (isBroken && (request.temperature ?? 1) > 0.8) throw new Error("busy");
      return answer(request);
    });
    const first = await run({ folder, journal, target, trials: 5 });
    expect(first.results().some(({ state }) => state === "failed")).toBe(true);
    journal.close({ finished: true });
    isBroken = false;
    const healed = await run({ folder, journal: StudyJournal.open(folder, "test"), target, trials: 5, retryFailed: true, race: false });
    expect(healed.results().map(({ state }) => state)).toEqual(new Array(5).fill("finished"));
  });

  it("is interrupted, not broken, when it ends while a model is opened", async () => {
    const stop = new AbortController();
    const words = ["model=a,b"];
    const { search: plan } = planOf({}, words);
    const folder = temporaryFolder();
    const open = () => {
      stop.abort();
      return Promise.reject(new LlmopsError("ABORTED", "Interrupted."));
    };
    const optimization = new Optimization(plan, new TargetPool(plan, open), {
      ...{
        search: { dimensions: parseSearch(words), seed: 3 },
        objectives: [ACCURACY],
        constraints: [],
        trials: 12,
        parallel: 1,
        race: true,
      },
      ...{ limits: { timeoutMs: 1000, retries: 0 }, log: new TrialLog(folder), journal: studyJournal(folder), signal: stop.signal },
    });
    await optimization.search(() => undefined);
    expect([optimization.run.status, optimization.results()[0]?.state]).toEqual(["interrupted", "running"]);
  });

  it("has no speed of a trial that was not timed", async () => {
    const folder = temporaryFolder();
    const journal = studyJournal(folder);
    await run({ folder, journal, trials: 1 });
    journal.close({ finished: false });
    const log = new TrialLog(folder);
    log.write(0, { state: "running" }); // as when it was killed before it was noted
    const again = open({ folder, journal: StudyJournal.open(folder, "test"), trials: 1 });
    again.restore();
    await again.search(() => undefined);
    expect(again.results()[0]).toMatchObject({ state: "finished" });
    expect(again.results()[0]?.total).toBeUndefined();
  });

  it("lives with an objective that is constant, or that nobody scores", async () => {
    const constant = await run({ target: scriptedTarget(() => "yes"), trials: 8 });
    expect(constant.study.best()?.mean).toBeCloseTo(1, 6);
    const mute: Scorer = { name: "mute", kind: "mean", direction: "max", score: () => ({ value: null }) };
    const unscored = await run({ objectives: [{ ...ACCURACY, scorer: mute }], trials: 4 });
    expect(unscored.study.best()).toBeUndefined();
    expect(unscored.study.outcomeOf({ index: 0 })).toEqual({ failed: "nothing was scored" });
  });

  it("ends when nothing gets better, when little is expected, and when every setting was tried", async () => {
    expect((await run({ patience: 3, trials: 100 })).stopped).toBe("patience");
    expect((await run({ leastImprovement: 10, trials: 100 })).stopped).toBe("improvement");
    const few = await run({ words: ["max_tokens=1..3"], search: { dimensions: parseSearch(["max_tokens=1..3"]), seed: 1 }, trials: 100 });
    expect([few.stopped, new Set(few.results().map(({ params }) => params["max_tokens"]))]).toEqual([
      "every setting was tried",
      new Set([1, 2, 3]),
    ]);
  });

  it("runs several trials at the same time, never the same", async () => {
    const found = await run({ parallel: 4, trials: 9 });
    expect(new Set(found.results().map(({ params }) => JSON.stringify(params))).size).toBe(9);
    expect(found.results().every(({ state }) => state === "finished" || state === "stopped")).toBe(true);
  });

  it("keeps conditions on other quantities", async () => {
    const wordy = scriptedTarget((request) => `${answer(request)}${" word".repeat(Math.round(10 * (request.temperature ?? 1)))}`);
    const constraint = { ...parseConstraint("response_length>=11"), scorer: responseLengthScorer };
    const found = await run({ target: wordy, constraints: [constraint], trials: 16 });
    expect(Number(found.study.best()?.trial.params["temperature"])).toBeGreaterThanOrEqual(0.95);
  });

  it("has no best and nothing to prove where no trial keeps the conditions", async () => {
    const impossible = { ...parseConstraint("response_length<0.5"), scorer: responseLengthScorer };
    const found = await run({ constraints: [impossible], trials: 5 });
    expect(found.results().map(({ feasible }) => feasible)).toEqual(new Array(5).fill(false));
    expect([found.best(), found.candidates(3)]).toEqual([undefined, []]);
  });

  it("proves only settings that keep the conditions, also where others have the better objective", async () => {
    const wordy = scriptedTarget((request) => `${answer(request)}${" word".repeat(Math.round(10 * (request.temperature ?? 1)))}`);
    const constraint = { ...parseConstraint("response_length>=14"), scorer: responseLengthScorer };
    const found = await run({ target: wordy, constraints: [constraint], trials: 6, race: false });
    const kept = found.results().flatMap(({ feasible, params }) => (feasible === true ? [params] : []));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(6);
    expect(found.candidates(6)).toHaveLength(kept.length);
    expect(kept).toEqual(expect.arrayContaining(found.candidates(6)));
    expect(kept).toContain(found.best()?.trial.params);
  });

  it("finds a front of two objectives", async () => {
    const wordy = scriptedTarget((request) => `${answer(request)}${" word".repeat(Math.round(10 * (request.temperature ?? 1)))}`);
    const shortest: Resolved<Objective> = { ...parseObjective("response_length:min"), scorer: responseLengthScorer };
    const found = await run({ target: wordy, objectives: [ACCURACY, shortest], trials: 14, race: true });
    expect(found.study.best()).toBeUndefined();
    expect(found.study.front().length).toBeGreaterThan(2);
    expect(found.study.front().every(({ params }) => Number(params["temperature"]) < 0.9)).toBe(true);
    expect(found.results().every(({ state }) => state === "finished")).toBe(true);
  });
});

describe("what is searched for", () => {
  it("is read as it is written", async () => {
    expect(parseObjective("accuracy")).toMatchObject({ name: "accuracy", spec: "contains", direction: undefined });
    expect(parseObjective("judge:accuracy:max")).toMatchObject({ name: "judge:accuracy", spec: "judge:accuracy", direction: "max" });
    expect(parseObjective("latency_p95:min")).toMatchObject({
      name: "latency_p95",
      spec: "latency_seconds",
      percentile: 0.95,
      direction: "min",
    });
    expect(parseObjective("mix=contains-0.1*latency_seconds")).toMatchObject({ name: "mix", spec: "mix=contains-0.1*latency_seconds" });
    expect(parseObjective("contains - 0.1*latency_seconds")).toMatchObject({
      name: "objective",
      spec: "objective=contains - 0.1*latency_seconds",
    });
    expect(parseObjective("./mine.mjs")).toMatchObject({ spec: "./mine.mjs" });
    expect(parseObjective(TOTAL)).toMatchObject({ spec: undefined });
    expect(parseConstraint("latency_p95<2")).toMatchObject({ spec: "latency_seconds", percentile: 0.95, sense: -1, bound: 2 });
    expect(directionOf({ ...parseObjective("latency"), scorer: latencyScorer })).toBe("min");
    const error = await errorOf(() => directionOf({ ...parseObjective("response_length"), scorer: responseLengthScorer }));
    expect(error.hint).toContain("response_length:min");
  });

  it("is measured as a mean, a percentile or a total", async () => {
    const { run: state, plan } = await run({ trials: 2, race: false });
    const facts = { table: state.table, trials: 2, totals: new Map([[1, 50]]) };
    expect(measure({ ...parseObjective(TOTAL), scorer: undefined }, facts)).toEqual([{ value: Number.NaN }, { value: 50 }]);
    const [median] = measure({ ...parseObjective("accuracy_p50"), scorer: containsScorer }, facts);
    expect([0, 1]).toContain(median?.value);
    const [mean] = measure(ACCURACY, facts);
    const own = state.table.values("contains", 0).flat();
    expect(mean?.value).toBeCloseTo(own.reduce((a, b) => a + b, 0) / plan.dataset.samples.length, 9);
  });
});

describe("the proof", () => {
  it("has rows of its own", () => {
    const { search, heldOut } = planOf();
    const [searched, held] = [search.dataset.samples, heldOut?.samples ?? []].map((samples) => new Set(samples.map(({ id }) => id)));
    expect([searched?.size, held?.size]).toEqual([60, 30]);
    expect([...(held ?? [])].some((id) => searched?.has(id))).toBe(false);
    expect(planOf({ rows: 200 }).search.dataset.samples).toHaveLength(60);
    expect(planOf({ rows: 200, proofRows: 0 }).search.dataset.samples).toHaveLength(90);
  });

  it("refuses a dataset too small for one", async () => {
    const two = { ...DATASET, samples: yesSamples(2) };
    const options = { ...{ dimensions: [], fixed: {}, rows: 60, repeats: 1, proofRows: 10, seed: 1, concurrency: 1, minEffect: 0 } };
    const error = await errorOf(() =>
      planOptimization(two, { ...options, scorers: { scorers: [containsScorer], primary: containsScorer } }),
    );
    expect(error.hint).toContain("--proof 0");
  });

  it("tells a better setting from the default, and calls no equal one better", async () => {
    const { search, heldOut } = planOf();
    if (!heldOut) throw new Error("no rows");
    const plan = planProof(
      search,
      { ...heldOut, samples: DATASET.samples },
      { candidates: [{ temperature: 0.6 }, { temperature: 1.9 }], repeats: 3 },
    );
    const targets = new TargetPool(plan, () => Promise.resolve(scriptedTarget(answer)));
    const options = { limits: { timeoutMs: 1000, retries: 0 }, journal: studyJournal() };
    const total: Resolved<Objective> = { ...parseObjective(TOTAL), scorer: undefined };
    const spread: Resolved<Objective> = { ...parseObjective("response_length_p50:min"), scorer: responseLengthScorer };
    const proof = await proveCandidates(plan, targets, { objectives: [ACCURACY, spread], others: [total] }, options);
    const [first, better, worse] = proof.settings;
    expect(first?.comparisons).toEqual({});
    expect(better?.comparisons["accuracy"]).toMatchObject({ verdict: "better", n: 90 });
    expect(worse?.comparisons["accuracy"]).toMatchObject({ verdict: "worse" });
    expect(better?.comparisons["response_length_p50"]).toMatchObject({ pValue: null, difference: 0, verdict: "cannot tell" });
    expect(better?.estimates[TOTAL]?.mean).toBeGreaterThan(0);
    expect(better?.estimates[TOTAL]?.n).toBe(12);
  });
});

it("a warm start takes runs that have all parameters within the space and all objectives", () => {
  const run = (params: Record<string, string>, metrics: Record<string, number>) =>
    ({ params, metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 })) }) as unknown as Run;
  const known = toKnown(
    [
      run({ temperature: "0.5", top_k: "4" }, { "objective/accuracy": 0.8, "objective/accuracy_se": 0.1 }),
      run({ temperature: "0.7", top_k: "3" }, { contains: 0.9, contains_ci_low: 0.9 - 0.196, contains_ci_high: 0.9 + 0.196 }),
      run({ temperature: "5", top_k: "3" }, { contains: 0.9 }),
      run({ temperature: "0.5", top_k: "3.5" }, { contains: 0.9 }),
      run({ temperature: "0.5" }, { contains: 0.9 }),
      run({ temperature: "0.5", top_k: "4" }, { exact: 0.9 }),
    ],
    parseSearch(["temperature=0..1", "top_k=1..10"]),
    [parseObjective("accuracy")],
  );
  expect(known).toEqual([
    { params: { temperature: 0.5, top_k: 4 }, outcome: { values: [{ value: 0.8, se: 0.1 }] } },
    { params: { temperature: 0.7, top_k: 3 }, outcome: { values: [{ value: 0.9, se: expect.closeTo(0.1, 3) as number }] } },
  ]);
});
