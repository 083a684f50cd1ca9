import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MlflowError } from "../../src/lib/tracking/mlflow-error.js";
import { metricValues, type RunBatch } from "../../src/lib/tracking/records.js";
import type { TraceStore } from "../../src/lib/tracking/tracking-backend.js";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";

/** A store for the suite and what ends it. */
export interface OpenedStore {
  store: TrackingStore;
  /** The traces behind it, as they are kept. */
  traces: TraceStore;
  close(): Promise<void>;
}

async function mlflowErrorOf(work: () => Promise<unknown>): Promise<MlflowError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof MlflowError) return thrown;
    throw thrown;
  }
  throw new Error("expected an MlflowError");
}

/** What every tracking store must do, whether it is a file or a server. `open` gives a new empty store. */
export function trackingStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  let opened: OpenedStore;
  let store: TrackingStore;
  let count = 0;
  const unique = (what: string) => `${what}-${++count}`;
  const newExperiment = () => store.createExperiment({ name: unique("experiment") });
  const newRun = async (tags: Record<string, string> = {}) => {
    const { experimentId } = await newExperiment();
    return store.createRun({ experimentId, runName: "first", startTime: 1000, userId: "me", tags });
  };

  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());

  describe(`${name}: judged calls`, () => {
    it("are recorded with what is said of them", async () => {
      const { runId, experimentId } = await newRun();
      const feedback = { name: "accuracy", value: 4.5, problem: null, rationale: "fits", sourceId: "judge" };
      const calls = Array.from({ length: 120 }, (_, i) => ({
        ...{ experimentId, request: `question ${i}`, response: "answer", requestTimeMs: 1000 + i, id: `row-${i}` },
        feedback: [feedback, { ...feedback, name: "clarity", value: null, problem: "the judge said nothing" }],
      }));
      expect(await store.logJudgedCalls(runId, calls)).toBe(true);
      expect(await store.logJudgedCalls(runId, [])).toBe(true);
      const { items: found } = await opened.traces.search([experimentId], { maxResults: 200 });
      expect(found).toHaveLength(120);
      const one = found.find(({ clientRequestId }) => clientRequestId === "row-7");
      expect(one).toMatchObject({ requestPreview: "question 7", responsePreview: "answer", requestTimeMs: 1007, state: "OK" });
      expect(one?.metadata).toMatchObject({ "mlflow.sourceRun": runId });
      const said = one?.assessments.map(({ name, value, rationale, sourceType, sourceId, metadata }) => ({
        name,
        value,
        rationale,
        sourceType,
        sourceId,
        metadata,
      }));
      const source = { sourceType: "LLM_JUDGE", sourceId: "judge", metadata: { "mlflow.assessment.sourceRunId": runId } };
      expect(said).toContainEqual({ name: "accuracy", value: 4.5, rationale: "fits", ...source });
      expect(one?.assessments.find(({ name }) => name === "clarity")?.error).toMatchObject({ error_message: "the judge said nothing" });
    });
  });

  describe(`${name}: experiments`, () => {
    it("has Default, with id 0, from the start", async () => {
      expect(await store.getExperiment("0")).toMatchObject({
        name: "Default",
        lifecycleStage: "active",
        artifactLocation: "mlflow-artifacts:/0",
      });
    });

    it("are created once, with tags, and found by name and id", async () => {
      const created = await store.createExperiment({ name: "mine", tags: { team: "a" } });
      expect(created).toMatchObject({ name: "mine", lifecycleStage: "active", tags: { team: "a" } });
      expect(created.artifactLocation).toBe(`mlflow-artifacts:/${created.experimentId}`);
      expect(created.creationTime).toBeGreaterThan(Date.now() - 60_000);
      expect(await store.findExperiment("mine")).toEqual(created);
      expect(await store.findExperiment("nobody's")).toBeUndefined();
      const error = await mlflowErrorOf(() => store.createExperiment({ name: "mine" }));
      expect(error).toMatchObject({ errorCode: "RESOURCE_ALREADY_EXISTS", code: "STORE_CONFLICT" });
      expect((await mlflowErrorOf(() => store.getExperiment("99999"))).message).toBe("No Experiment with id=99999 exists");
    });

    it("take their runs with them when deleted, and give them back", async () => {
      const run = await newRun();
      const { experimentId } = run;
      await store.deleteExperiment(experimentId);
      expect(await store.getExperiment(experimentId)).toMatchObject({ lifecycleStage: "deleted" });
      expect(await store.getRun(run.runId)).toMatchObject({ lifecycleStage: "deleted" });
      const error = await mlflowErrorOf(() => store.createRun({ experimentId, startTime: 1 }));
      expect(error.message).toBe(`The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`);
      expect((await mlflowErrorOf(() => store.deleteExperiment(experimentId))).errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
      await store.restoreExperiment(experimentId);
      expect(await store.getRun(run.runId)).toMatchObject({ lifecycleStage: "active" });
    });

    it("are renamed and tagged", async () => {
      const { experimentId } = await newExperiment();
      const renamed = unique("renamed");
      await store.renameExperiment(experimentId, renamed);
      await store.setExperimentTag(experimentId, "k", "v1");
      await store.setExperimentTag(experimentId, "k", "v2");
      await store.setExperimentTag(experimentId, "gone", "x");
      await store.deleteExperimentTag(experimentId, "gone");
      expect(await store.findExperiment(renamed)).toMatchObject({ experimentId, tags: { k: "v2" } });
      expect((await mlflowErrorOf(() => store.renameExperiment(experimentId, "Default"))).errorCode).toBe("RESOURCE_ALREADY_EXISTS");
    });

    it("are searched by name, tags and times, a page at a time", async () => {
      const names = ["alpha", "beta", "gamma"].map((word) => unique(`search-${word}`));
      for (const experiment of names) await store.createExperiment({ name: experiment, tags: { group: "searched" } });
      const search = (filter: string, more = {}) => store.searchExperiments({ filter, maxResults: 100, ...more });
      const found = await search("tags.group = 'searched'", { orderBy: ["name DESC"] });
      expect(found.items.map((experiment) => experiment.name)).toEqual([...names].sort().reverse());
      expect(found.nextPageToken).toBeUndefined();
      expect((await search("name LIKE 'search-b%'")).items).toHaveLength(1);
      expect((await search("name LIKE 'SEARCH-B%'")).items).toHaveLength(0);
      expect((await search("name ILIKE 'SEARCH-B%'")).items).toHaveLength(1);
      const first = await search("tags.group = 'searched'", { maxResults: 2 });
      expect(first.items).toHaveLength(2);
      const second = await search("tags.group = 'searched'", { maxResults: 2, pageToken: first.nextPageToken });
      expect(second.items).toHaveLength(1);
      expect(second.nextPageToken).toBeUndefined();
      expect((await mlflowErrorOf(() => search("lifecycle_stage = 'active'"))).errorCode).toBe("INVALID_PARAMETER_VALUE");
    });
  });

  describe(`${name}: runs`, () => {
    it("start RUNNING with their name as a tag, and end with a status", async () => {
      const run = await newRun({ color: "red" });
      expect(run).toMatchObject({
        status: "RUNNING",
        endTime: null,
        startTime: 1000,
        runName: "first",
        userId: "me",
        lifecycleStage: "active",
      });
      expect(run.tags).toEqual({ color: "red", "mlflow.runName": "first" });
      expect(run.runId).toMatch(/^[0-9a-f]{32}$/);
      expect(run.artifactUri).toBe(`mlflow-artifacts:/${run.experimentId}/${run.runId}/artifacts`);
      expect(await store.updateRun(run.runId, { status: "FINISHED", endTime: 2000 })).toMatchObject({ status: "FINISHED", endTime: 2000 });
      expect(await store.getRun(run.runId)).toMatchObject({ status: "FINISHED", endTime: 2000, runName: "first" });
    });

    it("get a name of their own, and keep name and tag in step", async () => {
      const { experimentId } = await newExperiment();
      const nameless = await store.createRun({ experimentId, startTime: 1 });
      expect(nameless.runName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
      expect((await store.createRun({ experimentId, startTime: 1, tags: { "mlflow.runName": "by tag" } })).runName).toBe("by tag");
      await store.updateRun(nameless.runId, { runName: "renamed" });
      expect((await store.getRun(nameless.runId)).tags["mlflow.runName"]).toBe("renamed");
      await store.logBatch(nameless.runId, { tags: { "mlflow.runName": "again" } });
      expect((await store.getRun(nameless.runId)).runName).toBe("again");
      const both = () => store.createRun({ experimentId, runName: "a", startTime: 1, tags: { "mlflow.runName": "b" } });
      expect((await mlflowErrorOf(both)).errorCode).toBe("INVALID_PARAMETER_VALUE");
    });

    it("that are deleted refuse logging until they are restored", async () => {
      const { runId } = await newRun();
      await store.deleteRun(runId);
      await store.deleteRun(runId);
      const error = await mlflowErrorOf(() => store.logBatch(runId, { tags: { a: "b" } }));
      expect(error.message).toBe(`The run ${runId} must be in the 'active' state. Current state is deleted.`);
      await store.restoreRun(runId);
      await store.logBatch(runId, { tags: { a: "b" } });
    });

    it("that do not exist are RESOURCE_DOES_NOT_EXIST", async () => {
      const id = "0".repeat(32);
      for (const work of [
        () => store.getRun(id),
        () => store.updateRun(id, { status: "FAILED" }),
        () => store.logBatch(id, { params: { a: "1" } }),
        () => store.deleteRun(id),
        () => store.metricHistory(id, "m", {}),
        () => store.writeArtifact(id, "a", "b"),
      ]) {
        expect(await mlflowErrorOf(work)).toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST", message: `Run with id=${id} not found` });
      }
    });
  });

  describe(`${name}: batches`, () => {
    it("keep params once: the same value again is fine, another is refused and nothing of the batch is kept", async () => {
      const { runId } = await newRun();
      await store.logBatch(runId, { params: { temperature: "0.5" } });
      await store.logBatch(runId, { params: { temperature: "0.5" } });
      const error = await mlflowErrorOf(() => store.logBatch(runId, { params: { top_p: "1", temperature: "0.6" }, tags: { t: "1" } }));
      expect(error.message).toBe(
        "Changing param values is not allowed. Params were already logged='[{'key': 'temperature', 'old_value': '0.5', 'new_value': '0.6'}]' " +
          `for run ID='${runId}'.`,
      );
      const run = await store.getRun(runId);
      expect(run.params).toEqual({ temperature: "0.5" });
      expect(run.tags["t"]).toBeUndefined();
    });

    it("show the metric with the greatest (step, timestamp, value), not the one logged last", async () => {
      const { runId } = await newRun();
      const log = (value: number, step: number, timestamp: number) =>
        store.logBatch(runId, { metrics: [{ key: "loss", value, step, timestamp }] });
      const shown = async () => metricValues(await store.getRun(runId))["loss"];
      await log(3, 2, 10);
      await log(9, 1, 99);
      expect(await shown()).toBe(3);
      await log(4, 2, 10);
      expect(await shown()).toBe(4);
      await log(1, 2, 11);
      expect(await shown()).toBe(1);
    });

    it("keep NaN, and the largest double for infinity, and take the same point twice", async () => {
      const { runId } = await newRun();
      const metrics = [
        { key: "nan", value: Number.NaN, step: 0, timestamp: 1 },
        { key: "inf", value: -Infinity, step: 0, timestamp: 1 },
      ];
      await store.logBatch(runId, { metrics });
      await store.logBatch(runId, { metrics });
      expect(metricValues(await store.getRun(runId))).toEqual({ nan: Number.NaN, inf: -Number.MAX_VALUE });
      expect((await store.metricHistory(runId, "nan", {})).items).toEqual([{ key: "nan", value: Number.NaN, step: 0, timestamp: 1 }]);
    });

    it("overwrite and delete tags, and cut what is too long", async () => {
      const { runId } = await newRun({ color: "red" });
      await store.logBatch(runId, { tags: { color: "blue", long: "x".repeat(9000) }, params: { long: "y".repeat(7000) } });
      const run = await store.getRun(runId);
      expect(run.tags["color"]).toBe("blue");
      expect(run.tags["long"]).toHaveLength(8000);
      expect(run.params["long"]).toHaveLength(6000);
      await store.deleteTag(runId, "color");
      expect((await store.getRun(runId)).tags["color"]).toBeUndefined();
      const error = await mlflowErrorOf(() => store.deleteTag(runId, "color"));
      expect(error.message).toBe(`No tag with name: color in run with id ${runId}`);
    });

    it("of any size arrive whole", async () => {
      const { runId } = await newRun();
      const params = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, String(i)]));
      const metrics = Array.from({ length: 2500 }, (_, i) => ({ key: `m${i % 5}`, value: i, step: i, timestamp: i }));
      await store.logBatch(runId, { params, metrics, tags: Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`t${i}`, "x"])) });
      const run = await store.getRun(runId);
      expect(Object.keys(run.params)).toHaveLength(250);
      expect(Object.keys(run.tags)).toHaveLength(151);
      expect(metricValues(run)).toEqual({ m0: 2495, m1: 2496, m2: 2497, m3: 2498, m4: 2499 });
    });

    it("take every key MLflow takes, and refuse the others in its words", async () => {
      const { runId } = await newRun();
      const keys = ["p95/latency", "a:b", "é è", "answer_relevance/v1/mean", "with space", "__proto__", "constructor", "x".repeat(250)];
      const params: Record<string, string> = Object.create(null) as Record<string, string>;
      for (const key of keys) params[key] = "1";
      await store.logBatch(runId, { params });
      expect(Object.keys((await store.getRun(runId)).params).sort()).toEqual([...keys].sort());
      for (const [key, reason] of [
        ["recall@5", "Names may only contain alphanumerics"],
        ["a//b", "must not resolve to other names"],
        ["../x", "must not resolve to other names"],
        ["/a", "must not resolve to other names"],
        ["x".repeat(251), "exceeds the maximum length of 250 characters"],
      ] as const) {
        const batches: RunBatch[] = [
          { params: { [key]: "1" } },
          { tags: { [key]: "1" } },
          { metrics: [{ key, value: 1, timestamp: 1, step: 0 }] },
        ];
        for (const batch of batches) {
          const error = await mlflowErrorOf(() => store.logBatch(runId, batch));
          expect(error.errorCode).toBe("INVALID_PARAMETER_VALUE");
          expect(error.message).toContain(reason);
        }
      }
    });
  });

  describe(`${name}: metric history`, () => {
    it("is ordered by timestamp, step, value, a page at a time", async () => {
      const { runId } = await newRun();
      const metrics = [
        { key: "m", value: 1, step: 5, timestamp: 20 },
        { key: "m", value: 3, step: 1, timestamp: 30 },
        { key: "m", value: 2, step: 9, timestamp: 10 },
        { key: "m", value: 0, step: 9, timestamp: 10 },
      ];
      await store.logBatch(runId, { metrics });
      const all = await store.metricHistory(runId, "m", {});
      expect(all.items.map(({ value }) => value)).toEqual([0, 2, 1, 3]);
      const first = await store.metricHistory(runId, "m", { maxResults: 3 });
      expect(first.items).toHaveLength(3);
      const second = await store.metricHistory(runId, "m", { maxResults: 3, pageToken: first.nextPageToken });
      expect(second.items.map(({ value }) => value)).toEqual([3]);
      expect(second.nextPageToken).toBeUndefined();
      expect((await store.metricHistory(runId, "none", {})).items).toEqual([]);
    });
  });

  describe(`${name}: search of runs`, () => {
    let experimentId: string;
    const search = async (filter: string, more: object = {}) => {
      const { items } = await store.searchRuns({ experimentIds: [experimentId], filter, maxResults: 100, ...more });
      return items.map((run) => run.runName);
    };

    beforeAll(async () => {
      ({ experimentId } = await newExperiment());
      const rows = [
        { name: "a", acc: 0.4, lr: "0.1", tag: "Red" },
        { name: "b", acc: 0.6, lr: "0.2", tag: "red" },
        { name: "c", acc: Number.NaN, lr: "10", tag: 'it\'s "x"' },
        { name: "d", acc: undefined, lr: undefined, tag: undefined },
      ];
      for (const [index, { name: runName, acc, lr, tag }] of rows.entries()) {
        const { runId } = await store.createRun({ experimentId, runName, startTime: 100 + index, userId: `user-${runName}` });
        await store.logBatch(runId, {
          ...(acc === undefined ? {} : { metrics: [{ key: "acc", value: acc, timestamp: 1, step: 0 }] }),
          ...(lr === undefined ? {} : { params: { lr, "a.b": "dotted" } }),
          ...(tag === undefined ? {} : { tags: { color: tag } }),
        });
        if (runName === "b") await store.updateRun(runId, { status: "FINISHED", endTime: 500 });
        const dataset = { name: `set-${runName}`, digest: "d1", sourceType: "local", source: "{}", schema: null, profile: null };
        if (runName === "a") await store.logInputs(runId, { datasets: [{ ...dataset, tags: { "mlflow.data.context": "train" } }] });
      }
    });

    it.each([
      ["", ["d", "c", "b", "a"]],
      ["metrics.acc > 0.5", ["b"]],
      ["metrics.acc<0.5", ["c", "a"]],
      ["metric.acc >= 0.4 and metrics.`acc` <= 0.5", ["a"]],
      ["metrics.acc != 0.4", ["c", "b"]],
      ["metrics.acc > 4e-1 AND", ["b"]],
      ["params.lr = '0.1'", ["a"]],
      ["params.lr != '0.1'", ["c", "b"]],
      ["param.a.b = 'dotted'", ["c", "b", "a"]],
      ['params."lr" = "0.2"', ["b"]],
      ["tags.color LIKE 'r%'", ["b"]],
      ["tags.color ILIKE 'r%'", ["b", "a"]],
      ['tag.color = "it\'s"', []],
      ["tags.color LIKE 'it_s%'", ["c"]],
      ["status = 'FINISHED'", ["b"]],
      ["status = 'finished'", []],
      ["attributes.status != 'FINISHED'", ["d", "c", "a"]],
      ["run_name = 'a'", ["a"]],
      ["attribute.`Run name` LIKE '%'", ["d", "c", "b", "a"]],
      ["run name = 'b'", ["b"]],
      ["user_id = 'user-c'", ["c"]],
      ["start_time > 101", ["d", "c"]],
      ["Created <= 100", ["a"]],
      ["end_time = 500", ["b"]],
      ["dataset.name = 'set-a'", ["a"]],
      ["datasets.context IN ('train', 'eval')", ["a"]],
      ["dataset.digest NOT IN ('x')", ["a"]],
      ["tags.`mlflow.runName` = 'd'", ["d"]],
    ])("finds by %s", async (filter, names) => {
      expect(await search(filter)).toEqual(names);
    });

    it("finds by lists of ids", async () => {
      const ids = (await store.searchRuns({ experimentIds: [experimentId], maxResults: 10 })).items
        .slice(0, 2)
        .map(({ runId }) => `'${runId}'`);
      expect(await search(`run_id IN (${ids.join(", ")})`)).toEqual(["d", "c"]);
      expect(await search(`attributes.run_id NOT IN (${ids.join(",")})`)).toEqual(["b", "a"]);
    });

    it.each([
      ["metrics.acc > 0.5 OR metrics.acc < 0.1"],
      ["metrics.acc > '0.5'"],
      ["metrics.acc LIKE 0.5"],
      ["params.lr = 0.1"],
      ["params.lr > '0.1'"],
      ["params.lr == '0.1'"],
      ["params.lr <> '0.1'"],
      ["params.lr NOT LIKE '0.1'"],
      ["(metrics.acc > 0.5)"],
      ["metrics.acc > 0.5;"],
      ["metrics.acc > 0.5, params.lr = '1'"],
      ["metrics.acc"],
      ["   "],
      ["'x' = params.lr"],
      ["experiment_id = '1'"],
      ["lifecycle_stage = 'active'"],
      ["nonsense.x = 'y'"],
      ["run_id > 'a'"],
      ["status IN ('FINISHED')"],
      ["params.lr = 'unclosed"],
    ])("refuses the filter %s", async (filter) => {
      expect(await mlflowErrorOf(() => search(filter))).toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE", code: "INVALID_ARGUMENT" });
    });

    it.each([
      [["metrics.acc DESC"], ["b", "a", "c", "d"]],
      [["metrics.acc"], ["a", "b", "c", "d"]],
      [["params.lr ASC"], ["a", "b", "c", "d"]],
      [["params.`lr` desc"], ["c", "b", "a", "d"]],
      [["tags.color DESC"], ["b", "c", "a", "d"]],
      [["start_time ASC"], ["a", "b", "c", "d"]],
      [["Created desc"], ["d", "c", "b", "a"]],
      [["end_time ASC"], ["b", "d", "c", "a"]],
      [
        ["status ASC", "run_name DESC"],
        ["b", "d", "c", "a"],
      ],
      [["attributes.run name ASC"], ["a", "b", "c", "d"]],
    ])("orders by %s, missing values last", async (orderBy, names) => {
      expect(await search("", { orderBy })).toEqual(names);
    });

    it.each([["metrics.acc SIDEWAYS"], ["dataset.name"], ["experiment_id"], [""]])("refuses the order %s", async (order) => {
      expect((await mlflowErrorOf(() => search("", { orderBy: [order] }))).errorCode).toBe("INVALID_PARAMETER_VALUE");
    });

    it("gives the same order a page at a time as at once, with ties, NaN, filters and runs without the metric", async () => {
      const { experimentId } = await newExperiment();
      const key = unique("score");
      for (let i = 0; i < 40; i++) {
        const { runId } = await store.createRun({ experimentId, runName: `p${i}`, startTime: i % 3, userId: "me", tags: {} });
        const value = i % 10 === 0 ? Number.NaN : (i * 7) % 8;
        const metrics = i % 13 === 5 ? [] : [{ key, value, timestamp: 1, step: 0 }];
        await store.logBatch(runId, { metrics: [...metrics, { key: "half", value: i % 2, timestamp: 1, step: 0 }] });
      }
      for (const order of ["ASC", "DESC"]) {
        const query = { experimentIds: [experimentId], orderBy: [`metrics.${key} ${order}`], filter: "metrics.half > 0" };
        const all = (await store.searchRuns({ ...query, maxResults: 1000 })).items.map(({ runId }) => runId);
        expect(all).toHaveLength(20);
        const paged: string[] = [];
        let pageToken: string | undefined;
        do {
          const page = await store.searchRuns({ ...query, maxResults: 3, pageToken });
          paged.push(...page.items.map(({ runId }) => runId));
          pageToken = page.nextPageToken;
        } while (pageToken !== undefined);
        expect(paged).toEqual(all);
      }
    });

    it("gives a token with every full page, also the last", async () => {
      const page = (pageToken?: string) => store.searchRuns({ experimentIds: [experimentId], maxResults: 2, pageToken });
      const first = await page();
      const second = await page(first.nextPageToken);
      expect([...first.items, ...second.items].map((run) => run.runName)).toEqual(["d", "c", "b", "a"]);
      expect(second.nextPageToken).toBeDefined();
      expect(await page(second.nextPageToken)).toMatchObject({ items: [] });
      expect((await mlflowErrorOf(() => page("%%%"))).message).toBe("Invalid page token, could not base64-decode");
    });

    it("shows deleted runs on request, and none without experiments", async () => {
      const run = await newRun();
      await store.deleteRun(run.runId);
      const find = async (viewType?: "DELETED_ONLY" | "ALL") =>
        (await store.searchRuns({ experimentIds: [run.experimentId], maxResults: 5, viewType })).items.length;
      expect([await find(), await find("DELETED_ONLY"), await find("ALL")]).toEqual([0, 1, 1]);
      expect((await store.searchRuns({ experimentIds: [], maxResults: 5 })).items).toEqual([]);
      for (const maxResults of [0, -1, 50_001]) {
        expect((await mlflowErrorOf(() => store.searchRuns({ experimentIds: [], maxResults }))).errorCode).toBe("INVALID_PARAMETER_VALUE");
      }
    });
  });

  describe(`${name}: datasets and artifacts`, () => {
    const dataset = { name: "qa", digest: "12345678", sourceType: "local", source: "{}", schema: "{}", profile: null };

    it("keeps a dataset once for a run, with its tags, and for several runs", async () => {
      const first = await newRun();
      const input = { ...dataset, tags: { "mlflow.data.context": "eval" } };
      await store.logInputs(first.runId, { datasets: [input] });
      await store.logInputs(first.runId, { datasets: [input] });
      const second = await store.createRun({ experimentId: first.experimentId, startTime: 1 });
      await store.logInputs(second.runId, { datasets: [{ ...input, tags: {} }] });
      expect((await store.getRun(first.runId)).datasets).toEqual([input]);
      expect((await store.getRun(second.runId)).datasets).toEqual([{ ...input, tags: {} }]);
    });

    it("writes, replaces, lists and reads artifacts", async () => {
      const { runId } = await newRun();
      const odd = "dir/100% ünïcode #1?.txt";
      await store.writeArtifact(runId, "a/b.txt", "one");
      await store.writeArtifact(runId, "a/b.txt", "two");
      await store.writeArtifact(runId, odd, Readable.from(["three"]));
      await store.writeArtifact(runId, "empty.bin", "");
      await store.writeArtifact(runId, "bytes.bin", new Uint8Array([0, 255, 10]));
      const read = async (path: string) => text(await store.readArtifact(runId, path));
      expect(await read("a/b.txt")).toBe("two");
      expect(await read(odd)).toBe("three");
      expect(await read("empty.bin")).toBe("");
      expect(await store.listArtifacts(runId, "")).toEqual([
        { path: "a", isFolder: true, sizeBytes: 0 },
        { path: "bytes.bin", isFolder: false, sizeBytes: 3 },
        { path: "dir", isFolder: true, sizeBytes: 0 },
        { path: "empty.bin", isFolder: false, sizeBytes: 0 },
      ]);
      expect(await store.listArtifacts(runId, "dir")).toEqual([{ path: odd, isFolder: false, sizeBytes: 5 }]);
      expect(await store.listArtifacts(runId, "a/b.txt")).toEqual([]);
      expect(await store.listArtifacts(runId, "nowhere")).toEqual([]);
      expect((await mlflowErrorOf(() => store.readArtifact(runId, "nowhere"))).errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
      expect((await mlflowErrorOf(() => store.readArtifact(runId, "a"))).errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
    });

    it.each([
      "../x",
      "a/../../x",
      "/etc/passwd",
      "%2e%2e/x",
      "..%2Fx",
      "%252e%252e%252fx",
      "a\\..\\..\\x",
      "C:\\x",
      "x\0y",
      "file:///etc/passwd",
    ])("refuses the path %j", async (path) => {
      const { runId } = await newRun();
      for (const work of [
        () => store.writeArtifact(runId, path, "x"),
        () => store.readArtifact(runId, path),
        () => store.listArtifacts(runId, path),
      ]) {
        expect((await mlflowErrorOf(work)).errorCode).toBe("INVALID_PARAMETER_VALUE");
      }
    });

    it("refuses an artifact without a name", async () => {
      const { runId } = await newRun();
      expect((await mlflowErrorOf(() => store.writeArtifact(runId, "", "x"))).errorCode).toBe("INVALID_PARAMETER_VALUE");
    });
  });

  describe(`${name}: registry`, () => {
    const version = (model: string, number = "1") => ({ name: model, version: number });

    it("registers models and versions 1, 2, 3", async () => {
      const model = unique("model");
      const run = await newRun();
      expect(await store.registry.createModel({ name: model, description: "d", tags: { a: "b" } })).toMatchObject({
        name: model,
        description: "d",
        tags: { a: "b" },
        aliases: {},
        latestVersions: [],
      });
      expect((await mlflowErrorOf(() => store.registry.createModel({ name: model }))).message).toBe(
        `Registered Model (name=${model}) already exists.`,
      );
      const source = `${run.artifactUri}/model`;
      const first = await store.registry.createVersion({ name: model, source, runId: run.runId, description: "one", tags: { t: "1" } });
      expect(first).toMatchObject({
        version: "1",
        stage: "None",
        status: "READY",
        source,
        runId: run.runId,
        description: "one",
        tags: { t: "1" },
      });
      expect((await store.registry.createVersion({ name: model, source })).version).toBe("2");
      expect(await store.registry.downloadUri(model, "1")).toBe(source);
      const missing = await mlflowErrorOf(() => store.registry.getVersion(model, "9"));
      expect(missing.message).toBe(`Model Version (name=${model}, version=9) not found`);
      const none = await mlflowErrorOf(() => store.registry.createVersion({ name: "no such", source }));
      expect(none.message).toBe("Registered Model with name=no such not found");
      expect((await mlflowErrorOf(() => store.registry.getVersion(model, "x"))).errorCode).toBe("INVALID_PARAMETER_VALUE");
    });

    it("gives the number of a deleted version to no other one, and shows nothing of it", async () => {
      const model = unique("model");
      const source = "mlflow-artifacts:/x/y";
      await store.registry.createModel({ name: model });
      for (let i = 0; i < 3; i++) await store.registry.createVersion({ name: model, source, tags: { t: "1" } });
      await store.registry.setAlias(model, "champion", "3");
      await store.registry.deleteVersion(model, "3");
      const renamed = unique("renamed");
      await store.registry.renameModel(model, renamed);
      expect((await store.registry.latestVersions(renamed)).map((found) => found.version)).toEqual(["2"]);
      expect(await store.registry.getModel(renamed)).toMatchObject({ aliases: {}, latestVersions: [{ version: "2" }] });
      const search = await store.registry.searchVersions({ filter: `name = '${renamed}' AND tags.t = '1'`, maxResults: 10 });
      expect(search.items.map((found) => found.version).sort()).toEqual(["1", "2"]);
      for (const gone of [
        () => store.registry.getVersion(renamed, "3"),
        () => store.registry.describeVersion(renamed, "3", "back"),
        () => store.registry.setVersionTag(version(renamed, "3"), "k", "v"),
        () => store.registry.setAlias(renamed, "champion", "3"),
        () => store.registry.downloadUri(renamed, "3"),
        () => store.registry.deleteVersion(renamed, "3"),
      ]) {
        expect((await mlflowErrorOf(gone)).errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
      }
      expect((await store.registry.createVersion({ name: renamed, source })).version).toBe("4");
      for (const number of ["1", "2", "4"]) await store.registry.deleteVersion(renamed, number);
      expect(await store.registry.latestVersions(renamed)).toEqual([]);
      expect((await mlflowErrorOf(() => store.registry.getByAlias(renamed, "latest"))).errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
      expect((await store.registry.createVersion({ name: renamed, source })).version).toBe("5");
    });

    it("takes versions of runs of elsewhere, and gives a copied version the files of its original", async () => {
      const [original, copy] = [unique("model"), unique("model")];
      for (const model of [original, copy]) await store.registry.createModel({ name: model });
      const source = "mlflow-artifacts:/x/y";
      const runId = "0123456789abcdef0123456789abcdef";
      expect(await store.registry.createVersion({ name: original, source, runId })).toMatchObject({ runId });
      const made = await store.registry.createVersion({ name: copy, source: `models:/${original}/1` });
      expect(made).toMatchObject({ source: `models:/${original}/1` });
      expect(await store.registry.downloadUri(copy, "1")).toBe(source);
      const none = await mlflowErrorOf(() => store.registry.createVersion({ name: copy, source: `models:/${original}/9` }));
      expect(none.errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
    });

    it("orders versions that are equal by name, then from the newest on", async () => {
      const [first, second] = [unique("tied-a"), unique("tied-b")];
      for (const model of [second, first, second, first]) {
        await store.registry.createModel({ name: model }).catch(() => undefined);
        await store.registry.createVersion({ name: model, source: "mlflow-artifacts:/x/y", tags: { tied: first } });
      }
      const order = async (orderBy: string[]) => {
        const { items } = await store.registry.searchVersions({ filter: `tags.tied = '${first}'`, orderBy, maxResults: 10 });
        return items.map((found) => `${found.name === first ? "a" : "b"}${found.version}`).join(" ");
      };
      const made = Date.now();
      await vi.waitUntil(() => Date.now() > made); // so that the first one is the last to change
      await store.registry.describeVersion(first, "1", "changed");
      expect(await order(["name ASC"])).toBe("a2 a1 b2 b1");
      expect(await order(["version_number ASC"])).toBe("a1 b1 a2 b2");
    });

    it("moves versions through stages and archives the others on request", async () => {
      const model = unique("model");
      await store.registry.createModel({ name: model });
      for (let i = 0; i < 3; i++) await store.registry.createVersion({ name: model, source: "mlflow-artifacts:/x/y" });
      await store.registry.transition(model, "1", { stage: "Production", archiveOthers: false });
      await store.registry.transition(model, "2", { stage: "Production", archiveOthers: true });
      expect((await store.registry.getVersion(model, "1")).stage).toBe("Archived");
      const latest = await store.registry.latestVersions(model, ["production"]);
      expect(latest.map((found) => found.version)).toEqual(["2"]);
      expect((await store.registry.latestVersions(model)).map((found) => found.version)).toEqual(["1", "2", "3"]);
      expect((await mlflowErrorOf(() => store.registry.latestVersions(model, ["Nowhere"]))).errorCode).toBe("INVALID_PARAMETER_VALUE");
    });

    it("points aliases at versions", async () => {
      const model = unique("model");
      await store.registry.createModel({ name: model });
      await store.registry.createVersion({ name: model, source: "mlflow-artifacts:/x/y" });
      await store.registry.createVersion({ name: model, source: "mlflow-artifacts:/x/z" });
      await store.registry.setAlias(model, "champion", "1");
      await store.registry.setAlias(model, "champion", "2");
      expect(await store.registry.getByAlias(model, "champion")).toMatchObject({ version: "2", aliases: ["champion"] });
      expect((await store.registry.getModel(model)).aliases).toEqual({ champion: "2" });
      expect(await store.registry.getByAlias(model, "latest")).toMatchObject({ version: "2" });
      await store.registry.deleteAlias(model, "champion");
      expect((await mlflowErrorOf(() => store.registry.getByAlias(model, "champion"))).message).toBe(
        "Registered model alias champion not found.",
      );
      for (const alias of ["latest", "v1", "a b", ""]) {
        expect((await mlflowErrorOf(() => store.registry.setAlias(model, alias, "1"))).errorCode).toBe("INVALID_PARAMETER_VALUE");
      }
      expect((await mlflowErrorOf(() => store.registry.setAlias(model, "x", "7"))).errorCode).toBe("RESOURCE_DOES_NOT_EXIST");
    });

    it("describes, tags, renames, searches and deletes", async () => {
      const model = unique("model");
      await store.registry.createModel({ name: model });
      await store.registry.createVersion({ name: model, source: "mlflow-artifacts:/x/y" });
      await store.registry.describeModel(model, "about it");
      await store.registry.describeVersion(model, "1", "about one");
      await store.registry.setModelTag(model, "k", "v");
      await store.registry.setVersionTag(version(model), "vk", "vv");
      const renamed = unique("renamed");
      expect(await store.registry.renameModel(model, renamed)).toMatchObject({ name: renamed, description: "about it", tags: { k: "v" } });
      const models = await store.registry.searchModels({ filter: `name = '${renamed}' AND tag.k = 'v'`, maxResults: 10 });
      expect(models.items.map((found) => found.name)).toEqual([renamed]);
      const versions = await store.registry.searchVersions({ filter: `name='${renamed}' and tags.vk = 'vv'`, maxResults: 10 });
      expect(versions.items).toMatchObject([{ version: "1", description: "about one", tags: { vk: "vv" }, aliases: [] }]);
      await store.registry.deleteModelTag(renamed, "k");
      await store.registry.deleteVersionTag(version(renamed), "vk");
      expect((await store.registry.getModel(renamed)).tags).toEqual({});
      await store.registry.deleteModel(renamed);
      expect((await mlflowErrorOf(() => store.registry.getModel(renamed))).message).toBe(`Registered Model with name=${renamed} not found`);
    });

    it("hides prompts from a search that does not ask for them", async () => {
      const tag = unique("hidden");
      await store.registry.createModel({ name: unique("prompt"), tags: { "mlflow.prompt.is_prompt": "true", only: tag } });
      const search = async (filter: string) => (await store.registry.searchModels({ filter, maxResults: 10 })).items.length;
      expect(await search(`tags.only = '${tag}'`)).toBe(0);
      expect(await search(`tags.only = '${tag}' AND tags.\`mlflow.prompt.is_prompt\` = 'true'`)).toBe(1);
      expect(await search(`tags.only = '${tag}' AND tags.\`mlflow.prompt.is_prompt\` != 'true'`)).toBe(0);
    });
  });
}
