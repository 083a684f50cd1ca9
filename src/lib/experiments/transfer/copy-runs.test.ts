import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { trackingServer } from "../../../../test/helpers/tracking-server.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import { openStore } from "../../tracking/open-store.js";
import { parseContent, spanOfContent } from "../../tracking/otlp/from-content.js";
import type { OtlpSpan } from "../../tracking/otlp/otlp-span.js";
import { contentOf } from "../../tracking/otlp/to-span.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { copyRuns } from "./copy-runs.js";
import { storeSource } from "./store-source.js";
import { withDatabase } from "../../../../test/helpers/query-store.js";

async function opened(uri: string): Promise<TrackingStore> {
  const store = await openStore(uri, { create: true });
  onTestFinished(() => store.close());
  return store;
}

/** A run that made a logged model, which is registered twice, with a prompt, and a trace with spans and assessments. */
async function fill(store: TrackingStore): Promise<void> {
  const { experimentId } = await store.createExperiment({ name: "genai" });
  const run = await store.createRun({ experimentId, runName: "maker", startTime: 1 });
  const model = await store.loggedModels.create({
    ...{ experimentId, name: "agent", modelType: "llm", sourceRunId: run.runId, tags: { t: "1" }, params: { p: "2" } },
  });
  await store.artifacts.write(model.artifactUri, "data/weights.bin", "weights");
  await store.logBatch(run.runId, { metrics: [{ key: "acc", value: 0.5, timestamp: 5, step: 1, modelId: model.modelId }] });
  await store.loggedModels.finalize(model.modelId, "LOGGED_MODEL_READY");
  await store.logOutputs(run.runId, [{ modelId: model.modelId, step: 3 }]);
  await store.logInputs(run.runId, {
    datasets: [{ name: "d", digest: "1", sourceType: "local", source: "{}", schema: null, profile: null, tags: {} }],
  });
  await store.updateRun(run.runId, { status: "FINISHED", endTime: 9 });
  await store.registry.createModel({ name: "agent" });
  for (let version = 0; version < 2; version++) {
    await store.registry.createVersion({ name: "agent", source: `models:/${model.modelId}`, modelId: model.modelId });
  }
  await store.registry.createModel({ name: "greeting", tags: { "mlflow.prompt.is_prompt": "true" } });
  const text = { "mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Hello {{name}}" };
  await store.registry.createVersion({ name: "greeting", source: "dummy-source", tags: text });
  const trace = await store.traces.put({
    ...{ traceId: "tr-0123", experimentId, requestTimeMs: 1000, durationMs: 20, state: "OK", clientRequestId: "c" },
    ...{ requestPreview: "q", responsePreview: "a", metadata: { "mlflow.sourceRun": run.runId }, tags: { user: "me" } },
  });
  await store.artifacts.write(trace.tags["mlflow.artifactLocation"] ?? "", "traces.json", '{"spans": []}');
  const said = {
    traceId: "tr-0123",
    error: null,
    sourceType: "HUMAN",
    sourceId: "me",
    spanId: null,
    rationale: "so",
    metadata: null,
    runId: null,
  };
  const first = await store.traces.createAssessment({
    ...said,
    kind: "feedback",
    name: "good",
    value: 1,
    overrides: null,
    createTimeMs: 1_700_000_000_000,
  });
  await store.traces.createAssessment({ ...said, kind: "feedback", name: "good", value: 2, overrides: first.assessmentId });
  await store.traces.createAssessment({ ...said, kind: "expectation", name: "answer", value: { a: [1] }, overrides: null });
}

const NOTHING = { experiments: 1, runs: 0, artifacts: 0, loggedModels: 0, traces: 0, assessments: 0, modelVersions: 0, leftOut: [] };

describe.each([
  ["a server", "a folder"],
  ["a folder", "a server"],
] as const)("a copy of %s in %s", (from, to) => {
  it(`has logged models with files, all versions, prompts, traces with spans and assessments; a second one adds nothing (${to})`, async () => {
    const [one, other] = [await opened((await trackingServer()).url), await opened(temporaryFolder())];
    const [source, target] = from === "a server" ? [one, other] : [other, one];
    await fill(source);
    const options = { experiments: ["genai"] };
    expect(await copyRuns(storeSource(source), target, options)).toEqual({
      ...{ experiments: 1, runs: 1, skipped: 0, artifacts: 2, loggedModels: 1, traces: 1, assessments: 3, modelVersions: 3, leftOut: [] },
    });
    const { experimentId = "" } = (await target.findExperiment("genai")) ?? {};
    const [run] = (await target.searchRuns({ experimentIds: [experimentId], maxResults: 10 })).items;
    const query = { experimentIds: [experimentId], filter: undefined, orderBy: [], maxResults: 10, pageToken: undefined };
    const models = (await target.loggedModels.search(query)).items;
    expect(models).toMatchObject([
      {
        ...{ name: "agent", status: "LOGGED_MODEL_READY", sourceRunId: run?.runId, params: { p: "2" } },
        ...{ tags: { t: "1" }, metrics: [{ key: "acc", value: 0.5, runId: run?.runId }] },
      },
    ]);
    const [model] = models;
    expect(await text(await target.artifacts.read(model?.artifactUri ?? "", "data/weights.bin"))).toBe("weights");
    expect(run).toMatchObject({ modelOutputs: [{ modelId: model?.modelId, step: 3 }], datasets: [{ name: "d" }] });
    expect(await target.registry.getVersion("agent", "2")).toMatchObject({ source: `models:/${model?.modelId}`, runId: run?.runId });
    expect(await target.registry.downloadUri("agent", "1")).toBe(model?.artifactUri);
    expect((await target.registry.getVersion("greeting", "1")).tags).toMatchObject({ "mlflow.prompt.text": "Hello {{name}}" });
    const trace = await target.traces.get("tr-0123");
    expect(trace).toMatchObject({ experimentId, durationMs: 20, tags: { user: "me" }, metadata: { "mlflow.sourceRun": run?.runId } });
    expect(trace.assessments.map(({ name, value, valid }) => [name, value, valid])).toEqual(
      expect.arrayContaining([
        ["good", 1, false],
        ["good", 2, true],
        ["answer", { a: [1] }, true],
      ]),
    );
    expect(trace.assessments.find(({ value }) => value === 1)?.createTimeMs).toBe(1_700_000_000_000);
    expect(await text(await target.artifacts.read(trace.tags["mlflow.artifactLocation"] ?? "", "traces.json"))).toBe('{"spans": []}');
    expect(await copyRuns(storeSource(source), target, options)).toEqual({ ...NOTHING, skipped: 1 });
  });
});

const ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN: OtlpSpan = {
  ...{ traceId: ID, spanId: "b7ad6b7169203331", parentId: null, name: "ask", status: "ERROR", message: "no" },
  ...{ startNs: 1_790_000_000_000_000_001n, endNs: 1_790_000_000_000_000_777n },
  attributes: { "mlflow.spanInputs": { id: 9007199254740993n, list: [1, 2.5, null, true, "x"] }, negative: -9007199254740993n },
  events: [{ name: "retry", timeNs: 1_790_000_000_000_000_123n, attributes: { attempt: 2 } }],
};

/** What a store, or a server, has of the span. */
async function spansIn(store: TrackingStore): Promise<OtlpSpan[]> {
  const spans = await store.traces.spansOf(`tr-${ID}`);
  return spans.map(({ attributes: all, ...span }) => {
    const attributes = Object.fromEntries(Object.entries(all).filter(([key]) => key !== "mlflow.traceRequestId"));
    return { ...span, attributes };
  });
}

describe("spans that a store has itself", () => {
  it.each([
    ["a folder", "a server"],
    ["a server", "a folder"],
  ])("are copied from %s to %s digit by digit, and the trace is theirs", async (from) => {
    const [one, other] = [await opened((await trackingServer()).url), await opened(temporaryFolder())];
    const [source, target] = from === "a server" ? [one, other] : [other, one];
    await source.traces.logSpans("0", [SPAN]);
    expect((await copyRuns(storeSource(source), target, {})).traces).toBe(1);
    expect(await spansIn(target)).toEqual([SPAN]);
    expect((await target.traces.get(`tr-${ID}`)).tags["mlflow.trace.spansLocation"]).toBe("TRACKING_STORE");
  });

  it("are made of a client's traces.json, in the shape of MLflow 3", async () => {
    const [source, target] = [await opened(temporaryFolder()), await opened((await trackingServer()).url)];
    const { tags } = await source.traces.put({
      ...{ traceId: `tr-${ID}`, experimentId: "0", requestTimeMs: 1, durationMs: 1, state: "OK", clientRequestId: null, tags: {} },
      ...{ requestPreview: null, responsePreview: null, metadata: {} },
    });
    await source.artifacts.write(tags["mlflow.artifactLocation"] ?? "", "traces.json", `{"spans": [${contentOf(SPAN)}]}`);
    await copyRuns(storeSource(source), target, {});
    expect(await spansIn(target)).toEqual([SPAN]);
  });

  it("are said where one of them is not MLflow's, and their trace is copied another time", async () => {
    const folder = temporaryFolder();
    const [source, target] = [await opened(folder), await opened(temporaryFolder())];
    await source.traces.logSpans("0", [SPAN]);
    withDatabase(folder, (database) => database.exec("UPDATE spans SET content = '{\"name\": 1}'"));
    const { leftOut } = await copyRuns(storeSource(source), target, {});
    expect(leftOut.map(({ why }) => why)).toEqual([`The trace tr-${ID} has a span that is not MLflow's: {"name": 1}`]);
    await expect(target.traces.get(`tr-${ID}`)).rejects.toThrow("not found");
    await source.traces.logSpans("0", [SPAN]);
    expect((await copyRuns(storeSource(source), target, {})).leftOut).toEqual([]);
    expect(await spansIn(target)).toEqual([SPAN]);
  });

  it("keep the sign of numbers that no integer of 64 bits is", async () => {
    const [source, target] = [await opened(temporaryFolder()), await opened((await trackingServer()).url)];
    await source.traces.logSpans("0", [{ ...SPAN, attributes: { count: 2n ** 63n, least: -(2n ** 63n), most: 2n ** 63n - 1n } }]);
    await copyRuns(storeSource(source), target, {});
    const { count, ...others } = (await spansIn(target))[0]?.attributes ?? {};
    expect([Number(count), others]).toEqual([2 ** 63, { least: -(2n ** 63n), most: 2n ** 63n - 1n }]);
  });

  it("are a file where the target has no place for them", async () => {
    const [source, target] = [await opened(temporaryFolder()), await opened(temporaryFolder())];
    await source.traces.logSpans("0", [SPAN]);
    const traces = Object.assign(Object.create(target.traces) as typeof target.traces, {
      logSpans: () => Promise.reject(new MlflowError("NOT_IMPLEMENTED", "no spans here")),
    });
    const old = Object.assign(Object.create(target) as TrackingStore, { traces });
    expect(await copyRuns(storeSource(source), old, {})).toMatchObject({ traces: 1, artifacts: 1, leftOut: [] });
    const { tags } = await target.traces.get(`tr-${ID}`);
    const file = await text(await target.artifacts.read(tags["mlflow.artifactLocation"] ?? "", "traces.json"));
    expect(spanOfContent((parseContent(file) as { spans: unknown[] }).spans[0])).toMatchObject({
      spanId: SPAN.spanId,
      startNs: SPAN.startNs,
    });
  });
});

describe("something that cannot be copied", () => {
  it("is an experiment that is not there", async () => {
    const [source, target] = [await opened(temporaryFolder()), await opened(temporaryFolder())];
    const copying = copyRuns(storeSource(source), target, { experiments: ["Default", "nope"] });
    await expect(copying).rejects.toMatchObject({ code: "STORE_NOT_FOUND", message: expect.stringContaining('"nope"') as string });
  });

  it("is said, and the rest is copied", async () => {
    const [source, target] = [await opened(temporaryFolder()), await opened(temporaryFolder())];
    await fill(source);
    const whole = storeSource(source);
    const readFile = async (uri: string, path: string) => {
      if (path.endsWith(".bin")) throw new Error("the disk has a hole");
      return whole.readFile(uri, path);
    };
    const copied = await copyRuns({ ...whole, readFile }, target, { experiments: ["genai"] });
    expect(copied).toMatchObject({ runs: 1, loggedModels: 0, traces: 1, modelVersions: 3 });
    expect(copied.leftOut).toMatchObject([{ what: expect.stringContaining("logged model agent"), why: "the disk has a hole" }]);
    expect(await copyRuns(whole, target, { experiments: ["genai"] })).toEqual({ ...NOTHING, skipped: 1, loggedModels: 1, artifacts: 1 });
  });
});
