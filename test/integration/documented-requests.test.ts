import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import OpenAI from "openai";
import { programHost } from "../../src/app/host/host.js";
import { serve, type ModelServer } from "../../src/app/serving/serve.js";
import { fakeUpstream, sendJson } from "../helpers/fake-upstream.js";

type Json = Record<string, unknown>;

/** What guides of self-hosted services have people type, on a server with its defaults: each works, or says why not. */
let server: ModelServer;
let storeFolder: string;

beforeAll(async () => {
  storeFolder = mkdtempSync(join(tmpdir(), "documented-"));
  vi.stubEnv("LLMOPS_STATE_DIR", join(storeFolder, "state"));
  const settings = {
    "tracking.uri": join(storeFolder, "store"),
    "tracking.experiment": "llm-experiments",
    "models.threads": 1,
  } as const;
  server = await serve({ modelPath: "demo", port: 0, settings }, programHost());
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
  rmSync(storeFolder, { recursive: true, force: true });
});

async function call(
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  const init =
    body === undefined
      ? { headers }
      : { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
  const response = await fetch(server.url + path, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

const hello = [
  { role: "system", content: "You are a helpful assistant." },
  { role: "user", content: "Hello, how are you?" },
];
const tracked = {
  messages: [hello[0], { role: "user", content: "Tell me about MLflow." }],
  ...{ max_tokens: 1024, temperature: 0.7, track_experiment: true, experiment_name: "temperature-comparison", run_name: "temp-0.7-test" },
  tags: { model_type: "Llama-3-8B", purpose: "documentation" },
};

const chats: [string, Json][] = [
  [
    "with every sampling field and a timeout",
    { messages: hello, max_tokens: 1024, temperature: 0.7, top_p: 0.9, frequency_penalty: 0, presence_penalty: 0, timeout: 60 },
  ],
  [
    "with a model's name of Hugging Face",
    { model: "Qwen/Qwen2-0.5B-Instruct", messages: hello, temperature: 0.7, max_tokens: 256, top_p: 0.95 },
  ],
  ["for the combination of temperature and top_p", { messages: hello, max_tokens: 1024, temperature: 0, top_p: 0.9 }],
  ["without any setting", { messages: [{ role: "user", content: "Explain fine-tuning" }], temperature: 0.3 }],
];

describe("a chat", () => {
  it.each(chats)("%s is answered", async (_, body) => {
    const { status, body: answer } = await call("/v1/chat/completions", body);
    expect([status, answer["error"]]).toEqual([200, undefined]);
    expect((answer["performance"] as Json)["tokens_per_second"]).toBeGreaterThan(0);
  });

  it("that is to be tracked names its run, which has what was asked and measured", async () => {
    const { body } = await call("/v1/chat/completions", tracked);
    const run = body["experiment_tracking"] as Json;
    expect(run).toMatchObject({ experiment_name: "temperature-comparison" });
    await vi.waitFor(async () => {
      const { runs } = (await call(`/experiments/${String(run["experiment_id"])}/runs`)).body as { runs: Json[] };
      const text = JSON.stringify(runs.find((one) => JSON.stringify(one).includes(String(run["run_id"]))));
      for (const name of ["max_tokens", "temperature", "input_tokens", "output_tokens", "generation_time_seconds", "purpose"])
        expect(text).toContain(name);
    }, 30_000);
  });

  it("through the openai client is answered", async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "not-needed" });
    const messages = [{ role: "user" as const, content: "What is the capital of Germany?" }];
    const answer = await client.chat.completions.create({ model: "Qwen/Qwen2-0.5B-Instruct", messages, max_completion_tokens: 256 });
    expect(answer.choices[0]?.message.content).toBeTruthy();
  });
});

describe("what a monitoring script reads", () => {
  it("is in /metrics, with numbers that float() of Python takes", async () => {
    const { body } = await call("/metrics");
    expect(body).toMatchObject({
      model_loaded: true,
      cache_hit_rate: expect.any(Number) as number,
      mlflow: { experiment_name: "llm-experiments" },
    });
    expect(Number(body["gpu_memory_allocated_gb"])).toBeGreaterThanOrEqual(0);
  });

  it("is in /health: ready there, ok in /v1/health, each with the time", async () => {
    const [full, plain] = [(await call("/health")).body, (await call("/v1/health")).body];
    expect(full).toMatchObject({
      status: "ready",
      model: "demo",
      cuda_available: false,
      memory_allocated_gb: expect.any(String) as string,
    });
    expect(plain).toEqual({ status: "ok", timestamp: expect.any(Number) as number });
  });

  it("is in /status, /models, /v1/models and /prometheus", async () => {
    expect((await call("/status")).body).toMatchObject({ status: "healthy", prometheus_available: true, cached_models: 1 });
    expect((await call("/models")).body).toMatchObject({ models: [{ base_model: "demo", versions: ["base"] }] });
    expect((await call("/v1/models")).body).toMatchObject({ data: [{ id: "demo", object: "model" }] });
    const text = await (await fetch(`${server.url}/prometheus`)).text();
    for (const name of ["api_requests_total", "api_response_time_seconds_bucket", "successful_inferences_total", "tokens_generated_total"])
      expect(text).toContain(name);
  });

  it("is in /experiments", async () => {
    const { body } = await call("/experiments");
    expect(body).toMatchObject({
      experiments: expect.arrayContaining([expect.objectContaining({ name: "llm-experiments", lifecycle_stage: "active" })]) as Json[],
    });
  });
});

describe("a prompt for /infer", () => {
  it("is answered in its own shape", async () => {
    const { body } = await call(
      "/infer",
      { prompt: "What is the capital of France?", max_new_tokens: 32 },
      { "x-api-key": "your-api-key" },
    );
    // it asks for no temperature, so that the answer differs from time to time
    expect(body).toMatchObject({ result: expect.stringMatching(/\S/) as string, metadata: { model: "demo", version: "base" } });
  });

  it("for a model that is not served says which are", async () => {
    const { status, body } = await call("/infer", { prompt: "hi", adapter_version: "v1.0", base_model: "microsoft/DialoGPT-medium" });
    expect(status).toBe(404);
    expect(JSON.stringify(body)).toContain("Available");
  });
});

describe("the change of the MLflow store", () => {
  const change = { tracking_uri: "http://127.0.0.1:9", experiment_name: "new-experiment" };

  it("is refused to strangers and says what an operator has to do", async () => {
    expect(await call("/mlflow-config", change)).toMatchObject({
      status: 403,
      body: { error: { code: "forbidden", message: expect.stringContaining("X-LLMOps-Local") as string } },
    });
  });
});

describe("a question that is passed on and kept", () => {
  it("is a miss the first time and a hit with its age the second", async () => {
    const upstream = await fakeUpstream((_, response) => sendJson(response, { answer: "an answer" }));
    const settings = {
      "providers.provider": "upstream",
      "providers.upstream": [upstream.url],
      "cache.enabled": true,
      "cache.routes": ["/ask"],
    } as const;
    const gateway = await serve({ port: 0, settings }, programHost());
    const ask = () =>
      fetch(`${gateway.url}/ask`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"question": "What is LiquidAI?"}',
      });
    try {
      const [first, second] = [await ask(), await ask()];
      expect([first.headers.get("x-cache"), second.headers.get("x-cache")]).toEqual(["MISS", "HIT"]);
      expect(Number(second.headers.get("x-cache-age"))).toBeGreaterThanOrEqual(0);
    } finally {
      await gateway.close();
    }
  });
});
