import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectPages } from "../../src/lib/tracking/collect-pages.js";
import type { ModelDataset } from "../../src/lib/tracking/logged-model-records.js";
import type { NewAssessment, NewTrace } from "../../src/lib/tracking/trace-records.js";
import { errorCodeOf, type OpenedBackend } from "./opened-backend.js";
import { runGroupsContract } from "./run-groups.js";
import { storeViewsContract } from "./store-views.js";
import { traceViewsContract } from "./trace-views.js";
import { trackingStoreContract } from "./tracking-store.js";

/** What every backend must do, reached directly and through a server. `open` gives a new one. */
export function trackingBackendContract(name: string, open: () => Promise<OpenedBackend>): void {
  trackingStoreContract(name, async () => {
    const own = await open();
    return { store: own.store, traces: own.backend.traces, close: () => own.close() };
  });
  describe(`${name}: as a backend`, () => {
    let opened: OpenedBackend;
    let count = 0;
    const newExperiment = async () => (await opened.store.createExperiment({ name: `backend-${++count}` })).experimentId;
    const newRun = async (experimentId: string) => (await opened.store.createRun({ experimentId, startTime: 1000 })).runId;
    const newTrace = (experimentId: string, more: Partial<NewTrace> = {}) =>
      opened.served.traces.put({
        ...{ traceId: `tr-${++count}`, experimentId, requestTimeMs: 1000 + count, durationMs: 20, state: "OK" },
        ...{ clientRequestId: null, requestPreview: "question", responsePreview: "answer", metadata: {}, tags: {} },
        ...more,
      });

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    describe("histories", () => {
      it("come by timestamp, step and value, whatever the order they were logged in, a page at a time as at once", async () => {
        const runId = await newRun(await newExperiment());
        const points = [
          { value: 3, timestamp: 20, step: 1 },
          { value: Number.NaN, timestamp: 10, step: 9 },
          { value: -Infinity, timestamp: 20, step: 0 },
          { value: 2, timestamp: 20, step: 1 },
          { value: Infinity, timestamp: 30, step: 0 },
        ];
        for (const point of points) await opened.store.logBatch(runId, { metrics: [{ key: "m", ...point }] });
        const { items: all } = await opened.store.metricHistory(runId, "m", {});
        expect(all.map(({ value }) => value)).toEqual([Number.NaN, -Number.MAX_VALUE, 2, 3, Number.MAX_VALUE]);
        const paged = await collectPages((pageToken) => opened.store.metricHistory(runId, "m", { maxResults: 2, pageToken }));
        expect(paged).toEqual(all);
      });

      it("of several runs come by step, between two steps, thinned with the first and the last", async () => {
        const experiment = await newExperiment();
        const runIds = [await newRun(experiment), await newRun(experiment)];
        const metrics = Array.from({ length: 101 }, (_, step) => ({ key: "m", value: step, timestamp: 1000 - step, step }));
        for (const id of runIds) await opened.store.logBatch(id, { metrics });
        const found = await opened.served.metricHistories({ runIds, key: "m", startStep: 10, endStep: 90, maxResults: 5 });
        const steps = [10, 30, 50, 70, 90];
        expect(found.map(({ runId, metric }) => [runId, metric.step])).toEqual(runIds.flatMap((id) => steps.map((step) => [id, step])));
      });
    });

    describe("runs", () => {
      it("take a param once, one by one too", async () => {
        const runId = await newRun(await newExperiment());
        await opened.served.logParam(runId, "p", "1");
        await opened.served.logParam(runId, "p", "1");
        expect(await errorCodeOf(opened.served.logParam(runId, "p", "2"))).toBe("INVALID_PARAMETER_VALUE");
        expect((await opened.store.getRun(runId)).params).toEqual({ p: "1" });
        for (const key of ["constructor", "toString", "hasOwnProperty", "__proto__"]) await opened.served.logParam(runId, key, "v");
      });

      it("write a batch within the limits whole or not at all", async () => {
        const runId = await newRun(await newExperiment());
        await opened.store.logBatch(runId, { params: { kept: "1" } });
        const metrics = Array.from({ length: 899 }, (_, step) => ({ key: "m", value: 1, timestamp: 1, step }));
        const unfit = [...metrics, { key: "a//b", value: 1, timestamp: 1, step: 0 }];
        for (const batch of [
          { params: { new: "1", kept: "2" }, metrics },
          { params: { new: "1" }, metrics: unfit },
        ]) {
          expect(await errorCodeOf(opened.store.logBatch(runId, batch))).toBe("INVALID_PARAMETER_VALUE");
        }
        const run = await opened.store.getRun(runId);
        expect([run.params, run.metrics]).toEqual([{ kept: "1" }, []]);
      });

      it("lose nothing to writers at the same moment", async () => {
        const runId = await newRun(await newExperiment());
        const writers = Array.from({ length: 20 }, (_, i) => [
          (i % 2 === 0 ? opened.store : opened.backend).logBatch(runId, {
            params: { [`p${i}`]: "1" },
            tags: { [`t${i}`]: "1" },
            metrics: [{ key: "m", value: i, timestamp: i, step: i }],
          }),
          (i % 2 === 0 ? opened.served : opened.backend).logModel(runId, {
            ...{ artifact_path: `m${i}`, flavors: {}, utc_time_created: "now", run_id: runId },
          }),
        ]);
        await Promise.all(writers.flat());
        const run = await opened.store.getRun(runId);
        expect(Object.keys(run.params)).toHaveLength(20);
        expect(run.metrics).toEqual([{ key: "m", value: 19, timestamp: 19, step: 19 }]);
        expect((await opened.store.metricHistory(runId, "m", {})).items).toHaveLength(20);
        const models = JSON.parse(run.tags["mlflow.log-model.history"] ?? "[]") as { artifact_path: string }[];
        expect(models.map(({ artifact_path: path }) => path).sort()).toEqual(Array.from({ length: 20 }, (_, i) => `m${i}`).sort());
      });

      it("say which datasets and models they used and made, once each", async () => {
        const experimentId = await newExperiment();
        const [first, second] = [await newRun(experimentId), await newRun(experimentId)];
        const dataset = { name: "qa", digest: "abcd1234", sourceType: "local", source: "qa.jsonl", schema: null, profile: null };
        const inputs = { datasets: [{ ...dataset, tags: { "mlflow.data.context": "eval" } }], modelIds: ["m-1"] };
        for (let i = 0; i < 2; i++) await opened.store.logInputs(first, inputs);
        await opened.store.logInputs(second, { datasets: [{ ...dataset, tags: {} }] });
        await opened.served.logOutputs(first, [{ modelId: "m-2", step: 7 }]);
        expect(await opened.store.getRun(first)).toMatchObject({
          datasets: inputs.datasets,
          modelInputs: ["m-1"],
          modelOutputs: [{ modelId: "m-2", step: 7 }],
        });
        const found = await opened.served.searchDatasets([experimentId]);
        const summary = { experimentId, name: "qa", digest: "abcd1234" };
        expect(found).toHaveLength(2);
        expect(found).toEqual(
          expect.arrayContaining([
            { ...summary, context: "eval" },
            { ...summary, context: null },
          ]),
        );
        expect(await opened.served.searchDatasets(["nobody's"])).toEqual([]);
      });
    });

    describe("calls at the same time", () => {
      it("are each done whole or not at all: what fails takes nothing of the others with it", async () => {
        const experiment = await newExperiment();
        const runId = await newRun(experiment);
        await opened.store.logBatch(runId, { params: { p: "first" } });
        const calls = Array.from({ length: 20 }, (_, i) =>
          opened.store.logBatch(runId, {
            params: { [`q${i}`]: "new", p: i % 2 === 0 ? "first" : "other" },
            metrics: [{ key: `m${i}`, value: i, timestamp: i, step: i }],
            tags: { [`t${i}`]: "yes" },
          }),
        );
        const others = Array.from({ length: 5 }, () => newRun(experiment));
        const outcomes = await Promise.allSettled(calls);
        expect(outcomes.map(({ status }) => status)).toEqual(calls.map((_, i) => (i % 2 === 0 ? "fulfilled" : "rejected")));
        const { metrics, params, tags } = await opened.store.getRun(runId);
        const even = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18];
        expect(metrics.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual(even);
        expect(Object.keys(params).toSorted()).toEqual(["p", ...even.map((i) => `q${i}`)].toSorted());
        expect(Object.keys(tags).filter((key) => /^t\d/.test(key))).toHaveLength(even.length);
        expect(new Set(await Promise.all(others)).size).toBe(5);
      });

      it("leave no run active in an experiment that was deleted, and no alias of a version that was", async () => {
        const { registry } = opened.store;
        for (let round = 0; round < 5; round++) {
          const experiment = await newExperiment();
          const name = `raced-${++count}`;
          await registry.createModel({ name });
          await registry.createVersion({ name, source: "s3://bucket/model" });
          await Promise.allSettled([
            ...Array.from({ length: 6 }, () => newRun(experiment)),
            ...[opened.store.deleteExperiment(experiment), registry.setAlias(name, "a", "1"), registry.deleteVersion(name, "1")],
            ...Array.from({ length: 6 }, () => newRun(experiment)),
          ]);
          const query = { experimentIds: [experiment], viewType: "ACTIVE_ONLY" as const, maxResults: 20 };
          expect((await opened.store.searchRuns(query)).items).toEqual([]);
          expect((await registry.getModel(name)).aliases).toEqual({});
          await opened.backend.purgeExperiment(experiment);
        }
      });

      it("give the versions of a model different numbers, and one experiment of a name", async () => {
        const name = `model-${++count}`;
        await opened.store.registry.createModel({ name });
        const made = Array.from({ length: 8 }, () => opened.store.registry.createVersion({ name, source: "s3://bucket/model" }));
        const numbers = (await Promise.all(made)).map(({ version }) => Number(version));
        expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
        const move = { stage: "Production" as const, archiveOthers: true };
        await Promise.all(Array.from({ length: 16 }, (_, i) => opened.store.registry.transition(name, String((i % 8) + 1), move)));
        const { items } = await opened.store.registry.searchVersions({ filter: `name = '${name}'`, maxResults: 10 });
        expect(items.filter(({ stage }) => stage === "Production")).toHaveLength(1);
        expect(await errorCodeOf(opened.store.registry.getVersion(name, "99999999999"))).toBe("RESOURCE_DOES_NOT_EXIST");
        const many = { filter: "version_number > 99999999999", maxResults: 10 };
        expect((await opened.store.registry.searchVersions(many)).items).toEqual([]);
        const twins = await Promise.allSettled([1, 2, 3].map(() => opened.store.createExperiment({ name: `twin-${count}` })));
        expect(twins.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      });
    });

    describe("traces", () => {
      it("are kept, found by id, and end", async () => {
        const experimentId = await newExperiment();
        const started = await newTrace(experimentId, { state: "IN_PROGRESS", durationMs: null, metadata: { a: "1" }, tags: { t: "1" } });
        expect(started.tags["mlflow.artifactLocation"]).toMatch(new RegExp(`/traces/${started.traceId}/artifacts$`));
        const end = { endTimeMs: started.requestTimeMs + 250, state: "ERROR" as const, metadata: { b: "2" }, tags: { t: "2" } };
        const ended = await opened.served.traces.end(started.traceId, end);
        expect(ended).toMatchObject({ durationMs: 250, state: "ERROR", metadata: { a: "1", b: "2" }, requestPreview: "question" });
        expect(ended.tags["t"]).toBe("2");
        expect(await opened.served.traces.get(started.traceId)).toEqual(ended);
        expect(await opened.served.traces.read(["tr-none", started.traceId])).toEqual([ended]);
        expect(await errorCodeOf(opened.served.traces.get("tr-none"))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(opened.served.traces.end("tr-none", end))).toBe("RESOURCE_DOES_NOT_EXIST");
      });

      it("are searched by what they say, newest first, a page at a time", async () => {
        const experimentId = await newExperiment();
        const other = await newExperiment();
        const states = ["OK", "ERROR", "OK", "OK"] as const;
        for (const [i, state] of states.entries()) await newTrace(experimentId, { state, tags: { i: String(i) }, requestTimeMs: i });
        await newTrace(other);
        const search = async (filter?: string, orderBy?: string[]) => {
          const query = { filter, orderBy, maxResults: 2 };
          const found = await collectPages((pageToken) => opened.served.traces.search([experimentId], { ...query, pageToken }));
          return found.map(({ tags }) => tags["i"]).join("");
        };
        expect(await search()).toBe("3210");
        expect(await search("status = 'OK'", ["timestamp_ms ASC"])).toBe("023");
        expect(await search("tags.i = '2'")).toBe("2");
        expect(await errorCodeOf(search("nonsense ="))).toBe("INVALID_PARAMETER_VALUE");
      });

      it("carry tags and belong to runs", async () => {
        const experimentId = await newExperiment();
        const { traceId } = await newTrace(experimentId);
        const { traces } = opened.served;
        await traces.setTag(traceId, "k", "1");
        await traces.setTag(traceId, "k", "2");
        expect((await traces.get(traceId)).tags["k"]).toBe("2");
        await traces.deleteTag(traceId, "k");
        expect((await traces.get(traceId)).tags["k"]).toBeUndefined();
        expect(await errorCodeOf(traces.deleteTag(traceId, "k"))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(traces.setTag("tr-none", "k", "1"))).toBe("RESOURCE_DOES_NOT_EXIST");
        const runId = await newRun(experimentId);
        await traces.linkToRun([traceId], runId);
        const { items } = await traces.search([experimentId], { filter: `attributes.run_id = '${runId}'`, maxResults: 10 });
        expect(items.map((trace) => trace.traceId)).toEqual([traceId]);
      });

      it("are ordered by everything they are found by; those without a value come first, and last where it descends", async () => {
        const experimentId = await newExperiment();
        const [short, long, running] = [5, 9, null];
        const ids = new Map<string, number | null>();
        for (const durationMs of [short, running, long]) ids.set((await newTrace(experimentId, { durationMs })).traceId, durationMs);
        const { traces } = opened.served;
        const ordered = async (orderBy: string) =>
          (await traces.search([experimentId], { orderBy: [orderBy], maxResults: 10 })).items.map(({ traceId }) => ids.get(traceId));
        expect(await ordered("execution_time_ms ASC")).toEqual([running, short, long]);
        expect(await ordered("execution_time_ms DESC")).toEqual([long, short, running]);
        for (const key of ["request_id", "status", "client_request_id", "name", "run_id", "text", "timestamp_ms", "end_time_ms"])
          expect(await ordered(`${key} ASC`), key).toHaveLength(3);
      });

      it("are deleted by id, or up to a time, oldest first", async () => {
        const experimentId = await newExperiment();
        const ids: string[] = [];
        for (let i = 0; i < 5; i++) ids.push((await newTrace(experimentId, { requestTimeMs: i })).traceId);
        const { traces } = opened.served;
        const left = async () => (await traces.read(ids)).map(({ requestTimeMs }) => requestTimeMs);
        expect(await traces.delete(experimentId, { ids: [ids[4] ?? "", "tr-none"] })).toBe(1);
        expect(await traces.delete(await newExperiment(), { ids })).toBe(0);
        expect(await traces.delete(experimentId, { upToMs: 2, limit: 2 })).toBe(2);
        expect(await left()).toEqual([2, 3]);
        expect(await traces.delete(experimentId, { upToMs: 2, limit: undefined })).toBe(1);
        expect(await left()).toEqual([3]);
      });
    });

    describe("assessments", () => {
      const feedback = (traceId: string, more: Partial<NewAssessment> = {}): NewAssessment => ({
        ...{
          traceId,
          name: "fluency",
          kind: "feedback",
          value: { score: 0.5, why: ["a"] },
          error: null,
          sourceType: "HUMAN",
          sourceId: "me",
        },
        ...{ runId: null, spanId: null, rationale: "reads well", overrides: null, metadata: { page: "7" } },
        ...more,
      });

      it("are kept with any JSON, read with their trace, changed and deleted", async () => {
        const { traces } = opened.served;
        const { traceId } = await newTrace(await newExperiment());
        const made = await traces.createAssessment(feedback(traceId));
        expect(made).toMatchObject({ ...feedback(traceId), valid: true });
        const expected = await traces.createAssessment(feedback(traceId, { kind: "expectation", name: "answer", value: "42" }));
        expect((await traces.get(traceId)).assessments).toEqual([made, expected]);
        const changed = await traces.updateAssessment(traceId, made.assessmentId, { value: 1, rationale: "on reflection" });
        expect(changed).toMatchObject({ name: "fluency", value: 1, rationale: "on reflection", metadata: { page: "7" } });
        expect(await traces.getAssessment(traceId, made.assessmentId)).toEqual(changed);
        const tagged = await traces.updateAssessment(traceId, made.assessmentId, { metadata: { line: "3" } });
        expect(tagged.metadata).toEqual({ page: "7", line: "3" });
        await traces.deleteAssessment(traceId, made.assessmentId);
        expect(await errorCodeOf(traces.getAssessment(traceId, made.assessmentId))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(traces.createAssessment(feedback("tr-none")))).toBe("RESOURCE_DOES_NOT_EXIST");
      });

      it("keep the times they were made at, where somebody says them", async () => {
        const { traces } = opened.served;
        const { traceId } = await newTrace(await newExperiment());
        const times = { createTimeMs: 1_700_000_000_123, lastUpdateTimeMs: 1_700_000_001_456 };
        const made = await traces.createAssessment(feedback(traceId, times));
        expect(await traces.getAssessment(traceId, made.assessmentId)).toMatchObject(times);
      });

      it("make what they override invalid, until they are deleted", async () => {
        const { traces } = opened.served;
        const { traceId } = await newTrace(await newExperiment());
        const first = await traces.createAssessment(feedback(traceId));
        const better = await traces.createAssessment(feedback(traceId, { value: 1, overrides: first.assessmentId }));
        expect((await traces.getAssessment(traceId, first.assessmentId)).valid).toBe(false);
        await traces.deleteAssessment(traceId, better.assessmentId);
        expect((await traces.getAssessment(traceId, first.assessmentId)).valid).toBe(true);
        expect(await errorCodeOf(traces.createAssessment(feedback(traceId, { overrides: "a-none" })))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect((await traces.get(traceId)).assessments).toHaveLength(1);
      });
    });

    describe("logged models", () => {
      const model = (experimentId: string, modelName: string) => ({
        ...{ experimentId, name: modelName, modelType: "llm", sourceRunId: undefined, tags: { t: "1" }, params: { p: "1" } },
      });

      it("are pending, then ready, and are registered by their id", async () => {
        const models = opened.served.loggedModels;
        const made = await models.create(model(await newExperiment(), "one"));
        expect(made).toMatchObject({ name: "one", status: "LOGGED_MODEL_PENDING", modelType: "llm", tags: { t: "1" }, params: { p: "1" } });
        expect(await models.finalize(made.modelId, "LOGGED_MODEL_READY")).toMatchObject({ status: "LOGGED_MODEL_READY" });
        await models.setTags(made.modelId, { t: "2", u: "3" });
        await models.deleteTag(made.modelId, "u");
        expect(await errorCodeOf(models.deleteTag(made.modelId, "u"))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await models.logParams(made.modelId, { q: "2" })).toMatchObject({ tags: { t: "2" }, params: { p: "1", q: "2" } });
        const registered = `registered-${++count}`;
        await opened.store.registry.createModel({ name: registered });
        const source = `models:/${made.modelId}`;
        await Promise.all([1, 2, 3].map(() => opened.store.registry.createVersion({ name: registered, source })));
        expect(await opened.store.registry.downloadUri(registered, "3")).toBe(made.artifactUri);
        const listed = JSON.parse((await models.get(made.modelId)).tags["mlflow.modelVersions"] ?? "[]") as { version: number }[];
        expect(listed.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
      });

      it("are found, and ordered, by what they measured on a dataset", async () => {
        const models = opened.served.loggedModels;
        const experimentId = await newExperiment();
        const runId = await newRun(experimentId);
        const measured = { a: [0.1, "x"], b: [0.2, "x"], c: [0.9, "y"] } as const;
        for (const [name, [value, datasetName]] of Object.entries(measured)) {
          const { modelId } = await models.create(model(experimentId, name));
          const metric = { key: "acc", value, timestamp: 1, step: 0, modelId, datasetName, datasetDigest: `${datasetName}1` };
          await opened.store.logBatch(runId, { metrics: [metric] });
        }
        const search = async (query: { filter?: string; datasets?: ModelDataset[]; dataset?: ModelDataset }) => {
          const orderBy = [{ field: "metrics.acc", ascending: false, dataset: query.dataset }];
          const asked = { filter: undefined, ...query, experimentIds: [experimentId], orderBy, maxResults: 10, pageToken: undefined };
          return (await models.search(asked)).items.map(({ name }) => name).join("");
        };
        const x = { name: "x", digest: undefined };
        expect(await search({})).toBe("cba");
        expect(await search({ datasets: [x] })).toBe("ba");
        expect(await search({ datasets: [{ name: "x", digest: "x2" }] })).toBe("");
        expect(await search({ datasets: [x, { name: "y", digest: "y1" }] })).toBe("cba");
        expect(await search({ filter: "metrics.acc > 0.15", datasets: [x] })).toBe("b");
        expect((await search({ dataset: x })).slice(0, 2)).toBe("ba");
      });

      it("are searched a page at a time and gone when deleted", async () => {
        const models = opened.served.loggedModels;
        const experimentId = await newExperiment();
        const made = [];
        for (const modelName of ["a", "b", "c"]) made.push(await models.create(model(experimentId, modelName)));
        const search = async (filter?: string) => {
          const query = { experimentIds: [experimentId], filter, orderBy: [{ field: "name", ascending: false }], maxResults: 2 };
          return (await collectPages((pageToken) => models.search({ ...query, pageToken }))).map((found) => found.name).join("");
        };
        expect(await search()).toBe("cba");
        expect(await search("name = 'b' AND params.p = '1'")).toBe("b");
        await models.delete(made[1]?.modelId ?? "");
        expect(await search()).toBe("ca");
        expect(await errorCodeOf(models.get(made[1]?.modelId ?? ""))).toBe("RESOURCE_DOES_NOT_EXIST");
      });
    });

    describe("purge", () => {
      it("removes what was deleted by then, with its files, and nothing else", async () => {
        const { store, served, backend } = opened;
        const [kept, gone] = [await newExperiment(), await newExperiment()];
        const runs = { active: await newRun(kept), deleted: await newRun(kept), restored: await newRun(kept), within: await newRun(gone) };
        for (const id of Object.values(runs)) await store.writeArtifact(id, "a.txt", "text");
        const { traceId } = await newTrace(gone);
        await served.traces.linkToRun([traceId], runs.within);
        await store.deleteRun(runs.deleted);
        await store.deleteRun(runs.restored);
        await store.restoreRun(runs.restored);
        await store.deleteExperiment(gone);
        expect(await backend.purgeDeleted({ deletedBefore: Date.now() - 60_000, dryRun: false })).toEqual({ runs: [], experiments: [] });
        const now = { deletedBefore: Date.now() + 1000 };
        const expected = { runs: expect.arrayContaining([runs.deleted, runs.within]) as string[], experiments: [gone] };
        const folder = await backend.artifacts.fetch((await store.getRun(runs.within)).artifactUri, "", tmpdir());
        expect(await backend.purgeDeleted({ ...now, dryRun: true })).toEqual(expected);
        expect(existsSync(folder)).toBe(true);
        const purged = await backend.purgeDeleted({ ...now, dryRun: false });
        expect(purged).toEqual(expected);
        expect(purged.runs).toHaveLength(2);
        expect(existsSync(folder)).toBe(false);
        for (const id of [runs.deleted, runs.within]) expect(await errorCodeOf(store.getRun(id))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(store.getExperiment(gone))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(served.traces.get(traceId))).toBe("RESOURCE_DOES_NOT_EXIST");
        for (const id of [runs.active, runs.restored]) expect(await text(await store.readArtifact(id, "a.txt"))).toBe("text");
      });

      it("removes one experiment whatever its state, but never Default", async () => {
        const experimentId = await newExperiment();
        const runId = await newRun(experimentId);
        expect(await opened.backend.purgeExperiment(experimentId)).toEqual({ runs: [runId], experiments: [experimentId] });
        expect(await errorCodeOf(opened.store.getExperiment(experimentId))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(opened.backend.purgeExperiment(experimentId))).toBe("RESOURCE_DOES_NOT_EXIST");
        expect(await errorCodeOf(opened.backend.purgeExperiment("0"))).toBe("INVALID_PARAMETER_VALUE");
      });
    });

    storeViewsContract(() => opened);
    runGroupsContract(() => opened);
    traceViewsContract(() => opened);
  });
}
