import { afterEach, describe, expect, it } from "vitest";
import { Access } from "../../src/lib/serving/access/access.js";
import { MemoryLedger } from "../../src/lib/serving/access/ledger.js";
import { parseLimit } from "../../src/lib/serving/access/limit.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { Fallback } from "../../src/lib/inference/gateway/upstream/fallback.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { chatAnswer, chatEvent, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { gatewayServer } from "../helpers/gateway-server.js";

const TEXT = "1000tokens/day";
const PIECES = ["The", " capital", " is", " Paris", "."];
const messages = [{ role: "user", content: "Hi" }];
const ends: (() => void)[] = [];

afterEach(() => ends.splice(0).forEach((end) => end()));

/** A gateway with 1,000 tokens a day before an upstream that answers once it is let; a stream waits after its first piece. */
async function metered({ held = false, kept = false, counts = true, budgetFields = [] as string[] } = {}) {
  const gate: { open: () => void } = { open: () => undefined };
  const opened = held ? new Promise<void>((resolve) => (gate.open = resolve)) : Promise.resolve();
  ends.push(() => gate.open());
  const given = { up: 0 };
  const up = await fakeUpstream(async ({ body, path }, response) => {
    response.once("close", () => (given.up += response.writableFinished ? 0 : 1));
    if (body["stream"] === true) return sendStream(response, PIECES, { until: opened, counts });
    await opened;
    return sendJson(response, {
      ...(path.endsWith("embeddings") ? { object: "list", data: [] } : chatAnswer("hi")),
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    });
  });
  const ledger = new MemoryLedger();
  const access = new Access({ ledger, limits: [parseLimit(TEXT)], maxParallel: undefined });
  const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
  const store = new MemoryStore({ ttlSeconds: 60, maxItems: 100, maxBytes: 1e6 });
  const cache = kept ? new ResponseCache(store, { nondeterministic: false, routes: ["/v1/embeddings", "/ask"] }) : undefined;
  const { url, service } = await gatewayServer({ provider, access, cache, routes: ["/ask"], defaultMaxTokens: 60, budgetFields });
  const used = async () => {
    const look = { bucket: `ip:127.0.0.1:tokens:${TEXT}`, amount: 0, limit: 1000, windowMs: 86_400_000 };
    return (await ledger.reserve([look])).states[0]?.used ?? NaN;
  };
  const send = (body: object, { path = "/v1/chat/completions", signal }: { path?: string; signal?: AbortSignal } = {}) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", ...body }),
      ...(signal && { signal }),
    });
  return { up, service, used, send, gate, given };
}

describe("a budget before an upstream", () => {
  it.each([{ n: "x" }, { n: -3 }, { n: 0.5 }, { max_tokens: -100_000 }, { max_tokens: 1e300 }, { max_completion_tokens: "7" }])(
    "is not touched by %j, which is refused",
    async (odd) => {
      const { up, used, send } = await metered();
      expect((await send({ messages, ...odd })).status).toBe(400);
      expect(await used()).toBe(0);
      expect(up.seen).toHaveLength(0);
    },
  );

  it.each([
    ["min_tokens", { min_tokens: 101 }],
    ["beam_width", { beam_width: 129 }],
    ["reasoning", { reasoning: { max_tokens: 50_000 } }],
    ["thinking", { thinking: { type: "enabled", budget_tokens: 50_000 } }],
    ["options", { options: { num_predict: -1 } }],
    ["max_gen_len", { max_gen_len: 50_000 }],
    ["extra_body", { extra_body: { max_tokens: 50_000 } }],
    ["generation_config", { generation_config: { max_new_tokens: 50_000 } }],
    ["Max_Tokens", { Max_Tokens: 50_000 }],
    ["tools[1].type", { tools: [{ type: "function", function: { name: "f" } }, { type: "web_search" }] }],
  ])("refuses %s, which no bound of the answer holds", async (param, odd) => {
    const { up, used, send } = await metered();
    const response = await send({ messages, max_tokens: 100, ...odd });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param, code: "invalid_argument" } });
    expect(await used()).toBe(0);
    expect(up.seen).toHaveLength(0);
  });

  it("passes on what the operator allows, what engines are known to take, and what says nothing", async () => {
    const { up, send } = await metered({ budgetFields: ["reasoning"] });
    const more = { reasoning: { effort: "low" }, top_k: 5, min_tokens: 100, options: null };
    expect((await send({ messages, max_tokens: 100, ...more })).status).toBe(200);
    expect(up.seen[0]?.body).toMatchObject(more);
  });

  it("has room for every beam", async () => {
    const { up, send } = await metered();
    expect((await send({ messages, max_tokens: 100, num_beams: 10 })).status).toBe(429);
    expect((await send({ messages, max_tokens: 10, num_beams: 9, n: 2 })).status).toBe(200);
    expect(up.seen).toHaveLength(1);
  });

  it("has room for every prompt of a list, or refuses the list", async () => {
    const { up, send } = await metered();
    const prompt = Array.from({ length: 50 }, () => "x");
    expect((await send({ prompt, max_tokens: 100 }, { path: "/v1/completions" })).status).toBe(429);
    expect(up.seen).toHaveLength(0);
  });

  it("is held to the smallest bound that a request names, and so is the upstream", async () => {
    const { up, send } = await metered();
    await send({ messages, max_completion_tokens: 1, max_tokens: 1500 });
    expect(up.seen[0]?.body).toMatchObject({ max_completion_tokens: 1, max_tokens: 1 });
  });

  it("pays all that a whole answer may have taken whose client went away, and what was counted of one that came", async () => {
    const { up, service, used, send, gate } = await metered({ held: true });
    const controller = new AbortController();
    const gone = send({ messages, max_tokens: 100 }, { signal: controller.signal }).catch(() => undefined);
    await expect.poll(() => up.seen.length).toBe(1);
    controller.abort();
    await gone;
    await expect.poll(() => service.callMetrics.underWay).toBe(0);
    const afterAbort = await used();
    expect(afterAbort).toBeGreaterThan(100);
    gate.open();
    await (await send({ messages, max_tokens: 100 })).json();
    await expect.poll(used).toBe(afterAbort + 12);
  });

  it.each([false, true])("has an answer that two wait for paid once when the first gives it up (streamed: %s)", async (stream) => {
    const { up, service, used, send, gate } = await metered({ held: true, kept: true });
    const controller = new AbortController();
    const same = { messages, temperature: 0, max_tokens: 100, stream };
    const first = send(same, { signal: controller.signal })
      .then((answer) => answer.text())
      .catch(() => undefined);
    await expect.poll(() => up.seen.length).toBe(1);
    const second = send(same).then((answer) => answer.text());
    await expect.poll(() => service.callMetrics.underWay).toBe(2);
    controller.abort();
    await first;
    await expect.poll(() => service.callMetrics.underWay).toBe(1);
    gate.open();
    await second;
    const cost = stream ? 5 + PIECES.length : 12;
    await expect.poll(used).toBe(cost);
    // what was kept costs nothing
    await (await send(same)).text();
    await expect.poll(used).toBe(cost);
    expect(up.seen).toHaveLength(1);
  });

  it("has an answer that two wait for paid once when the second gives it up, and all it may be when both do", async () => {
    const { up, service, used, send, gate } = await metered({ held: true, kept: true });
    const controllers = [new AbortController(), new AbortController()] as const;
    const same = { messages, temperature: 0, max_tokens: 100 };
    const asked = controllers.map(({ signal }) => send(same, { signal }).catch(() => undefined));
    await expect.poll(() => service.callMetrics.underWay).toBe(2);
    await expect.poll(() => up.seen.length).toBe(1);
    controllers[1].abort();
    await expect.poll(() => service.callMetrics.underWay).toBe(1);
    const one = await used();
    controllers[0].abort();
    await Promise.all(asked);
    await expect.poll(() => service.callMetrics.underWay).toBe(0);
    expect(await used()).toBe(one);
    expect(one).toBeGreaterThan(100);
    gate.open();
  });

  it.each(["/v1/embeddings", "/ask"])("pays for what was passed on to %s and given up", async (path) => {
    const { up, used, send, gate, given } = await metered({ held: true, kept: true });
    const controller = new AbortController();
    const gone = send({ input: "some words" }, { path, signal: controller.signal }).catch(() => undefined);
    await expect.poll(() => up.seen.length).toBe(1);
    controller.abort();
    await gone;
    await expect.poll(() => given.up).toBe(1);
    gate.open();
    await (await send({ input: "other words" }, { path })).text();
    // each byte of the one that was given up may have been a token; the other was 12
    await expect.poll(used).toBe(Buffer.byteLength(JSON.stringify({ model: "m", input: "some words" })) + 12);
  });

  it("counts a stream by its pieces where the upstream does not count", async () => {
    const { used, send } = await metered({ counts: false });
    const body = { messages, stream: true };
    await (await send(body)).text();
    const prompt = Math.ceil(Buffer.byteLength(JSON.stringify({ model: "m", ...body, max_tokens: 60 })) / 4);
    // 22 bytes are 6 tokens
    await expect.poll(used).toBe(prompt + 6);
  });
});

describe("tokens of a provider that fails", () => {
  const counts = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
  type Upstream = Parameters<typeof fakeUpstream>[0];

  /** A gateway with a budget before two upstreams of one model; what the first does is told. */
  async function withFallback(first: Upstream, { budget = 1000 } = {}) {
    const text = `${budget}tokens/day`;
    const ups = [
      await fakeUpstream(first),
      await fakeUpstream(({ body }, response) =>
        body["stream"] === true ? sendStream(response, PIECES) : sendJson(response, { ...chatAnswer("hi"), usage: counts }),
      ),
    ] as const;
    const links = ups.map(({ url }, i) => ({
      provider: new ProviderPool([new UpstreamProvider({ name: `up${i}`, url })], { retries: 0 }),
      model: "m",
    }));
    const ledger = new MemoryLedger();
    const access = new Access({ ledger, limits: [parseLimit(text)], maxParallel: undefined });
    const { url, service } = await gatewayServer({ provider: new Fallback(links), access });
    const used = async () => {
      const look = { bucket: `ip:127.0.0.1:tokens:${text}`, amount: 0, limit: 1e6, windowMs: 86_400_000 };
      return (await ledger.reserve([look])).states[0]?.used ?? NaN;
    };
    const ask = async (more: object) => {
      const body = JSON.stringify({ model: "m", messages, ...more });
      const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body });
      const got = { status: answer.status, text: await answer.text() };
      await expect.poll(() => service.callMetrics.underWay).toBe(0);
      return got;
    };
    return { ups, ask, used };
  }

  const failing = { error: { message: "died" }, usage: counts };

  it("are paid for beside those of the one that answers instead, as counted", async () => {
    const { ask, used } = await withFallback((_request, response) => sendJson(response, failing));
    expect((await ask({ max_tokens: 20 })).status).toBe(200);
    await expect.poll(used).toBe(24);
  });

  it("are paid for where nobody answers, and nothing is paid where it computed nothing", async () => {
    const { ask, used, ups } = await withFallback((_request, response) => sendJson(response, failing));
    await ups[1].close();
    expect((await ask({ max_tokens: 20 })).status).toBe(502);
    await expect.poll(used).toBe(12);
    const refusing = await withFallback((_request, response) => sendJson(response, { error: "busy" }, 503));
    await refusing.ups[1].close();
    expect((await refusing.ask({ max_tokens: 20 })).status).toBe(502);
    await expect.poll(refusing.used).toBe(0);
  });

  it("may be all that was reserved where a whole answer was cut", async () => {
    const { ask, used, ups } = await withFallback((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "500" }).write("{");
      setTimeout(() => response.destroy(), 20);
    });
    await ups[1].close();
    expect((await ask({ max_tokens: 20 })).status).toBe(502);
    await expect.poll(used).toBe(Buffer.byteLength(JSON.stringify({ model: "m", messages, max_tokens: 20 })) + 20);
  });

  it("leave no room for another try where the budget has none", async () => {
    const { ask, ups, used } = await withFallback((_request, response) => sendJson(response, failing), { budget: 100 });
    expect((await ask({ max_tokens: 20 })).status).toBe(502);
    expect(ups[1].seen).toHaveLength(0);
    await expect.poll(used).toBe(12);
  });

  it("are paid for where a stream breaks and another continues with it, once where none does", async () => {
    const breaking: Upstream = (_request, response) => sendStream(response, PIECES, { breakAfter: 2 });
    const { ask, used } = await withFallback(breaking);
    const prompt = Math.ceil(Buffer.byteLength(JSON.stringify({ model: "m", messages, stream: true, max_tokens: 20 })) / 4);
    expect((await ask({ stream: true, max_tokens: 20 })).text).toContain("[DONE]");
    // the broken one's prompt and 11 bytes, and all that the other counted
    await expect.poll(used).toBe(prompt + 3 + 5 + PIECES.length);
    const alone = await withFallback(breaking);
    await alone.ups[1].close();
    await alone.ask({ stream: true, max_tokens: 20 });
    const bound = Buffer.byteLength(JSON.stringify({ model: "m", messages, stream: true, max_tokens: 20 }));
    await expect.poll(alone.used).toBeGreaterThan(3);
    expect(await alone.used()).toBeLessThanOrEqual(2 * (bound + 3));
  });

  it("are those that its last event told, where it failed after that", async () => {
    const { ask, used, ups } = await withFallback((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify({ ...chatEvent({ content: "a" }), usage: counts })}\n\n`);
      response.end(`data: ${JSON.stringify(failing)}\n\n`);
    });
    await ups[1].close();
    await ask({ stream: true, max_tokens: 20, n: 2 });
    await expect.poll(used).toBe(12);
  });
});
