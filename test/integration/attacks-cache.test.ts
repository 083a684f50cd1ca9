import { describe, expect, it } from "vitest";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { Fallback } from "../../src/lib/inference/gateway/upstream/fallback.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { DEFAULT_SHARING, type CacheSharing } from "../../src/lib/serving/server/cache-audience.js";
import { chatAnswer, chatEvent, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer, post } from "../helpers/gateway-server.js";

interface Asked {
  headers?: Record<string, string>;
  body?: unknown;
  path?: string;
}

/** A gateway with two keys before an upstream that numbers its answers; `answer` is what it says beside. */
async function gateway(
  sharing: Partial<CacheSharing> = {},
  answer: object | ((count: number) => object) = {},
  headers: Record<string, string> = {},
) {
  let count = 0;
  const up = await fakeUpstream((request, response) => {
    count++;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const more = typeof answer === "function" ? answer(count) : answer;
    sendJson(response, request.path.includes("completions") ? chatAnswer(`answer ${count}`, more) : { count, ...more });
  });
  const store = new MemoryStore({ ttlSeconds: 300, maxItems: 100, maxBytes: 1e6 });
  const { url } = await gatewayServer({
    provider: new ProviderPool([new UpstreamProvider({ name: "up", url: up.url.replace("/v1", "") })], { retries: 0 }),
    cache: new ResponseCache(store, { nondeterministic: false, routes: ["/search"] }),
    routes: ["/search"],
    keys: new ApiKeys({ keys: { infer: ["anna-key", "bert-key"] } }),
    sharing: { ...DEFAULT_SHARING, ...sharing },
  });
  const ask = async ({ headers: own = {}, body = { query: "salary" }, path = "/search" }: Asked) => {
    const response = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...own },
      body: JSON.stringify(body),
    });
    return { cache: response.headers.get("x-cache"), text: await response.text() };
  };
  return { ask, up };
}

const anna = { authorization: "Bearer anna-key" };
const bert = { authorization: "Bearer bert-key" };
const bertsOtherHeader = { "x-api-key": "bert-key" };
const question = { model: "m", messages: [{ role: "user", content: "hi" }], temperature: 0 };

describe("the cache of routes that are passed on", () => {
  it("never gives one key's answer to another, whichever header the key came in", async () => {
    const { ask } = await gateway();
    const first = await ask({ headers: anna });
    for (const headers of [bert, bertsOtherHeader]) {
      const other = await ask({ headers });
      expect([other.cache, other.text === first.text]).toEqual(["MISS", false]);
    }
    expect(await ask({ headers: anna })).toEqual({ cache: "HIT", text: first.text });
  });

  it("tells every member of the body, the query and the path apart", async () => {
    const { ask } = await gateway();
    const bodies = ["user", "tags", "priority", "timeout", "run_name", "stream_options", "seed", "x"].flatMap((name) => [
      { query: "salary", [name]: "anna" },
      { query: "salary", [name]: "bert" },
      { query: "salary", [name]: null },
    ]);
    for (const body of [{ query: "salary" }, ...bodies]) expect((await ask({ headers: anna, body })).cache).toBe("MISS");
    expect((await ask({ headers: anna, path: "/search?user=anna" })).cache).toBe("MISS");
    expect((await ask({ headers: anna, path: "/search?user=bert" })).cache).toBe("MISS");
  });

  it("shares between keys where the operator says so, still apart by the other headers of cache.vary, which the upstream is told", async () => {
    const { ask, up } = await gateway({ sharedRoutes: true, vary: ["Authorization", "Accept-Language"] });
    await ask({ headers: { ...anna, "accept-language": "de" } });
    expect((await ask({ headers: { ...bert, "accept-language": "de" } })).cache).toBe("HIT");
    expect((await ask({ headers: { ...bert, "accept-language": "fr" } })).cache).toBe("MISS");
    expect(up.seen.map(({ headers }) => [headers["accept-language"], headers.authorization])).toEqual([
      ["de", undefined],
      ["fr", undefined],
    ]);
  });

  it("sends no key on to the upstream, nor what belongs to one connection, whatever cache.vary names", async () => {
    const { ask, up } = await gateway({ vary: ["X-Api-Key", "Authorization", "Cookie", "Host", "Content-Length", "X-Tenant"] });
    await ask({ headers: { ...bertsOtherHeader, cookie: "session=1", "x-tenant": "t" } });
    const headers = up.seen[0]?.headers ?? {};
    expect([headers["x-api-key"], headers.authorization, headers.cookie, headers["x-tenant"]]).toEqual([
      undefined,
      undefined,
      undefined,
      "t",
    ]);
    expect(headers.host).toBe(new URL(up.url).host);
  });

  it.each([
    ["error", { error: { message: "overloaded" } }],
    ["a text as error", { error: "overloaded" }],
    ["errors, as GraphQL has them", { errors: [{ message: "overloaded" }], data: null }],
    ["success: false", { success: false }],
    ["ok: false", { ok: false }],
    ["a status of failure", { status: "error", detail: "overloaded" }],
  ])("keeps no answer with %s in a 200", async (_, answer) => {
    const { ask } = await gateway({}, answer);
    const caches = [await ask({ headers: anna }), await ask({ headers: anna })].map(({ cache }) => cache);
    expect(caches).toEqual(["MISS", "MISS"]);
  });

  it.each([{ "cache-control": "no-store" }, { "cache-control": "max-age=60, private" }, { vary: "*" }, { "set-cookie": "session=1" }])(
    "keeps no answer that the upstream forbids to keep: %j",
    async (headers) => {
      const { ask } = await gateway({}, {}, headers);
      const caches = [await ask({ headers: anna }), await ask({ headers: anna })].map(({ cache }) => cache);
      expect(caches).toEqual(["MISS", "MISS"]);
    },
  );
});

describe("the cache of completions", () => {
  const path = "/v1/chat/completions";

  it.each([
    [true, 200, "no-store"],
    [true, 200, "max-age=60, private"],
    [true, 206, "max-age=60"],
    [false, 200, "no-cache"],
    [false, 200, "max-age=60"],
  ])("leaves out what its upstream forbids to keep (%s: %i, %s), whole or streamed", async (isForbidden, status, control) => {
    const up = await fakeUpstream(({ body }, response) => {
      const headers = { "cache-control": control };
      if (body["stream"] !== true) return sendJson(response, chatAnswer("hi"), status, headers);
      response.writeHead(status, { "content-type": "text/event-stream", ...headers });
      response.end(`data: ${JSON.stringify(chatEvent({ content: "hi" }, "stop"))}\n\ndata: [DONE]\n\n`);
    });
    const cache = new ResponseCache(new MemoryStore({ ttlSeconds: 60, maxItems: 100, maxBytes: 1e6 }), {
      nondeterministic: false,
      routes: [],
    });
    const { url } = await gatewayServer({
      provider: new Fallback([{ provider: new UpstreamProvider({ name: "up", url: up.url }), model: "m" }]),
      cache,
    });
    for (const stream of [false, true]) {
      const seen = [await post(url + path, { ...question, stream }), await post(url + path, { ...question, stream })];
      expect(seen.map(({ headers }) => headers.get("x-cache"))).toEqual(["MISS", isForbidden ? "MISS" : "HIT"]);
    }
  });

  it("is one for all keys, or for each its own", async () => {
    const shared = await gateway();
    await shared.ask({ headers: anna, body: question, path });
    expect((await shared.ask({ headers: bert, body: question, path })).cache).toBe("HIT");
    const apart = await gateway({ sharedCompletions: false });
    await apart.ask({ headers: anna, body: question, path });
    expect((await apart.ask({ headers: bert, body: question, path })).cache).toBe("MISS");
    expect((await apart.ask({ headers: anna, body: question, path })).cache).toBe("HIT");
    await apart.ask({ headers: anna, body: { model: "m", input: "hi" }, path: "/v1/embeddings" });
  });

  it.each([
    { choices: [] },
    { error: { message: "overloaded" } },
    { choices: [{ index: 0, message: { content: null }, finish_reason: null }] },
  ])("keeps nothing of a 200 that is not an answer: %j", async (broken) => {
    const { ask, up } = await gateway({}, (count) => (count === 1 ? broken : {}));
    expect((await ask({ headers: anna, body: question, path })).cache).not.toBe("HIT");
    const second = await ask({ headers: anna, body: question, path });
    expect([second.cache, up.seen.length]).toEqual(["MISS", 2]);
    expect(second.text).toContain("answer 2");
  });
});
