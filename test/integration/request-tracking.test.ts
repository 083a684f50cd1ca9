import { text } from "node:stream/consumers";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { mlflowConnection } from "../../src/lib/base/config/mlflow-environment.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { RequestTracking, type TrackingPolicy } from "../../src/lib/serving/server/request-tracking.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import type { Run } from "../../src/lib/tracking/records.js";
import { metricValues } from "../../src/lib/tracking/records.js";
import { RestStore } from "../../src/lib/tracking/rest/rest-store.js";
import { startTrackingServer } from "../../src/lib/tracking/server/start-tracking-server.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { Tracker } from "../../src/lib/tracking/tracker.js";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";
import { post, readEvents } from "../helpers/gateway-server.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 512, threads: 1 });
});
afterAll(() => engine.close());

async function serve(store: TrackingStore, policy: TrackingPolicy = { kind: "flagged" }) {
  const tracker = new Tracker(store, { folder: join(temporaryFolder(), "journal") });
  const tracking = new RequestTracking({ tracker, store, experiment: "serve", policy, user: "me" });
  const service = localService(engine, { tracking });
  const server = await startServer(service, { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await server.close();
    await tracker.close({ deadlineMs: 100 });
  });
  return { url: server.url, tracking, tracker, service };
}

function localStore() {
  const store = openLocalStore(temporaryFolder(), { create: true });
  onTestFinished(() => store.close());
  return store;
}

async function runsOf(store: TrackingStore, experiment: string): Promise<Run[]> {
  const found = await store.findExperiment(experiment);
  return found ? (await store.searchRuns({ experimentIds: [found.experimentId], maxResults: 100 })).items : [];
}

const question = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0.2, max_tokens: 12, seed: 1 };
const asked = {
  ...question,
  track_experiment: true,
  experiment_name: "temperature-comparison",
  run_name: "temp-0.2-test",
  tags: { model_type: "demo", purpose: "documentation" },
};

describe("a request that is tracked", () => {
  it("becomes a run with its params, metrics, tags and texts, and the answer has its id", async () => {
    const store = localStore();
    const { url, tracker } = await serve(store);
    const { json } = await post(`${url}/v1/chat/completions`, asked);
    const { run_id: id } = json["experiment_tracking"] as { run_id: string };
    await tracker.flush({ deadlineMs: 5000 });
    const run = await store.getRun(id);
    expect(run).toMatchObject({
      runName: "temp-0.2-test",
      status: "FINISHED",
      params: { temperature: "0.2", top_p: "1", max_tokens: "12", frequency_penalty: "0", presence_penalty: "0" },
    });
    expect(run.tags).toMatchObject({ model_type: "demo", purpose: "documentation" });
    const usage = json["usage"] as { prompt_tokens: number; completion_tokens: number; total_tokens: number };
    const performance = json["performance"] as { tokens_per_second: number; generation_time_seconds: number };
    expect(metricValues(run)).toMatchObject({
      input_tokens: usage.prompt_tokens,
      output_tokens: usage.completion_tokens,
      total_tokens: usage.total_tokens,
      tokens_per_second: performance.tokens_per_second,
    });
    expect(metricValues(run)["generation_time_seconds"]).toBeCloseTo(performance.generation_time_seconds, 5);
    const requestId = json["request_id"] as string;
    const artifact = async (path: string) => text(await store.readArtifact(id, path));
    expect(await artifact(`prompts/prompt-${requestId}.txt`)).toMatch(/user[\s\S]*What is the capital of France\?[\s\S]*assistant/);
    const [choice] = json["choices"] as { message: { content: string } }[];
    expect(await artifact(`responses/response-${requestId}.txt`)).toBe(choice?.message.content);
  });

  it("says so at the end of a stream, and ends FAILED where the request did", async () => {
    const store = localStore();
    const { url, tracker } = await serve(store);
    const { text: stream } = await post(`${url}/v1/chat/completions`, { ...asked, stream: true });
    const last = readEvents(stream).events.at(-1);
    expect(last).toMatchObject({
      choices: [{ finish_reason: "stop" }],
      performance: { tokens_per_second: expect.any(Number) as number },
      experiment_tracking: { status: "recorded" },
    });
    await post(`${url}/v1/chat/completions`, { ...asked, messages: [{ role: "user", content: "word ".repeat(2000) }] });
    await tracker.flush({ deadlineMs: 5000 });
    const runs = await runsOf(store, "temperature-comparison");
    expect(runs.map(({ status }) => status).sort()).toEqual(["FAILED", "FINISHED"]);
    expect(runs.find(({ status }) => status === "FAILED")?.tags["llmops.error"]).toBe("CONTEXT_LENGTH_EXCEEDED");
  });

  it.each([
    [{ kind: "flagged" }, 1],
    [{ kind: "all" }, 3],
    [{ kind: "sample", share: 0 }, 1],
    [{ kind: "sample", share: 1 }, 3],
  ] as const)("is one of those that %j wants", async (policy, expected) => {
    const store = localStore();
    const { url, tracker } = await serve(store, policy);
    for (const body of [question, question, { ...question, track_experiment: true }, { ...question, track_experiment: false }]) {
      await post(`${url}/v1/chat/completions`, body);
    }
    await tracker.flush({ deadlineMs: 5000 });
    expect(await runsOf(store, "serve")).toHaveLength(expected);
  });
});

describe("the store's endpoints", () => {
  it("list experiments and their runs", async () => {
    const store = localStore();
    const { url, tracker, tracking } = await serve(store);
    tracking.recordLoad(engine, 1.5);
    await post(`${url}/v1/chat/completions`, asked);
    await tracker.flush({ deadlineMs: 5000 });
    const { experiments } = (await (await fetch(`${url}/experiments`)).json()) as {
      experiments: { experiment_id: string; name: string }[];
    };
    expect(experiments.map(({ name }) => name).sort()).toEqual(["Default", "serve", "temperature-comparison"]);
    const id = experiments.find(({ name }) => name === "serve")?.experiment_id;
    const { runs } = (await (await fetch(`${url}/experiments/${id}/runs`)).json()) as { runs: Record<string, object>[] };
    expect(runs).toMatchObject([
      {
        run_name: "model_load",
        status: "FINISHED",
        params: { architecture: "llama", quantization: "Q8_0", device: "cpu", context_size: "512" },
      },
    ]);
    expect(runs[0]?.["metrics"]).toMatchObject({ load_time_seconds: 1.5, model_size_bytes: engine.facts.fileBytes });
    expect((await fetch(`${url}/experiments/999/runs`)).status).toBe(404);
    expect((await (await fetch(`${url}/metrics`)).json()) as object).toMatchObject({
      mlflow: { experiment_name: "serve", tracking_uri: store.uri },
    });
  });
});

describe("an MLflow server that is away", () => {
  it("holds no answer up and loses nothing: what was recorded arrives when it is back", async () => {
    process.env["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0";
    onTestFinished(() => void delete process.env["MLFLOW_HTTP_REQUEST_MAX_RETRIES"]);
    const behind = localStore();
    const options = { allowedHosts: [], allowedOrigins: [], token: undefined };
    const first = await startTrackingServer(behind, { host: "127.0.0.1", port: 0, ...options });
    const { port } = new URL(first.url);
    await first.close();
    const store = new RestStore(new URL(first.url), mlflowConnection());
    const { url, tracker, service } = await serve(store, { kind: "all" });
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await post(`${url}/v1/chat/completions`, { ...question, seed: i }));
    const wanted = await post(`${url}/v1/chat/completions`, asked);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(wanted.json["experiment_tracking"]).toMatchObject({ run_id: null, status: "pending" });
    expect(tracker.isFailing).toBe(true);
    const { text: exposed } = await service.metrics.expose();
    expect(exposed).toContain("llmops_tracking_failing 1");
    const again = await startTrackingServer(behind, { host: "127.0.0.1", port: Number(port), ...options });
    onTestFinished(() => again.close());
    expect(await tracker.flush({ deadlineMs: 20_000 })).toBeUndefined();
    expect(await runsOf(behind, "serve")).toHaveLength(5);
    expect((await runsOf(behind, "temperature-comparison")).map(({ status }) => status)).toEqual(["FINISHED"]);
    await store.close();
  });
});
