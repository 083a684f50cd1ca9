import { mean } from "simple-statistics";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { parseFailUnder } from "../gates/requirement.js";
import { openLocalStore } from "../../tracking/open-local-store.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { checkPromotion, type PromotionCheck, type PromotionOptions } from "./promote.js";
import { parsePromotion } from "./promotion-requirement.js";

interface Evaluated {
  metrics: Record<string, number>;
  /** Scores of "accuracy", null where a cell has none. */
  scores?: readonly (number | null)[];
  digest?: string;
  /** What each sample asks; without it the table does not say. */
  ask?: (i: number) => string;
}

/** So many rights of n, as scores. */
const right = (count: number, n = 60): number[] => Array.from({ length: n }, (_, i) => (i < count ? 1 : 0));
const meanOf = (scores: readonly (number | null)[]) => mean(scores.filter((score) => score !== null));

let store: TrackingStore;
beforeEach(async () => {
  store = openLocalStore(temporaryFolder(), { create: true });
  onTestFinished(() => store.close());
  await store.createExperiment({ name: "e" });
  await store.registry.createModel({ name: "qa" });
});

/** Registers a version with a run of its own, and gives its number. */
async function register({ metrics, scores, digest, ask }: Evaluated): Promise<string> {
  const { runId } = await store.createRun({ experimentId: "1", startTime: 1 });
  const points = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 }));
  await store.logBatch(runId, { metrics: points });
  if (digest !== undefined) {
    const dataset = { name: "d", digest, sourceType: "local", source: "{}", schema: null, profile: null, tags: {} };
    await store.logInputs(runId, { datasets: [dataset] });
  }
  if (scores) {
    const table = ask
      ? { columns: ["id", "inputs", "accuracy"], data: scores.map((score, i) => [String(i + 1), ask(i), score]) }
      : { columns: ["id", "accuracy"], data: scores.map((score, i) => [`q${i}`, score]) };
    await store.writeArtifact(runId, "eval_results_table.json", JSON.stringify(table));
  }
  return (await store.registry.createVersion({ name: "qa", source: "x", runId })).version;
}

const scored = (scores: readonly (number | null)[]) => register({ metrics: { accuracy: meanOf(scores) }, scores });
const within = (value: number, low: number, high: number, digest?: string) =>
  register({ metrics: { accuracy: value, accuracy_ci_low: low, accuracy_ci_high: high }, ...(digest !== undefined && { digest }) });

async function check(version: string, text: string, options: Partial<PromotionOptions> = {}): Promise<PromotionCheck> {
  const requirement = text.startsWith("fail ") ? parseFailUnder(text.slice(5)) : parsePromotion(text);
  const found = await store.registry.getVersion("qa", version);
  return checkPromotion(store, found, requirement, { places: ["champion"], margin: 0, limit: { count: 0 }, ...options });
}

it("a run that broke off is not evidence", async () => {
  const version = await scored(right(60));
  const { runId } = await store.registry.getVersion("qa", version);
  expect(await check(version, "accuracy>=0.5")).toMatchObject({ state: "met" });
  await store.updateRun(runId ?? "", { status: "KILLED", endTime: 2 });
  expect(await check(version, "accuracy>=0.5")).toMatchObject({ state: "cannot tell", evidence: expect.stringContaining("ended KILLED") });
});

describe("beside a champion that was asked other questions", () => {
  const asking = (ask: (i: number) => string, count: number) =>
    register({
      metrics: { accuracy: count / 60, accuracy_ci_low: count / 60 - 0.05, accuracy_ci_high: count / 60 + 0.05 },
      scores: right(count),
      ask,
    });

  it.each(["accuracy>champion", "accuracy>=champion"])("%s cannot be told, although the rows have the same numbers", async (text) => {
    await store.registry.setAlias("qa", "champion", await asking((i) => `q${i}`, 20));
    const found = await check(await asking((i) => `other ${i}`, 50), text);
    expect([found.state, found.evidence]).toEqual(["cannot tell", expect.stringContaining("no sample of one asks")]);
  });

  it("only rows that ask the same are compared, and the others are counted", async () => {
    await store.registry.setAlias("qa", "champion", await asking((i) => `q${i}`, 20));
    const { state, evidence } = await check(await asking((i) => (i < 3 ? `other ${i}` : `q${i}`), 50), "accuracy>champion");
    expect([state, evidence]).toEqual([
      "met",
      expect.stringMatching(/over the 57 samples both scored.*3 samples of version 2 are left out/),
    ]);
  });
});

describe("beside the champion, sample by sample", () => {
  const against = async (base: readonly number[], own: readonly number[], text: string, margin = 0) => {
    const champion = await scored(base);
    await store.registry.setAlias("qa", "champion", champion);
    return check(await scored(own), text, { margin });
  };

  it("a loss that chance may have made is not proof of anything: 0.883 beside 0.95 is not promoted", async () => {
    const { state, evidence, hint } = await against(right(57), right(53), "accuracy>=champion");
    expect(state).toBe("cannot tell");
    expect(evidence).toMatch(
      /^accuracy of version 2 minus that of champion \(version 1\): -0.06667 \(-0.1347 to \+0.005716\) over the 60 samples both/,
    );
    expect(evidence).toContain("sign flip p = 0.125");
    expect(hint).toMatch(/^About \d+ more samples would tell; --min-effect D promotes/);
  });

  it.each([
    ["accuracy>champion", 30, 50, 0, "met"],
    ["accuracy>=champion", 30, 50, 0, "met"],
    ["accuracy>champion", 50, 30, 0, "not met"],
    ["accuracy>=champion", 50, 30, 0, "not met"],
    ["accuracy>champion", 50, 51, 0, "cannot tell"],
    ["accuracy>=champion", 50, 51, 0, "cannot tell"],
    ["accuracy>=champion", 50, 50, 0, "cannot tell"],
    ["accuracy>=champion", 50, 51, 0.1, "met"],
    ["accuracy>=champion", 50, 49, 0.1, "met"],
    ["accuracy>=champion", 50, 49, 0.01, "cannot tell"],
    ["accuracy>=champion", 50, 30, 0.1, "not met"],
    ["accuracy<=champion", 50, 30, 0, "met"],
    ["accuracy<champion", 30, 50, 0, "not met"],
  ])("%s with %d and then %d of 60 right and a margin of %d is %#: %s", async (text, before, after, margin, state) => {
    expect(await against(right(before), right(after), text, margin)).toMatchObject({ state });
  });

  it("means the paired test that compare makes, where the means alone would mislead", async () => {
    const easy = right(60, 100);
    const { state, evidence } = await against(
      easy,
      easy.map((value, i) => (i % 10 === 9 ? 1 : value)),
      "accuracy>champion",
    );
    expect([state, evidence]).toEqual(["cannot tell", expect.stringContaining("+0.04")]);
  });

  it("does not trust a few scores that do not differ at all", async () => {
    const [few, many] = [Array.from({ length: 20 }, (_, i) => i / 20), Array.from({ length: 80 }, (_, i) => i / 80)];
    expect(await against(few, few, "accuracy>=champion", 0.02)).toMatchObject({ state: "cannot tell" });
    expect(await against(many, many, "accuracy>=champion", 0.02)).toMatchObject({ state: "met" });
  });
});

describe("beside the champion, without samples in common", () => {
  it("decides by the intervals of both runs, as apart as they are", async () => {
    await store.registry.setAlias("qa", "champion", await within(0.5, 0.45, 0.55));
    const states = async (version: string) => {
      const own = [await check(version, "accuracy>champion"), await check(version, "accuracy>=champion")];
      return [...own, await check(version, "accuracy>=champion", { margin: 0.1 })].map(({ state }) => state);
    };
    expect(await states(await within(0.8, 0.75, 0.85))).toEqual(["met", "met", "met"]);
    expect(await states(await within(0.3, 0.25, 0.35))).toEqual(["not met", "not met", "not met"]);
    expect(await states(await within(0.52, 0.47, 0.57))).toEqual(["cannot tell", "cannot tell", "met"]);
    expect((await check("4", "accuracy>champion")).evidence).toMatch(
      /^accuracy of version 4 is 0.52, of champion \(version 1\) 0.5: \+0.02 \(-0.0507\d* to \+0.0907\d*\), by the intervals of both runs/,
    );
  });

  it("tells nothing of bare numbers, of intervals that leave out their value, or of different data", async () => {
    await store.registry.setAlias("qa", "champion", await within(0.5, 0.45, 0.55, "aaaa"));
    for (const version of [
      await register({ metrics: { accuracy: 0.99 } }),
      await within(0.99, 0.1, 0.2),
      await within(0.9, 0.8, 0.95, "bbbb"),
    ]) {
      const { state, evidence, hint } = await check(version, "accuracy>=champion", { margin: 0.5 });
      expect([state, evidence], version).toEqual(["cannot tell", expect.stringMatching(/no[rt] an interval of version|different data/)]);
      expect(hint).toContain("Evaluate both versions on the same dataset");
    }
  });

  it("tells nothing of two versions that name one run", async () => {
    await store.registry.setAlias("qa", "champion", await scored(right(50)));
    const { runId } = await store.registry.getVersion("qa", "1");
    const { version } = await store.registry.createVersion({ name: "qa", source: "y", runId });
    expect(await check(version, "accuracy>=champion", { margin: 0.1 })).toMatchObject({
      state: "cannot tell",
      evidence: expect.stringContaining("same run"),
    });
  });
});

describe("against a number", () => {
  it("holds by the whole interval: of the run, or of its scores", async () => {
    const version = await within(0.8, 0.75, 0.85);
    const states = await Promise.all(["accuracy>=0.75", "accuracy>=80%", "accuracy>0.9"].map((text) => check(version, text)));
    expect(states.map(({ state }) => state)).toEqual(["met", "cannot tell", "not met"]);
    const own = await scored(right(55));
    expect(await check(own, "accuracy>=0.8")).toMatchObject({ state: "met", evidence: expect.stringContaining("over 60 samples") });
    expect(await check(own, "accuracy>=0.9")).toMatchObject({ state: "cannot tell" });
  });

  it("tells nothing of a bare mean, except where it is taken as it is, or counted", async () => {
    const version = await register({ metrics: { accuracy: 0.99, loss: Number.NaN, model_size_bytes: 5e8 } });
    expect(await check(version, "accuracy>=0.5")).toMatchObject({ state: "cannot tell", hint: expect.stringContaining("--fail-under") });
    expect(await check(version, "loss<1")).toMatchObject({ state: "cannot tell" });
    expect(await check(version, "fail accuracy<0.5")).toMatchObject({ name: "accuracy >= 0.5 by the mean", state: "met" });
    expect(await check(version, "fail loss<1")).toMatchObject({ state: "cannot tell" });
    expect(await check(version, "model_size_bytes<=5e8")).toMatchObject({ state: "met" });
    expect(await check(version, "model_size_bytes<5e8")).toMatchObject({ state: "not met" });
  });

  it("does not take the scores of a column for the interval of a metric that is not their mean", async () => {
    const version = await register({ metrics: { accuracy: 0.99 }, scores: right(30) });
    expect(await check(version, "accuracy>=0.4")).toMatchObject({ state: "cannot tell" });
  });
});

describe("what else decides", () => {
  it("is how much failed: counted by the run, or missing in its table", async () => {
    const counted = await register({
      metrics: { accuracy: 1, accuracy_ci_low: 0.9, accuracy_ci_high: 1, cells_done: 50, cells_failed: 3 },
    });
    const missing = await scored([...right(50, 50), null, null]);
    for (const [version, count] of [
      [counted, 3],
      [missing, 2],
    ] as const) {
      expect(await check(version, "accuracy>=0.5")).toMatchObject({
        state: "too much failed",
        hint: expect.stringContaining("--max-failed"),
      });
      expect(await check(version, "accuracy>=0.5", { limit: { count } })).toMatchObject({ state: "met", hint: null });
    }
  });

  it("is that nobody is champion yet, where the version is to become it; another name nobody has is an error", async () => {
    const version = await register({ metrics: { accuracy: 0.5 } });
    expect(await check(version, "accuracy>=champion")).toMatchObject({ state: "met", evidence: "qa has no champion yet" });
    await store.registry.setAlias("qa", "champion", version);
    expect(await check(version, "accuracy>=champion")).toMatchObject({ state: "met", evidence: "it is champion already" });
    expect(await errorOf(() => check(version, "accuracy>=champoin"))).toMatchObject({
      code: "STORE_NOT_FOUND",
      hint: "Its aliases are: champion.",
    });
    expect(await errorOf(() => check(version, "speed>=champion"))).toMatchObject({ message: expect.stringContaining('no metric "speed"') });
  });
});

describe("parsePromotion", () => {
  it("reads numbers and names", async () => {
    expect(parsePromotion("accuracy>=champion")).toEqual({ metric: "accuracy", comparator: ">=", against: "champion" });
    expect(parsePromotion("p95/latency < 2.5")).toEqual({ metric: "p95/latency", comparator: "<", bound: 2.5, by: "interval" });
    expect(parsePromotion("exact match >= 90%")).toEqual({ metric: "exact match", comparator: ">=", bound: 0.9, by: "interval" });
    expect(parsePromotion("acc>@prod")).toEqual({ metric: "acc", comparator: ">", against: "prod" });
    expect(parsePromotion("acc<Infinity")).toMatchObject({ against: "Infinity" });
    for (const text of ["accuracy", "accuracy=1", ">=champion", "accuracy>="]) {
      expect((await errorOf(() => parsePromotion(text))).code).toBe("INVALID_ARGUMENT");
    }
  });
});
