import { beforeAll, describe, expect, it } from "vitest";
import fc from "fast-check";
import type { RunBatch } from "../../src/lib/tracking/records.js";
import type { MetricSeries, RunRowsQuery } from "../../src/lib/tracking/store-views.js";
import { columnsIn, isCurrent, rowsIn } from "../helpers/view-documents.js";
import { errorCodeOf, type OpenedBackend } from "./opened-backend.js";

const HOSTILE = "a'b\"c`%_\\<script>\u202e__proto__ 漢字 🙂";

/** What every store shows people, reached directly and through a server. */
export function storeViewsContract(opened: () => OpenedBackend): void {
  let experimentId: string;
  let count = 0;
  const newExperiment = async () => (await opened().store.createExperiment({ name: `views-${++count}` })).experimentId;
  const newRun = async (batch: RunBatch = {}, more: { experimentId?: string; runName?: string; tags?: Record<string, string> } = {}) => {
    const { runId } = await opened().store.createRun({ experimentId, startTime: ++count, ...more });
    await opened().store.logBatch(runId, batch);
    return runId;
  };
  const metric = (key: string, value: number, step = 0) => ({ key, value, timestamp: step, step });
  const query = async (more: Partial<RunRowsQuery> = {}) =>
    rowsIn(await opened().served.views.queryRuns({ experimentIds: [experimentId], offset: 0, limit: 100, ...more }));
  const idsOf = async (more: Partial<RunRowsQuery> = {}) => (await query(more)).rows.map(({ runId }) => runId);

  beforeAll(async () => {
    experimentId = await newExperiment();
  });

  describe("metrics over time", () => {
    const at = (key: string, value: number, timestamp: number) => ({ key, value, timestamp, step: timestamp });
    const seriesOf = async (runId: string, more: { keys?: string[]; from?: number; to?: number; points?: number } = {}) => {
      const bytes = await opened().served.views.metricSeries({ runId, keys: ["m"], from: 0, to: 99, points: 10, ...more });
      return (JSON.parse(Buffer.from(bytes).toString("utf8")) as { series: MetricSeries[] }).series;
    };

    it("are the mean and the extremes of equal stretches, of one run and of finite values alone", async () => {
      const values = [at("m", 1, 3), at("m", 5, 9), at("m", Number.NaN, 4), at("m", Infinity, 5), at("m", 7, 99), at("m", 8, 100)];
      const runId = await newRun();
      await opened().store.logBatch(runId, { metrics: values });
      await opened().store.logBatch(await newRun(), { metrics: [at("m", 100, 3)] });
      const first = { time: 9, mean: 3, min: 1, max: 5, points: 2 };
      const last = { time: 99, mean: 7, min: 7, max: 7, points: 1 };
      expect(await seriesOf(runId, { keys: ["m", "none"] })).toEqual([
        { key: "m", points: [first, last] },
        { key: "none", points: [] },
      ]);
      expect(await seriesOf(runId, { from: 99, to: 100 })).toEqual([
        { key: "m", points: [last, { time: 100, mean: 8, min: 8, max: 8, points: 1 }] },
      ]);
    });

    it("have no more points than asked for, and every value in one of them", async () => {
      const runId = await newRun();
      const times = Array.from({ length: 200 }, (_, i) => (i * 37) % 1000);
      await opened().store.logBatch(runId, { metrics: times.map((time, i) => at("m", i, time)) });
      const span = fc.record({ from: fc.nat(1000), length: fc.nat(1000), points: fc.integer({ min: 1, max: 50 }) });
      const check = async ({ from, length, points }: { from: number; length: number; points: number }) => {
        const [series] = await seriesOf(runId, { from, to: from + length, points });
        expect(series?.points.length).toBeLessThanOrEqual(points);
        const counted = (series?.points ?? []).reduce((sum, point) => sum + point.points, 0);
        expect(counted).toBe(times.filter((time) => time >= from && time <= from + length).length);
      };
      await fc.assert(fc.asyncProperty(span, check), { numRuns: 20, endOnFailure: true });
    });

    it.each([{ points: 0 }, { points: 1001 }, { from: 5, to: 4 }, { keys: Array.from({ length: 101 }, (_, i) => `k${i}`) }])(
      "refuses what is out of bounds: %#",
      async (more) => {
        const runId = await newRun();
        expect(await errorCodeOf(seriesOf(runId, more))).toBe("INVALID_PARAMETER_VALUE");
      },
    );
  });

  describe("rows of runs", () => {
    it("have params, tags, and of each metric the last value, the extremes and the number of points", async () => {
      experimentId = await newExperiment();
      const tags = { "mlflow.note.content": "a note", long: "x".repeat(300), ["__proto__"]: HOSTILE };
      const runId = await newRun({ params: { p: "1", ["__proto__"]: HOSTILE }, tags }, { runName: HOSTILE });
      for (const [value, step] of [3, Number.NaN, 1, 2].map((value, step) => [value, step] as const))
        await opened().store.logBatch(runId, { metrics: [metric("loss", value, step)] });
      await opened().store.logBatch(runId, { metrics: [metric("none", Number.NaN), metric("high", Infinity), metric("low", -Infinity)] });
      const { total, rows } = await query();
      expect(total).toBe(1);
      const one = (value: number) => ({ last: value, min: value, max: value, step: 0, points: 1 });
      expect(rows[0]?.metrics).toEqual({
        loss: { last: 2, min: 1, max: 3, step: 3, points: 4 },
        ...{ none: one(Number.NaN), high: one(Infinity), low: one(-Infinity) },
      });
      expect(rows[0]).toMatchObject({ runId, runName: HOSTILE, status: "RUNNING", endTime: null, parentRunId: null, children: 0 });
      expect(rows[0]?.params).toEqual({ p: "1", ["__proto__"]: HOSTILE });
      expect(rows[0]?.tags).toMatchObject({ long: "x".repeat(200), ["__proto__"]: HOSTILE });
      expect(rows[0]?.tags).not.toHaveProperty(["mlflow.note.content"]);
    });

    it("are the same by place as all at once, in any order, near the start and far down", async () => {
      experimentId = await newExperiment();
      const values = Array.from({ length: 30 }, (_, i) => (i * 7) % 11);
      for (const [i, value] of values.entries()) await newRun({ params: { p: String(i % 4) }, metrics: i % 5 ? [metric("m", value)] : [] });
      const orders = [[], ["metrics.m DESC"], ["metrics.m"], ["metrics.m.min DESC", "start_time"], ["params.p", "metrics.m.max"]];
      const place = fc.record({ orderBy: fc.constantFrom(...orders), offset: fc.nat(35), limit: fc.integer({ min: 1, max: 10 }) });
      const check = async ({ orderBy, offset, limit }: { orderBy: string[]; offset: number; limit: number }) => {
        const all = await idsOf({ orderBy });
        expect(all).toHaveLength(30);
        const { total, rows } = await query({ orderBy, offset, limit });
        expect(total).toBe(30);
        expect(rows.map(({ runId }) => runId)).toEqual(all.slice(offset, offset + limit));
      };
      await fc.assert(fc.asyncProperty(place, check), { numRuns: 20, endOnFailure: true });
      expect(await query({ offset: 5000, limit: 10 })).toEqual({ total: 30, rows: [] });
    });

    it("are ordered by the extremes of a metric's history; a metric of that name is meant first", async () => {
      experimentId = await newExperiment();
      const a = await newRun({ metrics: [metric("m", 5, 0), metric("m", 1, 1)] });
      const b = await newRun({ metrics: [metric("m", 4, 0), metric("m", 3, 1)] });
      const c = await newRun({ metrics: [metric("other", 3)] });
      expect(await idsOf({ orderBy: ["metrics.m DESC"] })).toEqual([b, a, c]);
      expect(await idsOf({ orderBy: ["metrics.m.max DESC"] })).toEqual([a, b, c]);
      expect(await idsOf({ orderBy: ["metrics.m.min"] })).toEqual([a, b, c]);
      await opened().store.logBatch(c, { metrics: [metric("m.max", 0)] });
      expect(await idsOf({ orderBy: ["metrics.m.max DESC"] })).toEqual([c, b, a]);
    });

    it("are found by words in their names, ids, params and tags, in any case, and by a filter", async () => {
      experimentId = await newExperiment();
      const a = await newRun(
        { params: { model: "Llama Grande" }, tags: { team: "MÜNCHEN" }, metrics: [metric("m", 1)] },
        { runName: "Alpha" },
      );
      const b = await newRun({ params: { model: "qwen" }, tags: { team: "100% rain_bow" } }, { runName: "alphabet" });
      const words = async (text: string, filter?: string) => (await idsOf({ words: text, filter })).sort();
      expect(await words("ALPHA")).toEqual([a, b].sort());
      expect(await words("  alpha\tgrande ")).toEqual([a]);
      expect(await words("münchen")).toEqual([a]);
      expect(await words("MODEL")).toEqual([a, b].sort());
      expect(await words("0% n_b")).toEqual([b]);
      expect(await words(a.slice(4, 20))).toEqual([a]);
      expect(await words("alpha", "metrics.m > 0")).toEqual([a]);
      expect(await words("nothing")).toEqual([]);
      const long = (word: string) => `${"x".repeat(1500)} ${word}`; // values of such keys are read run by run
      await opened().store.logBatch(a, { params: { prompt: long("Grüße") }, tags: { text: long("NEEDLE") } });
      await opened().store.logBatch(b, { params: { prompt: "short" }, tags: { text: "" } });
      expect(await words("grÜSSE".replace("SS", "ß"))).toEqual([a]);
      expect(await words("needle prompt")).toEqual([a]);
      expect(await words("short PROMPT")).toEqual([b]);
      expect(await words("' OR 1=1 --")).toEqual([]);
    });

    it("are a tree: roots, the children of one, and how many each has", async () => {
      experimentId = await newExperiment();
      const root = await newRun();
      const tags = { "mlflow.parentRunId": root };
      const children = [await newRun({}, { tags }), await newRun({}, { tags })];
      const orphan = await newRun({}, { tags: { "mlflow.parentRunId": "0".repeat(32) } });
      const { rows } = await query({ parent: "roots", orderBy: ["start_time"] });
      expect(rows.map(({ runId, children: below }) => [runId, below])).toEqual([
        [root, 2],
        [orphan, 0],
      ]);
      expect((await idsOf({ parent: { runId: root } })).sort()).toEqual([...children].sort());
      await opened().store.deleteRun(children[0] ?? "");
      expect((await query({ parent: "roots", orderBy: ["start_time"] })).rows[0]?.children).toBe(1);
    });

    it("are as many roots as are listed, whoever was deleted and wherever parents are", async () => {
      const [here, there] = [await newExperiment(), await newExperiment()];
      experimentId = here;
      const made: string[] = [];
      const check = async (steps: { at: number; parent: number; isElsewhere: boolean; isDeleted: boolean }[]) => {
        for (const { at, parent, isElsewhere, isDeleted } of steps) {
          const tags: Record<string, string> = parent === 0 ? {} : { "mlflow.parentRunId": made[parent % (made.length || 1)] ?? "gone" };
          made.push(await newRun({}, { experimentId: isElsewhere ? there : here, tags }));
          if (isDeleted) await opened().store.deleteRun(made[at % made.length] ?? "");
        }
        for (const viewType of ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const) {
          for (const experimentIds of [[here], [here, there]]) {
            const { total, rows } = await query({ experimentIds, viewType, parent: "roots", limit: 500 });
            expect(total).toBe(rows.length);
          }
        }
      };
      const step = fc.record({ at: fc.nat(30), parent: fc.nat(10), isElsewhere: fc.boolean(), isDeleted: fc.boolean() });
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), check), { numRuns: 12, endOnFailure: true });
    });

    it("leave out deleted runs and experiments unless asked for, and see what is written at once", async () => {
      experimentId = await newExperiment();
      const [kept, gone] = [await newRun(), await newRun()];
      await opened().store.deleteRun(gone);
      expect(await idsOf()).toEqual([kept]);
      expect(await idsOf({ viewType: "DELETED_ONLY" })).toEqual([gone]);
      expect(await idsOf({ viewType: "ALL" })).toHaveLength(2);
      expect(await idsOf({ experimentIds: [], limit: 500 })).toContain(kept);
      await opened().store.deleteExperiment(experimentId);
      expect((await query()).total).toBe(0);
      expect(await query({ experimentIds: ["999999", "no number"] })).toEqual({ total: 0, rows: [] });
    });

    it("have last values alone where no more is asked for, and then 2,000 at once", async () => {
      experimentId = await newExperiment();
      const runId = await newRun({
        metrics: [metric("loss", 3, 0), metric("loss", 2, 1), metric("none", Number.NaN), metric("high", Infinity)],
      });
      const { total, rows } = await query({ metrics: "last", limit: 2000 });
      expect([total, rows.map((row) => row.runId)]).toEqual([1, [runId]]);
      expect(rows[0]?.metrics).toEqual({ loss: { last: 2 }, none: { last: Number.NaN }, high: { last: Infinity } });
    });

    it("are of the store as it is, and say so", async () => {
      const document = await opened().served.views.queryRuns({ experimentIds: [experimentId], offset: 0, limit: 10 });
      expect(isCurrent(document)).toBe(true);
      expect(isCurrent(await opened().served.views.describeColumns({ experimentIds: [experimentId] }))).toBe(true);
    });

    it("are refused for what is wrong", async () => {
      const wrong: Partial<RunRowsQuery>[] = [
        ...[
          { filter: "nonsense" },
          { orderBy: ["nonsense.x"] },
          { orderBy: ["metrics.m UPWARD"] },
          { offset: -1 },
          { limit: 0 },
          { limit: 501 },
          { limit: 2001, metrics: "last" as const },
        ],
        { words: Array.from({ length: 21 }, (_, i) => `w${i}`).join(" ") },
      ];
      for (const one of wrong) expect(await errorCodeOf(query(one)), JSON.stringify(one)).toBe("INVALID_PARAMETER_VALUE");
    });
  });

  describe("columns of runs", () => {
    const columns = async (filter?: string, words?: string) =>
      columnsIn(await opened().served.views.describeColumns({ experimentIds: [experimentId], filter, words }));

    it("say which metrics, params and tags there are, how many runs have them, and with which values", async () => {
      experimentId = await newExperiment();
      expect(await columns()).toEqual({ total: 0, statuses: {}, metrics: [], params: [], tags: [] });
      for (let i = 0; i < 30; i++) {
        const metrics = [metric("all", i), ...(i < 10 ? [metric("some", -i)] : [])];
        await newRun({
          metrics,
          params: { each: String(i), half: String(i % 2) },
          tags: { team: "a", "mlflow.user": "u", "mlflow.x": "y" },
        });
      }
      const nan = await newRun({ metrics: [metric("nan", Number.NaN), metric("all", Number.NaN)] });
      await opened().store.updateRun(nan, { status: "FAILED" });
      const found = await columns();
      expect(found).toMatchObject({ total: 31, statuses: { RUNNING: 30, FAILED: 1 } });
      expect(found.metrics).toEqual([
        { key: "all", runs: 31, min: 0, max: 29 },
        { key: "nan", runs: 1, min: Number.NaN, max: Number.NaN },
        { key: "some", runs: 10, min: -9, max: 0 },
      ]);
      expect(found.params.map(({ key, runs, distinct }) => [key, runs, distinct])).toEqual([
        ["each", 30, 30],
        ["half", 30, 2],
      ]);
      expect(found.params[0]?.values).toHaveLength(20);
      expect(found.params[1]?.values).toEqual([
        { value: "0", runs: 15 },
        { value: "1", runs: 15 },
      ]);
      expect(found.tags.map(({ key }) => key)).toEqual(["mlflow.user", "team"]);
    });

    it("are of the runs of the filter alone, however many others there are", async () => {
      experimentId = await newExperiment();
      for (let i = 0; i < 40; i++) await newRun({ metrics: [metric("m", i)], params: { p: i < 38 ? "most" : HOSTILE } });
      for (const [filter, total, min] of [
        ["metrics.m >= 38", 2, 38],
        ["metrics.m >= 20", 20, 20],
        ["metrics.m >= 1", 39, 1],
      ] as const) {
        const found = await columns(filter);
        expect(found.total).toBe(total);
        expect(found.metrics).toEqual([{ key: "m", runs: total, min, max: 39 }]);
        expect(found.params[0]?.values.reduce((sum, { runs }) => sum + runs, 0)).toBe(total);
      }
      expect((await columns("metrics.m >= 38")).params[0]?.values).toEqual([{ value: HOSTILE, runs: 2 }]);
      expect((await columns(undefined, "MOST")).total).toBe(38);
      expect(await errorCodeOf(columns("nonsense"))).toBe("INVALID_PARAMETER_VALUE");
    });
  });
}
