import { describe, expect, it } from "vitest";
import type { CellExecutor, CellTask } from "../../src/lib/experiments/study/cell-executor.js";
import { inBundles } from "../../src/lib/experiments/study/bundles.js";
import { orderCells, orderSamples } from "../../src/lib/experiments/study/cell-order.js";
import { toRequest, type FinishedCell } from "../../src/lib/experiments/study/run-cell.js";
import { toCompletion } from "../../src/lib/experiments/study/cell-record.js";
import { countCells, type StudyPlan } from "../../src/lib/experiments/study/study.js";
import { studyPlan } from "../helpers/study-plan.js";

/** What the model answers to a question; an error is a request it refuses for good. */
export type Answer = (question: string) => string | Error | Promise<string | Error>;

/** An executor of a plan, whose cells ask a model that answers so. Closed when the test ends. */
export type OpenExecutor = (plan: StudyPlan, answer: Answer) => Promise<CellExecutor>;

const plan = (samples = 6): StudyPlan => studyPlan([{ name: "temperature", values: [0.2, 1] }], samples, { concurrency: 3, repeats: 2 });
const never = new AbortController().signal;

/** What every executor promises: run it on an implementation of one's own. */
export function describeExecutor(name: string, open: OpenExecutor): void {
  describe(`cells that run ${name}`, () => {
    it("are each given once, with the plan's seeds and scores, whatever the bundles", async () => {
      for (const size of [1, 2, 100]) {
        const study = plan();
        const executor = await open(study, (question) => (question.includes("q2") ? "no" : "yes"));
        const cells = await collect(executor, bundlesOf(study, size));
        expect(new Set(cells.map(placeOf)).size).toBe(countCells(study));
        expect(cells).toHaveLength(countCells(study));
        for (const cell of cells) {
          expect(cell.seed).toBe(toRequest(study, cell).seed);
          expect(cell.outcome).toMatchObject({ ok: true, completion: { text: cell.sample === 2 ? "no" : "yes" } });
          if (cell.outcome.ok) expect(cell.outcome.scores["contains"]?.value).toBe(cell.sample === 2 ? 0 : 1);
        }
      }
    });

    it("fail alone, with the error's code", async () => {
      const study = plan();
      const executor = await open(study, (question) => (question.includes("q1") ? new Error("refused") : "yes"));
      const cells = await collect(executor, bundlesOf(study, 2));
      expect(cells).toHaveLength(countCells(study));
      for (const { sample, outcome } of cells) {
        expect(outcome.ok).toBe(sample !== 1);
        if (!outcome.ok)
          expect([outcome.error.code, outcome.error.message]).toEqual(["ENDPOINT_ERROR", expect.stringContaining("refused")]);
      }
    });

    it("whose answer is known are scored, and no model is asked", async () => {
      const study = plan(2);
      const asked: string[] = [];
      const executor = await open(study, (question) => (asked.push(question), "no"));
      const known = toCompletion({ setting: 0, sample: 0, repeat: 0, seed: 1, text: "yes, as it was", finishReason: "stop" });
      const [cell, ...others] = await collect(executor, [[{ setting: 0, sample: 0, repeat: 0, known: known! }]]);
      expect(others).toEqual([]);
      expect(cell?.outcome).toMatchObject({ ok: true, completion: { text: "yes, as it was" }, scores: { contains: { value: 1 } } });
      expect(asked).toEqual([]);
    });

    it("are taken as room allows, so that what was seen may end the bundles", async () => {
      const study = plan(12);
      const executor = await open(study, () => "yes");
      const [taken, seen] = [new Set<string>(), new Set<string>()];
      let most = 0;
      const bundles = function* () {
        for (const bundle of bundlesOf(study, 1)) {
          if (seen.size >= 9) return;
          for (const cell of bundle) taken.add(placeOf(cell));
          most = Math.max(most, taken.size - seen.size);
          yield bundle;
        }
      };
      for await (const cell of executor.execute(bundles(), never)) seen.add(placeOf(cell));
      expect(most).toBeLessThanOrEqual(study.concurrency);
      expect(seen).toEqual(taken);
      expect(seen.size).toBeLessThan(9 + study.concurrency);
    });

    it("stop when the signal aborts: what runs is given up, and nothing else is taken", async () => {
      const study = plan(12);
      const stop = new AbortController();
      let taken = 0;
      const executor = await open(study, async (question) => {
        if (question.includes("q0")) return "yes";
        stop.abort();
        return new Promise(() => undefined);
      });
      const bundles = function* () {
        const [first = [], ...rest] = [...bundlesOf(study, 1)].sort(([a], [b]) => (a?.sample ?? 0) - (b?.sample ?? 0));
        for (const bundle of [first, ...rest]) yield (taken++, bundle);
      };
      const cells: FinishedCell[] = [];
      for await (const cell of executor.execute(bundles(), stop.signal)) cells.push(cell);
      for (const { outcome } of cells) expect(outcome.ok).toBe(true);
      expect(taken).toBeLessThan(countCells(study));
      const before = taken;
      expect(await collect(executor, bundles(), stop.signal)).toEqual([]);
      expect(taken - before).toBeLessThanOrEqual(study.concurrency);
    });

    it("end when the consumer leaves or fails, and may be run again", async () => {
      const study = plan(12);
      const executor = await open(study, () => "yes");
      let taken = 0;
      const bundles = function* () {
        for (const bundle of bundlesOf(study, 2)) yield (taken++, bundle);
      };
      const fail = async () => {
        for await (const cell of executor.execute(bundles(), never)) throw new Error(`at ${placeOf(cell)}`);
      };
      await expect(fail()).rejects.toThrow("at ");
      expect(taken).toBeLessThanOrEqual(study.concurrency);
      expect(await collect(executor, bundlesOf(study, 2))).toHaveLength(countCells(study));
    });

    it("end with what taking a bundle throws", async () => {
      const study = plan();
      const executor = await open(study, () => "yes");
      const bundles = function* () {
        yield [{ setting: 0, sample: 0, repeat: 0 }];
        throw new Error("no bundle");
      };
      await expect(collect(executor, bundles())).rejects.toThrow("no bundle");
    });
  });
}

function bundlesOf(study: StudyPlan, size: number): Iterable<CellTask[]> {
  return inBundles(orderCells(study, orderSamples(study), [...study.settings.keys()]), size);
}

async function collect(executor: CellExecutor, bundles: Iterable<CellTask[]>, signal = never): Promise<FinishedCell[]> {
  const cells: FinishedCell[] = [];
  for await (const cell of executor.execute(bundles, signal)) cells.push(cell);
  return cells;
}

function placeOf({ setting, sample, repeat }: CellTask): string {
  return `${setting}/${sample}/${repeat}`;
}
