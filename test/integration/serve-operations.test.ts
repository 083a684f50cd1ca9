import { connect } from "node:net";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Access } from "../../src/lib/serving/access/access.js";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import { createKey, revokeKey } from "../../src/lib/serving/access/key-file.js";
import { MemoryLedger } from "../../src/lib/serving/access/ledger.js";
import { parseLimit } from "../../src/lib/serving/access/limit.js";
import { readCassette } from "../../src/lib/inference/cassette/cassette-file.js";
import { CassetteWriter } from "../../src/lib/inference/cassette/cassette-writer.js";
import { ReplayProvider } from "../../src/lib/inference/cassette/replay-provider.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { LocalProvider } from "../../src/lib/inference/gateway/local-provider.js";
import { Fallback } from "../../src/lib/inference/gateway/upstream/fallback.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { MetricRegistry } from "../../src/lib/base/metrics/metric-registry.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import type { AppOptions } from "../../src/lib/serving/server/create-app.js";
import { ModelPool } from "../../src/lib/serving/server/model-pool.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { localService, Service } from "../../src/lib/serving/server/service.js";
import type { ServiceParts } from "../../src/lib/serving/server/service-parts.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { errorOf } from "../helpers/error-of.js";
import { chatAnswer, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { gatewayServer, post, readEvents, streamedText } from "../helpers/gateway-server.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { processWarnings } from "../helpers/warnings.js";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 512, threads: 1, queueLimit: 2 });
});
afterAll(() => engine.close());

async function serve(parts: Partial<ServiceParts> = {}, options: AppOptions = {}): Promise<{ url: string; service: Service }> {
  const service = localService(engine, parts);
  const server = await startServer(service, { host: "127.0.0.1", port: 0, ...options });
  onTestFinished(() => server.close());
  return { url: server.url, service };
}

function memoryCache(options: { nondeterministic?: boolean; routes?: string[] } = {}): ResponseCache {
  const store = new MemoryStore({ ttlSeconds: 300, maxItems: 100, maxBytes: 1e6 });
  return new ResponseCache(store, { nondeterministic: false, routes: [], ...options });
}

const question = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0, max_tokens: 12 };
/** A prompt that does not fit the context. */
const tooLong = [{ role: "user", content: "word ".repeat(2000) }];
const json = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

/** The engine as the models of a process. */
const oneModel = () => ({
  identity: engine.identity,
  borrow: () => Promise.resolve({ model: engine, release: () => undefined }),
});

describe("the response cache", () => {
  it("answers what was asked before, whole and streamed with the same pieces, and counts it", async () => {
    const { url } = await serve({ cache: memoryCache(), prices: { promptPerMillion: 1e6, completionPerMillion: 0 } });
    const chat = `${url}/v1/chat/completions`;
    const [first, second] = [await post(chat, question), await post(chat, { track_experiment: false, ...question })];
    expect([first.headers.get("x-cache"), second.headers.get("x-cache"), second.headers.get("x-cache-age")]).toEqual(["MISS", "HIT", "0"]);
    expect(second.json["choices"]).toEqual(first.json["choices"]);
    expect(second.json).toMatchObject({
      performance: { cached: true },
      usage: first.json["usage"],
      request_id: second.headers.get("x-request-id"),
    });
    const streams = [await post(chat, { ...question, stream: true }), await post(chat, { ...question, stream: true })];
    const deltas = streams.map(({ text }) => readEvents(text).events.map((event) => JSON.stringify(event["choices"])));
    expect(deltas[1]).toEqual(deltas[0]);
    expect(streams.map(({ headers }) => headers.get("x-cache"))).toEqual(["MISS", "HIT"]);
    expect(await json(`${url}/metrics`)).toMatchObject({ cache_hits: 2, cache_misses: 2, cache_hit_rate: 50 });
    const prompt = (first.json["usage"] as { prompt_tokens: number }).prompt_tokens;
    expect(await json(`${url}/cache/stats`)).toMatchObject({
      total_items: 2,
      valid_items: 2,
      utilization: 2,
      saved: { requests: 2, prompt_tokens: 2 * prompt, usd: 2 * prompt },
    });
    expect(await (await fetch(`${url}/cache`, { method: "DELETE", headers: { "x-llmops-local": "1" } })).json()).toEqual({
      cleared_items: 2,
    });
    expect((await post(chat, question)).headers.get("x-cache")).toBe("MISS");
  });

  it("never answers another question: every member that can change the answer is part of the key", async () => {
    const { url } = await serve({ cache: memoryCache() });
    const chat = `${url}/v1/chat/completions`;
    await post(chat, question);
    for (const change of [
      { max_tokens: 5 },
      { top_p: 0.5 },
      { stop: ["x"] },
      { seed: 1 },
      { logprobs: true },
      { n: 2 },
      { messages: [{ role: "user", content: "Other?" }] },
    ]) {
      expect((await post(chat, { ...question, ...change })).headers.get("x-cache"), JSON.stringify(change)).toBe("MISS");
    }
  });

  it("keeps nothing that may differ, unless it has a seed or is asked to, and no error", async () => {
    const { url } = await serve({ cache: memoryCache() });
    const all = await serve({ cache: memoryCache({ nondeterministic: true }) });
    const states = async (base: string, body: object) => {
      const answers = [await post(`${base}/v1/chat/completions`, body), await post(`${base}/v1/chat/completions`, body)];
      return answers.map(({ headers }) => headers.get("x-cache"));
    };
    const free = { messages: question.messages, max_tokens: 4 };
    expect(await states(url, free)).toEqual(["BYPASS", "BYPASS"]);
    expect(await states(url, { ...free, seed: 7 })).toEqual(["MISS", "HIT"]);
    expect(await states(all.url, free)).toEqual(["MISS", "HIT"]);
    const wrong = { ...question, messages: tooLong };
    const errors = [await post(`${url}/v1/chat/completions`, wrong), await post(`${url}/v1/chat/completions`, wrong)];
    expect(errors.map(({ status, headers }) => [status, headers.get("x-cache")])).toEqual([[400, null], [400, null]]); // prettier-ignore
  });

  it("does as Cache-Control says", async () => {
    const { url } = await serve({ cache: memoryCache() });
    const ask = async (control: string) => {
      const { status, headers } = await post(`${url}/v1/chat/completions`, question, control === "" ? {} : { "cache-control": control });
      return status === 200 ? headers.get("x-cache") : status;
    };
    expect(await ask("only-if-cached")).toBe(504);
    expect(await ask("no-store")).toBe("MISS");
    expect(await ask("only-if-cached")).toBe(504);
    expect(await ask("no-cache")).toBe("MISS");
    expect(await ask("")).toBe("HIT");
    expect(await ask("no-cache")).toBe("MISS");
    expect(await ask("max-age=60")).toBe("HIT");
    expect(await ask("max-age=0")).toBe("MISS");
    expect(await ask("only-if-cached")).toBe("HIT");
  });

  it("keeps embeddings too, which limits hold for as for everything else", async () => {
    const access = new Access({ ledger: new MemoryLedger(), limits: [parseLimit("3/minute")], maxParallel: undefined });
    const { url } = await serve({ cache: memoryCache(), access });
    const ask = (input: string) => post(`${url}/v1/embeddings`, { input });
    const answers = [await ask("one"), await ask("one"), await ask("two"), await ask("three")];
    expect(answers.map(({ status, headers }) => [status, headers.get("x-cache")])).toEqual([[200, "MISS"], [200, "HIT"], [200, "MISS"], [429, null]]); // prettier-ignore
    expect(answers[1]?.json).toEqual(answers[0]?.json);
  });

  it("has identical requests under way share one generation, whose end does not depend on the first of them", async () => {
    let goOn: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (goOn = resolve));
    const up = await fakeUpstream((_request, response) => sendStream(response, ["a", "b", "c", "d"], { until }));
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const { url, service } = await gatewayServer({ provider, cache: memoryCache() });
    const body = { model: "m", ...question, stream: true };
    const controller = new AbortController();
    const gone = fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: controller.signal,
    }).then((response) => response.text());
    await expect.poll(() => up.seen.length).toBe(1);
    const others = Promise.all(Array.from({ length: 5 }, () => post(`${url}/v1/chat/completions`, body)));
    await expect.poll(() => service.cache?.counts.shared).toBe(5);
    controller.abort();
    await gone.catch(() => undefined);
    goOn();
    for (const { text } of await others) expect(streamedText(text)).toBe("abcd");
    expect(up.seen).toHaveLength(1);
  });

  it("stands in front of other routes of an upstream too", async () => {
    const up = await fakeUpstream((request, response) =>
      sendJson(response, { answer: `to ${JSON.stringify(request.body)} ${request.path}` }),
    );
    const provider = new ProviderPool([new UpstreamProvider({ name: "rag", url: up.url.replace("/v1", "") })], { retries: 0 });
    const { url } = await gatewayServer({ provider, cache: memoryCache({ routes: ["/ask", "/search"] }), routes: ["/ask", "/search"] });
    const asked = [
      await post(`${url}/ask`, { question: "What?" }),
      await post(`${url}/ask`, { question: "What?" }),
      await post(`${url}/ask`, { question: "Why?" }),
    ];
    expect(asked.map(({ headers }) => headers.get("x-cache"))).toEqual(["MISS", "HIT", "MISS"]);
    expect(asked[1]?.json).toEqual({ answer: 'to {"question":"What?"} /ask' });
    const found = [await fetch(`${url}/search?q=a`), await fetch(`${url}/search?q=a`), await fetch(`${url}/search?q=b`)];
    expect(found.map(({ headers }) => headers.get("x-cache"))).toEqual(["MISS", "HIT", "MISS"]);
    expect(up.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /ask",
      "POST /ask",
      "GET /search?q=a",
      "GET /search?q=b",
    ]);
    expect((await post(`${url}/other`, {})).status).toBe(404);
  });
});

describe("metrics", () => {
  it("are valid for Prometheus, also as OpenMetrics and with vLLM's names, and count what happened", async () => {
    const { url } = await serve({ metrics: new MetricRegistry({ vllm: true }), cache: memoryCache() });
    for (const body of [question, question, { ...question, stream: true, tags: { domain: "geo" } }, { ...question, messages: tooLong }]) {
      await post(`${url}/v1/chat/completions`, body);
    }
    const response = await fetch(`${url}/prometheus`);
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const value = (line: string) => Number(new RegExp(`^${line.replace(/[{}|"/.]/g, "\\$&")} (\\S+)$`, "m").exec(text)?.[1]);
    const model = 'model="demo",version="base"';
    expect(value(`api_requests_total{endpoint="/v1/chat/completions",status="success",${model}}`)).toBe(3);
    expect(value(`api_requests_total{endpoint="/v1/chat/completions",status="error",${model}}`)).toBe(1);
    expect(value(`successful_inferences_total{${model},domain="geo"}`)).toBe(1);
    expect(value(`successful_inferences_total{${model},domain="general"}`)).toBe(2);
    expect(value(`failed_inferences_total{${model},error_type="context_length_exceeded"}`)).toBe(1);
    expect(value('llmops_cache_requests_total{result="hit"}')).toBe(1);
    expect(value('llmops_first_token_seconds_count{model="demo"}')).toBe(2);
    expect(value('vllm:request_success_total{model_name="demo",finished_reason="stop"}')).toBe(3);
    expect(value('llmops_slots{state="free"}')).toBe(2);
    if (!lacks("promtool")) {
      const { stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
      // vLLM's own names have colons, which promtool does not like
      expect((stdout + stderr).split("\n").filter((line) => line !== "" && !line.startsWith("vllm:"))).toEqual([]);
    }
    const open = await fetch(`${url}/metrics`, { headers: { accept: "application/openmetrics-text" } });
    expect(open.headers.get("content-type")).toContain("application/openmetrics-text");
    const lines = (await open.text()).trimEnd().split("\n");
    expect(lines.at(-1)).toBe("# EOF");
    expect(lines).toContain("# TYPE api_requests counter");
    expect((await fetch(`${url}/metrics`, { headers: { accept: "text/plain" } })).headers.get("content-type")).toContain("text/plain");
  });

  it("go where they are told, or nowhere", async () => {
    const moved = await serve({}, { metricsPath: "/m" });
    expect([(await fetch(`${moved.url}/m`)).status, (await fetch(`${moved.url}/prometheus`)).status]).toEqual([200, 200]);
    const off = await serve({ metrics: new MetricRegistry({ custom: false }) }, { prometheus: false });
    expect((await fetch(`${off.url}/prometheus`)).status).toBe(404);
    expect((await fetch(`${off.url}/metrics`, { headers: { accept: "text/plain" } })).headers.get("content-type")).toContain("json");
    expect((await off.service.metrics.expose()).text).not.toContain("llmops_");
  });

  it("stay few, whatever clients send", async () => {
    const { url, service } = await serve({});
    for (let i = 0; i < 60; i++) await post(`${url}/v1/chat/completions`, { ...question, max_tokens: 1, tags: { domain: `d${i}` } });
    await Promise.all(Array.from({ length: 60 }, (_, i) => fetch(`${url}/nowhere/${i}`)));
    const { text } = await service.metrics.expose();
    expect(text.match(/^successful_inferences_total/gm)).toHaveLength(51);
    expect(text).toContain('domain="other"');
    expect(text.match(/^api_requests_total/gm)?.length).toBeLessThan(10);
  });
});

describe("health", () => {
  it("tells loading, ready and draining apart, and has requests wait while it loads, as long as they want to", async () => {
    const service = new Service({ model: "demo" });
    const server = await startServer(service, { host: "127.0.0.1", port: 0 });
    onTestFinished(() => server.close());
    const states = async () =>
      Promise.all(["/health/live", "/health/ready", "/health"].map(async (path) => (await fetch(server.url + path)).status));
    expect(await states()).toEqual([200, 503, 503]);
    const patient = post(`${server.url}/v1/chat/completions`, question);
    const early = await post(`${server.url}/v1/chat/completions`, { ...question, timeout: 0.05 });
    expect([early.status, (early.json["error"] as { code: string }).code, early.headers.get("retry-after")]).toEqual([
      503,
      "model_loading",
      "1",
    ]);
    service.serveModels(ModelPool.holding(engine, "base"));
    expect((await patient).status).toBe(200);
    expect(await states()).toEqual([200, 200, 200]);
    expect((await post(`${server.url}/v1/chat/completions`, question)).status).toBe(200);
    expect(await json(`${server.url}/health`)).toMatchObject({
      status: "ready",
      device: "cpu",
      memory_allocated_gb: expect.stringMatching(/^\d+\.\d\d$/) as string,
    });
    service.drain();
    expect(await states()).toEqual([200, 503, 503]);
    expect((await post(`${server.url}/v1/chat/completions`, question)).status).toBe(200); // what still comes is answered
  });

  it("refuses what waits for a model that will not come, and asks others at once where there are any", async () => {
    const hopeless = new Service({ model: "demo" });
    const server = await startServer(hopeless, { host: "127.0.0.1", port: 0 });
    onTestFinished(() => server.close());
    const waiting = post(`${server.url}/v1/chat/completions`, question);
    await fetch(`${server.url}/health`);
    hopeless.drain();
    expect((await waiting).json).toMatchObject({ error: { code: "shutting_down" } });
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("from elsewhere")));
    const pool = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const loading = new Service({ model: "demo", models: new OwnModels("demo", "optional"), provider: pool });
    const other = await startServer(loading, { host: "127.0.0.1", port: 0 });
    onTestFinished(() => other.close());
    expect((await post(`${other.url}/v1/chat/completions`, question)).status).toBe(200);
  });

  it("is still there when the local model is too busy: the next provider answers", async () => {
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("from elsewhere")));
    const local = new LocalProvider("self", oneModel());
    const pool = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const provider = new Fallback([local, pool].map((one) => ({ provider: one, model: "m" })));
    const { url } = await serve({ provider });
    const long = { ...question, max_tokens: 60, ignore_eos: true, temperature: 1 };
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`${url}/v1/chat/completions`, long)));
    const from = answers.map(({ headers }) => headers.get("x-llmops-provider"));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(from.filter((name) => name === "self")).toHaveLength(4); // two slots, two in the queue
    expect(from.filter((name) => name === "up")).toHaveLength(4);
  });

  it("continues with an upstream's broken answer on the model in this process", async () => {
    const up = await fakeUpstream((_request, response) => sendStream(response, ["The capital of", " France", " is"], { breakAfter: 2 }));
    const pool = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const provider = new Fallback([pool, new LocalProvider("self", oneModel())].map((one) => ({ provider: one, model: "demo" })));
    const { url } = await serve({ provider });
    const { text } = await post(`${url}/v1/chat/completions`, { ...question, stream: true });
    expect(streamedText(text)).toBe("The capital of France is Paris.");
  });

  it("lets urgent requests go before others", async () => {
    const order: string[] = [];
    const { url } = await serve();
    const ask = async (name: string, priority: number, tokens = 40) => {
      await post(`${url}/v1/chat/completions`, { ...question, max_tokens: tokens, ignore_eos: true, temperature: 1, priority });
      order.push(name);
    };
    const running = [ask("running", 0, 450), ask("running", 0, 450)];
    await expect.poll(() => engine.state.busySlots).toBe(2);
    const waiting = [ask("later", 5)];
    await expect.poll(() => engine.state.queuedRequests).toBe(1);
    waiting.push(ask("urgent", -5));
    await Promise.all([...running, ...waiting]);
    expect(order.indexOf("urgent")).toBeLessThan(order.indexOf("later"));
  });
});

describe("access", () => {
  it("wants a key everywhere but for health and documentation, in either header, and never logs it", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
    const path = join(temporaryFolder(), "keys.json");
    const { key } = await createKey(path, { name: "alice", limits: [], maxParallel: null });
    const { url } = await serve({ keys: new ApiKeys({ keys: { infer: ["static-secret"] }, path }) }, { apiKeyHeader: "X-Own", logger });
    const status = async (headers: Record<string, string>) => (await post(`${url}/v1/chat/completions`, question, headers)).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: "Bearer wrong-secret" })).toBe(401);
    expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
    expect(await status({ "x-own": "static-secret" })).toBe(200);
    expect(await status({ "x-api-key": "static-secret" })).toBe(401);
    const open = ["/health", "/health/live", "/health/ready", "/docs", "/openapi.json"];
    expect(await Promise.all(open.map(async (one) => (await fetch(url + one)).status))).toEqual([200, 200, 200, 200, 200]);
    const closed = ["/metrics", "/prometheus", "/v1/models", "/cache/stats", "/experiments", "/nowhere"];
    expect(new Set(await Promise.all(closed.map(async (one) => (await fetch(url + one)).status)))).toEqual(new Set([401]));
    expect((await post(`${url}/mlflow-config`, { experiment_name: "x" })).status).toBe(401);
    const unlocked = await serve({ keys: new ApiKeys({ path: `${path}.later` }) });
    expect((await fetch(`${unlocked.url}/v1/models`)).status).toBe(200);
    await createKey(`${path}.later`, { name: "first", limits: [], maxParallel: null });
    await expect.poll(async () => (await fetch(`${unlocked.url}/v1/models`)).status, { timeout: 5000 }).toBe(401);
    await revokeKey(path, "alice");
    await expect.poll(() => status({ authorization: `Bearer ${key}` }), { timeout: 5000 }).toBe(401);
    expect(lines.join("")).not.toMatch(new RegExp(`${key}|static-secret|wrong-secret`));
  });

  it("limits requests and tokens, says what is left, and settles what was not used", async () => {
    const limits = [parseLimit("3/minute"), parseLimit("100tokens/minute")];
    const { url } = await serve({ access: new Access({ ledger: new MemoryLedger(), limits, maxParallel: undefined }) });
    const ask = (max: number) => post(`${url}/v1/chat/completions`, { ...question, max_tokens: max });
    const first = await ask(12);
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("2");
    const used = (first.json["usage"] as { total_tokens: number }).total_tokens;
    const second = await ask(12);
    const prompt = (first.json["usage"] as { prompt_tokens: number }).prompt_tokens;
    expect(second.headers.get("x-ratelimit-remaining-tokens")).toBe(String(100 - used - prompt - 12));
    const tooMuch = await ask(90);
    expect([tooMuch.status, (tooMuch.json["error"] as { code: string }).code]).toEqual([429, "rate_limited"]);
    expect(Number(tooMuch.headers.get("retry-after"))).toBeGreaterThan(50);
    expect((await ask(1)).status).toBe(200); // the refused one cost nothing
    expect((await ask(1)).status).toBe(429); // 3/minute
  });
});

describe("a budget", () => {
  it("is charged for what clients go away from, for answers nobody counted, and not for what the cache had", async () => {
    const limits = [parseLimit("1000tokens/day")];
    const up = await fakeUpstream((request, response) => {
      if (request.body["stream"])
        return sendStream(
          response,
          Array.from({ length: 50 }, () => "x"),
          { pauseMs: 5 },
        );
      return sendJson(response, { ...chatAnswer("hi"), usage: undefined });
    });
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const ledger = new MemoryLedger();
    const access = new Access({ ledger, limits, maxParallel: undefined });
    const { url, service } = await gatewayServer({ provider, access, cache: memoryCache(), defaultMaxTokens: 60 });
    const used = async () => {
      const look = { bucket: "ip:127.0.0.1:tokens:1000tokens/day", amount: 0, limit: 1000, windowMs: 86_400_000 };
      return (await ledger.reserve([look])).states[0]?.used ?? 0;
    };
    const controller = new AbortController();
    const streaming = { model: "m", messages: question.messages, stream: true };
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(streaming),
      signal: controller.signal,
    });
    expect(up.seen[0]?.body["max_tokens"]).toBe(60); // what is counted is bounded
    await response.body?.getReader().read();
    controller.abort();
    await expect.poll(() => service.callMetrics.underWay).toBe(0);
    const aborted = await used();
    expect(aborted).toBeGreaterThan(JSON.stringify(question.messages).length);
    const uncounted = { model: "m", ...question };
    await post(`${url}/v1/chat/completions`, uncounted);
    const counted = await used();
    // four bytes of the prompt are taken for a token, and "hi" for one
    expect(counted - aborted).toBe(Math.ceil(JSON.stringify(uncounted).length / 4) + 1);
    expect((await post(`${url}/v1/chat/completions`, uncounted)).headers.get("x-cache")).toBe("HIT");
    expect(await used()).toBe(counted);
  });
});

describe("a local call that is given up", () => {
  it("pays nothing while it still waits for a slot, and what was computed once it runs", async () => {
    const ledger = new MemoryLedger();
    const access = new Access({ ledger, limits: [parseLimit("10000tokens/day")], maxParallel: undefined });
    const { url, service } = await serve({ access });
    const used = async () => {
      const look = { bucket: "ip:127.0.0.1:tokens:10000tokens/day", amount: 0, limit: 10_000, windowMs: 86_400_000 };
      return (await ledger.reserve([look])).states[0]?.used ?? NaN;
    };
    const ask = () => {
      const controller = new AbortController();
      const body = JSON.stringify({ ...question, max_tokens: 400, ignore_eos: true });
      const headers = { "content-type": "application/json" };
      const done = fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body, signal: controller.signal }).catch(() => undefined);
      return { done, giveUp: () => controller.abort() };
    };
    const running = [ask(), ask()];
    await expect.poll(() => engine.state.busySlots).toBe(2);
    const before = await used();
    const waiting = ask();
    await expect.poll(() => engine.state.queuedRequests).toBe(1);
    waiting.giveUp();
    await expect.poll(() => service.callMetrics.underWay).toBe(2);
    await expect.poll(used).toBe(before);
    running.forEach(({ giveUp }) => giveUp());
    await Promise.all(running.map(({ done }) => done));
    await expect.poll(() => service.callMetrics.underWay).toBe(0);
    expect(await used()).toBeGreaterThan(0);
    expect(await used()).toBeLessThan(before);
  });
});

it.each([false, true])("many prompts at once are answered without a warning of the process, streamed %s", async (stream) => {
  const wide = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 512, threads: 1, queueLimit: 200 });
  onTestFinished(() => wide.close());
  const server = await startServer(localService(wide), { host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  const warnings = processWarnings();
  const prompt = Array.from({ length: 40 }, (_, i) => `prompt ${i}`);
  const { status, text } = await post(`${server.url}/v1/completions`, { prompt, max_tokens: 1, temperature: 0, stream });
  expect(status, text).toBe(200);
  expect(warnings).toEqual([]);
});

describe("rude clients", () => {
  it("are answered with what is wrong, and cut off", async () => {
    const { url } = await serve({}, { bodyLimitBytes: 2000 });
    const send = (body: string, type = "application/json") =>
      fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { "content-type": type }, body }).then(async (response) => [
        response.status,
        ((await response.json()) as { error: { code: string } }).error.code,
      ]);
    expect(await send("{")).toEqual([400, "invalid_argument"]);
    expect(await send("[]")).toEqual([400, "invalid_argument"]);
    expect(await send("hello", "text/plain")).toEqual([415, "unsupported_media_type"]);
    expect(await send(JSON.stringify({ messages: [{ role: "user", content: "x".repeat(3000) }] }))).toEqual([413, "body_too_large"]);
    const flood = await rawAnswer(url, `GET /health HTTP/1.1\r\nhost: localhost\r\n${`a: ${"b".repeat(100)}\r\n`.repeat(5000)}\r\n`);
    expect(flood).toMatch(/^HTTP\/1\.1 431 /);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

describe("record and replay", () => {
  it("answers without the model as it was recorded, streams with their timing, and says what was not recorded", async () => {
    const path = join(temporaryFolder(), "calls.jsonl");
    const recorder = new CassetteWriter(path);
    const { url } = await serve({ recorder });
    const chat = { ...question, stream: true };
    const recorded = [
      await post(`${url}/v1/chat/completions`, question, { authorization: "Bearer s3cret" }),
      await post(`${url}/v1/chat/completions`, chat),
    ];
    recorder.close();
    expect(readFileSync(path, "utf8")).not.toContain("s3cret");
    for (const atOnce of [true, false]) {
      const replayed = await gatewayServer({ provider: new ReplayProvider(path, await readCassette(path), { atOnce }) });
      const again = [await post(`${replayed.url}/v1/chat/completions`, question), await post(`${replayed.url}/v1/chat/completions`, chat)];
      expect(again[0]?.json["choices"]).toEqual(recorded[0]?.json["choices"]);
      expect(again[0]?.json["usage"]).toEqual(recorded[0]?.json["usage"]);
      expect(streamedText(again[1]?.text ?? "")).toBe(streamedText(recorded[1]?.text ?? ""));
      const missing = await post(`${replayed.url}/v1/chat/completions`, { ...question, seed: 1 });
      expect([missing.status, (missing.json["error"] as { code: string }).code]).toEqual([404, "not_recorded"]);
    }
  });

  it("gives different answers to the same call in their order, and refuses what is not a recording", async () => {
    const path = join(temporaryFolder(), "calls.jsonl");
    const texts = ["one", "two"];
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer(texts[up.seen.length - 1] ?? "")));
    const recorder = new CassetteWriter(path);
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const { url } = await gatewayServer({ provider, recorder });
    for (let i = 0; i < texts.length; i++) await post(`${url}/v1/chat/completions`, question);
    recorder.close();
    const replayed = await gatewayServer({ provider: new ReplayProvider(path, await readCassette(path), { atOnce: true }) });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(JSON.stringify((await post(`${replayed.url}/v1/chat/completions`, question)).json["choices"]));
    expect(answers.map((text) => /one|two/.exec(text)?.[0])).toEqual(["one", "two", "one"]);
    writeFileSync(path, "{}\n");
    expect((await errorOf(() => readCassette(path))).message).toContain("line 1: schema");
    writeFileSync(path, "");
    expect((await errorOf(() => readCassette(path))).code).toBe("RECORDING_INVALID");
  });
});

describe("slow clients", () => {
  it("hold nobody up: neither one that sends half a request nor one that does not read its answer", async () => {
    const { url, service } = await serve();
    const { hostname, port } = new URL(url);
    const half = connect(Number(port), hostname, () =>
      half.write("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"),
    );
    const body = JSON.stringify({ ...question, stream: true, max_tokens: 200, ignore_eos: true, logprobs: true, top_logprobs: 20 });
    const deaf = connect(Number(port), hostname, () => {
      deaf.pause();
      deaf.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
    onTestFinished(() => [half, deaf].forEach((socket) => socket.destroy()));
    await expect.poll(() => engine.state.busySlots, { timeout: 20_000 }).toBe(1);
    expect((await post(`${url}/v1/chat/completions`, question)).status).toBe(200);
    deaf.destroy();
    await expect.poll(() => service.callMetrics.underWay, { timeout: 20_000 }).toBe(0);
    await expect.poll(() => engine.state.busySlots, { timeout: 20_000 }).toBe(0);
  });
});

/** What a server answers to bytes. */
function rawAnswer(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.on("data", (part) => (text += part.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => (text === "" ? reject(error) : resolve(text)));
  });
}
