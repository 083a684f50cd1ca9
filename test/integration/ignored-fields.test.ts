import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { LocalProvider } from "../../src/lib/inference/gateway/local-provider.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { Fallback } from "../../src/lib/inference/gateway/upstream/fallback.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { ModelPool } from "../../src/lib/serving/server/model-pool.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer, post } from "../helpers/gateway-server.js";

const HEADER = "x-llmops-ignored-fields";
const CHAT = "/v1/chat/completions";
const chat = { messages: [{ role: "user", content: "Hello" }], max_tokens: 2, temperature: 0 };
const noRetries = { retries: 0, onBreaker: () => undefined, onRetry: () => undefined };

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 512, threads: 1 });
});
afterAll(() => engine.close());

/** A server whose model is in this process, behind an upstream where there is one. */
async function server({ upstream, strict = false }: { upstream?: string; strict?: boolean } = {}) {
  const models = new OwnModels("demo");
  models.serve(ModelPool.holding(engine, "base"));
  const own = { provider: new LocalProvider("self", models), model: "demo" };
  const pool = (url: string) =>
    new ProviderPool([new UpstreamProvider({ name: "up", url, model: undefined, apiKey: undefined })], noRetries);
  const links = upstream === undefined ? [own] : [{ provider: pool(upstream), model: undefined }, own];
  const provider = links.length === 1 ? own.provider : new Fallback(links, { onFault: () => undefined, onRescue: () => undefined });
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const cache = new ResponseCache(new MemoryStore({ ttlSeconds: 60, maxItems: 10, maxBytes: 1e6 }), {
    nondeterministic: false,
    routes: [],
  });
  const { url } = await gatewayServer({ model: "demo", models, provider, cache }, { logger, strictFields: strict });
  const count = async () =>
    (await (await fetch(`${url}/prometheus`)).text()).split("\n").filter((line) => line.startsWith("llmops_ignored_fields_total{"));
  return { url, lines, count };
}

describe("fields of a request that nothing knows", () => {
  it.each([
    ["the body", CHAT, { ...chat, tempurature: 1, seed: 1 }, "tempurature"],
    ["an object within it", CHAT, { ...chat, stream_options: { include_usge: true } }, "stream_options.include_usge"],
    ["a list within it", CHAT, { ...chat, messages: [{ role: "user", content: "Hello", weight: 1 }] }, "messages.weight"],
    [
      "a tool",
      CHAT,
      { ...chat, tool_choice: "none", tools: [{ type: "function", function: { name: "f", params: {} } }] },
      "tools.function.params",
    ],
    ["a response format", CHAT, { ...chat, response_format: { type: "text", shema: {} } }, "response_format.shema"],
    ["two at once", CHAT, { ...chat, b: 1, "a,é": 1 }, "b, a%2C%C3%A9"],
    ["a text completion", "/v1/completions", { prompt: "a", max_tokens: 1, chat: 1 }, "chat"],
    ["embeddings", "/v1/embeddings", { input: "a", size: 3 }, "size"],
    ["/infer", "/infer", { prompt: "a", max_new_tokens: 1, max_tokens: 2 }, "max_tokens"],
    ["/tokenize", "/tokenize", { content: "a", contents: "b" }, "contents"],
    ["/detokenize", "/v1/detokenize", { tokens: [1], skip: 1 }, "skip"],
  ])("are named in a header of the answer: in %s", async (_, path, body, names) => {
    const { url } = await server();
    const answer = await post(`${url}${path}`, body);
    expect([answer.status, answer.headers.get(HEADER)]).toEqual([200, names]);
  });

  it("are named in the log once, and counted each time", async () => {
    const { url, lines, count } = await server();
    for (let time = 0; time < 3; time++) await post(`${url}${CHAT}`, { ...chat, tempurature: 1 });
    expect(await count()).toEqual([`llmops_ignored_fields_total{endpoint="${CHAT}",field="tempurature"} 3`]);
    expect(lines).toMatchObject([{ field: "tempurature", path: CHAT }]);
  });

  it("pass the cache by with a reason where an answer is drawn", async () => {
    const { url } = await server();
    const { headers } = await post(`${url}${CHAT}`, { ...chat, temperature: 1 });
    expect([headers.get("x-cache"), headers.get("x-cache-reason")]).toEqual(["BYPASS", expect.stringContaining("a seed")]);
  });

  it("are named of an answer that was kept, and of a stream", async () => {
    const { url } = await server();
    const asked = { ...chat, tempurature: 1 };
    await post(`${url}${CHAT}`, asked);
    const kept = await post(`${url}${CHAT}`, asked);
    expect([kept.headers.get("x-cache"), kept.headers.get(HEADER)]).toEqual(["HIT", "tempurature"]);
    expect((await post(`${url}${CHAT}`, { ...asked, stream: true })).headers.get(HEADER)).toBe("tempurature");
  });

  it("are none where all are known, and where one is null", async () => {
    const { url, count } = await server();
    expect((await post(`${url}${CHAT}`, { ...chat, tempurature: null })).headers.get(HEADER)).toBeNull();
    expect(await count()).toEqual([]);
  });

  it("are refused by a server that is strict, with the nearest name", async () => {
    const { url } = await server({ strict: true });
    const { status, json } = await post(`${url}${CHAT}`, { ...chat, tempurature: 1 });
    expect(status).toBe(400);
    expect(json["error"]).toMatchObject({ code: "invalid_argument", param: "tempurature" });
    expect(JSON.stringify(json)).toContain("Did you mean temperature?");
    expect((await post(`${url}${CHAT}`, chat)).status).toBe(200);
  });

  it("are the upstream's to know where it answers, and are named where the model of this process does in its place", async () => {
    const upstream = await fakeUpstream((_, response) => sendJson(response, chatAnswer("hi")));
    const { url, count } = await server({ upstream: upstream.url });
    const asked = { ...chat, tempurature: 1 };
    const passed = await post(`${url}${CHAT}`, asked);
    expect([passed.headers.get("x-llmops-provider"), passed.headers.get(HEADER)]).toEqual(["up", null]);
    expect(upstream.seen[0]?.body).toMatchObject({ tempurature: 1 });
    expect(await count()).toEqual([]);
    await upstream.close();
    const own = await post(`${url}${CHAT}`, { ...asked, seed: 2 });
    expect([own.headers.get("x-llmops-provider"), own.headers.get(HEADER)]).toEqual(["self", "tempurature"]);
  });

  it("are passed on, strict or not, where this process has no model", async () => {
    const upstream = await fakeUpstream((_, response) => sendJson(response, chatAnswer("hi")));
    const provider = new ProviderPool(
      [new UpstreamProvider({ name: "up", url: upstream.url, model: undefined, apiKey: undefined })],
      noRetries,
    );
    const { url } = await gatewayServer({ provider }, { strictFields: true });
    expect((await post(`${url}${CHAT}`, { ...chat, tempurature: 1 })).status).toBe(200);
  });
});

describe("a page of an origin that is allowed", () => {
  it("may read the headers that are the server's own, and delete", async () => {
    const models = new OwnModels("demo");
    models.serve(ModelPool.holding(engine, "base"));
    const { url } = await gatewayServer({ model: "demo", models }, { corsOrigins: ["https://app.example.com"] });
    const headers = { origin: "https://app.example.com" };
    const shown = (await post(`${url}${CHAT}`, chat, headers)).headers.get("access-control-expose-headers");
    expect(shown?.split(", ")).toEqual(
      expect.arrayContaining(["X-Request-Id", "X-Cache", "X-LLMOps-Ignored-Fields", "X-RateLimit-Remaining-Tokens"]),
    );
    const asked = { ...headers, "access-control-request-method": "DELETE" };
    const allowed = await fetch(`${url}/v1/responses/r`, { method: "OPTIONS", headers: asked });
    expect(allowed.headers.get("access-control-allow-methods")?.split(", ")).toContain("DELETE");
  });

  it.each([
    ["http://localhost:5173", true],
    ["http://127.0.0.1", true],
    ["http://[::1]:3000", true],
    ["https://app.example.com", true],
    ["http://localhost.evil.example", false],
    ["https://evil.example", false],
  ])("is one of this machine's where localhost is named: %s: %s", async (origin, isAllowed) => {
    const { url } = await gatewayServer({ model: "demo" }, { corsOrigins: ["localhost", "https://app.example.com"] });
    const headers = { origin, "access-control-request-method": "POST" };
    const allowed = await fetch(`${url}${CHAT}`, { method: "OPTIONS", headers });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(isAllowed ? origin : null);
  });
});
