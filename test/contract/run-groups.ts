import { beforeAll, describe, expect, it } from "vitest";
import fc from "fast-check";
import type { Grouping, GroupsQuery, RunScope } from "../../src/lib/tracking/store-views.js";
import { columnsIn, groupsIn, rowsIn } from "../helpers/view-documents.js";
import { errorCodeOf, type OpenedBackend } from "./opened-backend.js";

const HOSTILE = "a'b\"c`%_\\<script>\u202e__proto__ 漢字 🙂";
const BEHIND_NUL = ["a\u0000b", "a\u0000c"];
const BY_P: Grouping = { kind: "param", key: "p" };

/** How every store groups runs, reached directly and through a server. */
export function runGroupsContract(opened: () => OpenedBackend): void {
  let experimentId: string;
  let count = 0;
  const newRun = async (params: Record<string, string> = {}, metrics: Record<string, number> = {}, tags: Record<string, string> = {}) => {
    const { runId } = await opened().store.createRun({ experimentId, startTime: ++count, tags });
    const points = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 }));
    await opened().store.logBatch(runId, { params, metrics: points });
    return runId;
  };
  const groupsOf = async (by: Grouping, more: Partial<GroupsQuery> = {}) => {
    const query = { experimentIds: [experimentId], by, metrics: ["m"], offset: 0, limit: 100, ...more };
    return groupsIn(await opened().served.views.queryGroups(query));
  };
  const valuesOf = async (by: Grouping, more: Partial<GroupsQuery> = {}) => (await groupsOf(by, more)).rows.map(({ value }) => value);
  const runsOf = async (group: RunScope["group"]) => {
    const query = { experimentIds: [experimentId], group, offset: 0, limit: 100 };
    return rowsIn(await opened().served.views.queryRuns(query)).rows.map(({ runId }) => runId);
  };

  describe("groups of runs", () => {
    beforeAll(async () => {
      experimentId = (await opened().store.createExperiment({ name: "groups" })).experimentId;
    });

    it("have each run once, with the mean and the range of what its runs have", async () => {
      const value = fc.option(fc.constantFrom("0.1", "1e-3", "10", "a", "", HOSTILE, ...(opened().refusesNul ? [] : BEHIND_NUL)), {
        nil: null,
      });
      const number = fc.option(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)), { nil: null });
      const runs = fc.array(fc.record({ value, number }), { minLength: 1, maxLength: 8 });
      const check = async (made: { value: string | null; number: number | null }[]) => {
        experimentId = (await opened().store.createExperiment({ name: `groups-${++count}` })).experimentId;
        const ids = new Map<string | null, string[]>();
        for (const run of made) {
          const id = await newRun(run.value === null ? {} : { p: run.value }, run.number === null ? {} : { m: run.number });
          ids.set(run.value, [...(ids.get(run.value) ?? []), id]);
        }
        const { total, rows } = await groupsOf(BY_P);
        expect([total, rows.length]).toEqual([ids.size, ids.size]);
        for (const row of rows) {
          const own = made.filter((run) => run.value === row.value && run.number !== null).map((run) => run.number ?? 0);
          const finite = own.filter(Number.isFinite);
          expect(row.runs).toBe(ids.get(row.value)?.length);
          expect((await runsOf({ by: BY_P, value: row.value })).sort()).toEqual(ids.get(row.value)?.sort());
          if (own.length === 0) expect(row.metrics).toEqual({});
          else expect(row.metrics["m"]).toEqual({ runs: finite.length, ...summary(finite) });
        }
      };
      await fc.assert(fc.asyncProperty(runs, check), { numRuns: 10, endOnFailure: true });
    });

    it("stand by their values, numbers by size, or by a mean or the number of runs; those without come last", async () => {
      experimentId = (await opened().store.createExperiment({ name: "ordered groups" })).experimentId;
      for (const [p, m] of [
        ["10", 1],
        ["9", 3],
        ["9", 5],
        ["-1e3", 2],
        ["b", 0],
        ["a", undefined],
      ] as const)
        await newRun({ p }, m === undefined ? {} : { m });
      await newRun({}, { m: 100 });
      expect(await valuesOf(BY_P)).toEqual(["-1e3", "9", "10", "a", "b", null]);
      expect(await valuesOf(BY_P, { orderBy: "value DESC" })).toEqual(["b", "a", "10", "9", "-1e3", null]);
      expect(await valuesOf(BY_P, { orderBy: "metrics.m DESC" })).toEqual([null, "9", "-1e3", "10", "b", "a"]);
      expect((await valuesOf(BY_P, { orderBy: "runs DESC" }))[0]).toBe("9");
      expect(await groupsOf(BY_P, { offset: 1, limit: 2 })).toMatchObject({ total: 6, rows: [{ value: "9" }, { value: "10" }] });
    });

    it("are told apart by values whole, also behind a NUL", async () => {
      experimentId = (await opened().store.createExperiment({ name: "values with NUL" })).experimentId;
      if (opened().refusesNul) {
        expect(await errorCodeOf(newRun({ p: "a\u0000b" }))).toBe("BAD_REQUEST");
        return;
      }
      for (const [i, p] of ["a", "a\u0000b", "a\u0000c"].entries()) await newRun({ p }, { m: i });
      const { rows } = await groupsOf(BY_P);
      expect(rows.map(({ value, metrics }) => [value, metrics["m"]?.mean])).toEqual([
        ["a", 0],
        ["a\u0000b", 1],
        ["a\u0000c", 2],
      ]);
      expect(await runsOf({ by: BY_P, value: "a\u0000c" })).toHaveLength(1);
      const { params } = columnsIn(await opened().served.views.describeColumns({ experimentIds: [experimentId] }));
      expect(params[0]?.values.map(({ value }) => value)).toEqual(["a", "a\u0000b", "a\u0000c"]);
    });

    it("have means of values near the largest number that there is", async () => {
      experimentId = (await opened().store.createExperiment({ name: "large groups" })).experimentId;
      for (const m of [1.5e308, 1.7e308]) await newRun({ p: "1" }, { m });
      const [row] = (await groupsOf(BY_P)).rows;
      expect(row?.metrics["m"]?.mean).toBeCloseTo(1.6e308, -300);
    });

    it("are of a tag, or of datasets: a run is with each that it used", async () => {
      experimentId = (await opened().store.createExperiment({ name: "datasets" })).experimentId;
      const tag: Grouping = { kind: "tag", key: "team/name: 1" };
      const [a, b] = [await newRun({}, { m: 1 }, { [tag.key]: HOSTILE }), await newRun({}, { m: 3 })];
      expect(await groupsOf(tag)).toMatchObject({
        total: 2,
        rows: [
          { value: HOSTILE, runs: 1 },
          { value: null, runs: 1 },
        ],
      });
      expect(await runsOf({ by: tag, value: HOSTILE })).toEqual([a]);
      const dataset = (name: string) => ({
        name,
        digest: "d1",
        sourceType: "local",
        source: "{}",
        schema: null,
        profile: null,
        tags: {},
      });
      await opened().store.logInputs(a, { datasets: [dataset("qa"), dataset(HOSTILE)] });
      await opened().store.logInputs(b, { datasets: [dataset("qa")] });
      const c = await newRun();
      const by: Grouping = { kind: "dataset" };
      const found = await groupsOf(by, { orderBy: "runs DESC" });
      expect(found.rows.map(({ value, runs }) => [value, runs])).toEqual([
        ["qa (d1)", 2],
        [`${HOSTILE} (d1)`, 1],
        [null, 1],
      ]);
      expect(found.rows[0]?.metrics["m"]).toEqual({ runs: 2, mean: 2, min: 1, max: 3 });
      expect(await runsOf({ by, value: `${HOSTILE} (d1)` })).toEqual([a]);
      expect(await runsOf({ by, value: null })).toEqual([c]);
    });

    it.each([
      { limit: 0 },
      { limit: 501 },
      { offset: -1 },
      { orderBy: "params.p" },
      { filter: "x" },
      { metrics: Array.from({ length: 101 }, String) },
    ])("refuse what is wrong: %j", async (more) => {
      expect(await errorCodeOf(groupsOf(BY_P, more))).toBe("INVALID_PARAMETER_VALUE");
    });
  });
}

function summary(values: readonly number[]): { mean: number; min: number; max: number } {
  if (values.length === 0) return { mean: Number.NaN, min: Number.NaN, max: Number.NaN };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: expect.closeTo(mean, 10) as number, min: Math.min(...values), max: Math.max(...values) };
}
