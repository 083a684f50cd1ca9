import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { propertyRuns } from "../../../test/helpers/property-runs.js";
import { studyPlan, yesSamples } from "../../../test/helpers/study-plan.js";
import { scriptedTarget } from "../../../test/helpers/scripted-target.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { containsScorer } from "../../lib/experiments/scoring/contains.js";
import type { Scorer } from "../../lib/experiments/scoring/scorer.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import { sweepFailure } from "../../lib/experiments/study/nothing-scored.js";
import type { CellRecord } from "../../lib/experiments/study/cell-record.js";
import { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import { runSweepPlan } from "../../lib/experiments/study/sweep.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { openLocalStore } from "../../lib/tracking/open-local-store.js";
import { Tracker } from "../../lib/tracking/tracker.js";
import { passGates, readGates } from "./study-gates.js";

/** How a cell's answer ends. */
const ENDS = ["right", "wrong", "failed", "timed out", "filtered", "bug"] as const;
/** What a scorer does with an answer. */
const SCORINGS = ["scores", "fails", "cannot tell", "gives NaN"] as const;

/** Mostly what works, which is the first: a study of little else could hardly pass. */
const script = <T>([first, ...others]: readonly [T, ...T[]]) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(...others) }), {
    ...{ minLength: 4, maxLength: 20 },
  });

const study = fc.record({
  settings: fc.integer({ min: 1, max: 2 }),
  samples: fc.integer({ min: 2, max: 6 }),
  repeats: fc.integer({ min: 1, max: 2 }),
  ends: script<(typeof ENDS)[number]>(ENDS),
  deciding: script<(typeof SCORINGS)[number]>(SCORINGS),
  beside: script<(typeof SCORINGS)[number]>(SCORINGS),
  require: fc.option(fc.constantFrom("accuracy>=0", "accuracy>=0.4", "beside>=0"), { nil: undefined }),
  failUnder: fc.option(fc.constantFrom("accuracy<0", "accuracy<0.5", "beside<0"), { nil: undefined }),
  maxFailed: fc.option(fc.constantFrom("0", "1", "3", "10%", "50%"), { nil: undefined }),
});

type Study = typeof study extends fc.Arbitrary<infer T> ? T : never;

function answer(end: (typeof ENDS)[number] | undefined): string {
  if (end === "failed") throw new LlmopsError("ENDPOINT_ERROR", "the server broke");
  if (end === "timed out") throw new LlmopsError("REQUEST_TIMEOUT", "no whole answer in time");
  if (end === "filtered") throw new LlmopsError("CONTENT_FILTERED", "withheld");
  if (end === "bug") throw new TypeError("undefined is not a function");
  return end === "right" ? "yes" : "no";
}

/** Scores as `contains` does, or not, by the script. */
function scriptedScorer(name: string, script: readonly (typeof SCORINGS)[number][]): Scorer {
  let calls = 0;
  return {
    ...{ name, kind: "rate", direction: "max" },
    score: (sample, completion) => {
      const what = script[calls++ % script.length];
      if (what === "fails") throw new Error("the scorer broke");
      if (what === "cannot tell") return { value: null };
      return what === "gives NaN" ? { value: Number.NaN } : containsScorer.score(sample, completion);
    },
  };
}

it("no study with a gate ends with 0 over missing scores, its counts add up, and nothing without an answer is scored", async () => {
  const folder = temporaryFolder();
  const store = openLocalStore(folder, { create: true });
  onTestFinished(() => store.close());
  let runs = 0;
  let passed = 0;

  const runOne = async (one: Study) => {
    const primary = scriptedScorer("contains", one.deciding);
    const scorers = [primary, scriptedScorer("beside", one.beside)];
    const dimensions = [{ name: "temperature", values: [0.5, 0.9].slice(0, one.settings) }];
    const plan = studyPlan(dimensions, yesSamples(one.samples), { repeats: one.repeats, concurrency: 2, scorers: { scorers, primary } });
    const gates = readGates({
      ...{ require: one.require === undefined ? [] : [one.require], baseline: undefined, maxFailed: one.maxFailed },
      failUnder: one.failUnder === undefined ? [] : [one.failUnder],
    });
    let asked = 0;
    const target = scriptedTarget(() => answer(one.ends[asked++ % one.ends.length]));
    const id = `study-${++runs}`;
    const journal = StudyJournal.create(folder, {
      id,
      command: "llmops sweep",
      argv: [],
      folder,
      createdAt: "",
      status: "running",
      facts: {},
    });
    const tracker = new Tracker(store, { folder: join(folder, "journals") });
    try {
      const { result, run } = await runSweepPlan(plan, new TargetPool(plan, () => Promise.resolve(target)), {
        ...{ tracker, journal, experiment: "e", user: "me", command: "llmops sweep", typed: "llmops sweep", resumed: false },
        ...{ target: { model: "m", location: "memory" }, trackingUri: ".", limits: { timeoutMs: 60_000, retries: 0 } },
      });
      const checks = passGates(gates, plan, result, run.table);
      const exit = exitCodeOf({ status: result.study.status, checks, failure: sweepFailure(result) });
      const lines = readFileSync(join(folder, id, "cells.jsonl"), "utf8")
        .trim()
        .split("\n");
      return { plan, gates, result, run, exit, records: lines.map((line) => JSON.parse(line) as CellRecord) };
    } catch (error) {
      if (error instanceof LlmopsError) return undefined; // nothing worked at all: the command ends with the first error
      throw error;
    } finally {
      journal.close({ finished: true });
      await tracker.close({ deadlineMs: 5000 });
    }
  };

  await fc.assert(
    fc.asyncProperty(study, async (one) => {
      const done = await runOne(one);
      if (!done) return;
      const { plan, gates, result, run, exit, records } = done;
      const planned = one.samples * one.repeats;
      result.settings.forEach(({ cells, metrics, unscored }, setting) => {
        const own = records.filter((record) => record.setting === setting);
        const answered = own.filter(({ error }) => !error);
        const scoredBy = (name: string) => answered.filter(({ scores }) => typeof scores?.[name] === "number").length;
        expect(cells).toEqual({
          ...{ planned, done: planned },
          failed: own.filter(({ error }) => error && error.code !== "CONTENT_FILTERED").length,
          filtered: own.filter(({ error }) => error?.code === "CONTENT_FILTERED").length,
          unscored: answered.length - scoredBy("contains"),
        });
        expect(unscored["beside"] ?? 0).toBe(answered.length - scoredBy("beside"));
        for (const name of ["contains", "beside"]) {
          const values = run.table.values(name, setting).flat();
          expect(values).toHaveLength(scoredBy(name));
          expect(metrics[name]?.n ?? 0).toBe(run.table.values(name, setting).filter((repeats) => repeats.length > 0).length);
          const samples = new Set(answered.filter(({ scores }) => typeof scores?.[name] === "number").map(({ sample }) => sample));
          expect(metrics[name]?.n ?? 0).toBe(samples.size);
        }
        for (const record of own.filter(({ error }) => error)) expect([record.scores, record.text]).toEqual([undefined, undefined]);
      });
      const { done: ended, failed, filtered, unscored } = result.study.cells;
      expect(ended).toBe(records.length);
      expect(ended).toBe(plan.settings.length * planned);
      if (exit !== 0) return;
      const hasGate = gates.requirements.length > 0;
      if (hasGate || one.maxFailed !== undefined) passed++;
      const asked = gates.requirements.map(({ metric }) => metric);
      const lacking = result.settings.map(({ cells, unscored: by }) => {
        const without = asked.includes("beside") ? Math.max(cells.unscored, by["beside"] ?? 0) : cells.unscored;
        return cells.failed + cells.filtered + without;
      });
      const all = lacking.reduce((sum, count) => sum + count, 0);
      if (one.maxFailed?.endsWith("%") === true) {
        for (const count of lacking) expect(count).toBeLessThanOrEqual((Number.parseInt(one.maxFailed) / 100) * planned);
      } else if (hasGate || one.maxFailed !== undefined) expect(all).toBeLessThanOrEqual(Number(one.maxFailed ?? 0));
      expect(failed + filtered + unscored).toBeLessThan(ended);
    }),
    { numRuns: propertyRuns(60) },
  );
  expect(passed).toBeGreaterThan(1); // or it would have said nothing
});
