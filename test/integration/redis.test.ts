import { describe, expect, it, onTestFinished } from "vitest";
import { Access } from "../../src/lib/serving/access/access.js";
import { MemoryLedger } from "../../src/lib/serving/access/ledger.js";
import { parseLimit } from "../../src/lib/serving/access/limit.js";
import { RedisLedger } from "../../src/lib/serving/access/redis-ledger.js";
import { RedisStore } from "../../src/lib/inference/gateway/cache/redis-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { RedisConnection } from "../../src/lib/base/redis/redis-connection.js";
import { errorOf } from "../helpers/error-of.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer, post } from "../helpers/gateway-server.js";
import { redisServer } from "../helpers/redis-server.js";
import { lacks } from "../helpers/tools.js";

async function connect(url: string, notes: string[] = [], patience = {}): Promise<RedisConnection> {
  const connection = new RedisConnection(url, (note) => notes.push(note), patience);
  await connection.open();
  onTestFinished(() => connection.close());
  return connection;
}

const caller = { id: "k", name: "key", limits: [], maxParallel: undefined };
const question = { model: "m", temperature: 0, messages: [{ role: "user", content: "hi" }] };

describe.skipIf(lacks("redis-server"))("limits in Redis", () => {
  it("hold for all servers together, also when 1,000 requests come at once", async () => {
    const { url } = await redisServer();
    const patience = { commandTimeoutMs: 30_000 }; // on a busy machine it answers, but late: servers would count by themselves
    const servers = await Promise.all(
      [1, 2, 3].map(async () => {
        const ledger = new RedisLedger(await connect(url, [], patience), new MemoryLedger());
        return new Access({ ledger, limits: [parseLimit("100tokens/minute")], maxParallel: undefined });
      }),
    );
    const worst = { requests: 1, tokens: 7, usd: 0 };
    const results = await Promise.allSettled(Array.from({ length: 1000 }, (_, i) => (servers[i % 3] as Access).admit(caller, worst)));
    const admitted = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(admitted).toHaveLength(14); // 14 * 7 = 98
    await admitted[0]?.settle({ requests: 1, tokens: 1, usd: 0 });
    const next = await (servers[1] as Access).admit(caller, worst);
    expect(next.headers["x-ratelimit-remaining-tokens"]).toBe("1");
    expect((await errorOf(() => (servers[2] as Access).admit(caller, worst))).code).toBe("RATE_LIMITED");
  });

  it("are counted here while it is away", async () => {
    const redis = await redisServer();
    const connection = await connect(redis.url);
    const access = new Access({
      ledger: new RedisLedger(connection, new MemoryLedger()),
      limits: [parseLimit("2/minute")],
      maxParallel: undefined,
    });
    await redis.stop();
    const one = { requests: 1, tokens: 0, usd: 0 };
    await access.admit(caller, one);
    await access.admit(caller, one);
    expect((await errorOf(() => access.admit(caller, one))).code).toBe("RATE_LIMITED");
  });

  const daily = (amount: number) => ({ bucket: "b", amount, limit: 100, windowMs: 86_400_000 });
  const open = async (url: string) => {
    const connection = await connect(url);
    const ledger = new RedisLedger(connection, new MemoryLedger());
    return { connection, ledger, used: async () => (await ledger.reserve([daily(0)])).states[0]?.used };
  };

  it("are given back what was not used once Redis answers again, exactly once although the answers were lost", async () => {
    const redis = await redisServer();
    const [server, other] = [await open(redis.url), await open(redis.url)];
    const running = await server.ledger.reserve([daily(50)]);
    await other.ledger.reserve([daily(7)]);
    const resume = redis.pause(); // what is sent is executed later, and its answer comes too late
    await running.correct([10]);
    await server.ledger.reserve([daily(20)]); // counted here instead
    resume();
    await expect.poll(other.used, { timeout: 10_000 }).toBe(17);
    await server.ledger.close();
    expect(await other.used()).toBe(17);
  });

  it("are full where their place in Redis holds what is not an amount, until the window ends", async () => {
    const { url } = await redisServer();
    const { connection, ledger } = await open(url);
    const running = await ledger.reserve([daily(50)]);
    for (const garbage of ["x", "nan", "inf", "-5", ""]) {
      await connection.client.set("llmops:limit:b", garbage);
      expect((await ledger.reserve([daily(1)])).refused).toBe(0);
      expect(await connection.client.pttl("llmops:limit:b")).toBeGreaterThan(0);
    }
    await connection.client.del("llmops:limit:b");
    await connection.client.lpush("llmops:limit:b", "x");
    expect((await ledger.reserve([daily(1)])).refused).toBe(0);
    await running.correct([1]);
    expect(await connection.client.type("llmops:limit:b")).toBe("list");
  });
});

describe.skipIf(lacks("redis-server"))("a cache in Redis", () => {
  it("is shared, is done without while Redis is away, says so once, and is used again", async () => {
    const redis = await redisServer();
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer(`answer ${up.seen.length}`)));
    const notes: string[] = [];
    const limits = { ttlSeconds: 60, maxItems: 10, maxBytes: 1e6 };
    const open = async () => {
      const connection = await connect(redis.url, notes);
      const cache = new ResponseCache(new RedisStore(connection, limits), { nondeterministic: false, routes: [] });
      const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
      return { connection, ...(await gatewayServer({ provider, cache })) };
    };
    const [a, b] = [await open(), await open()];
    const ask = async ({ url }: { url: string }) => {
      const answer = await post(`${url}/v1/chat/completions`, question);
      return [answer.status, answer.headers.get("x-cache")];
    };
    expect(await ask(a)).toEqual([200, "MISS"]);
    await expect.poll(() => ask(b)).toEqual([200, "HIT"]);
    await redis.stop();
    for (let i = 0; i < 3; i++) expect(await ask(a)).toEqual([200, "MISS"]);
    expect(notes.filter((note) => note.includes("continuing without it"))).toHaveLength(2); // once for each server
    await redis.start();
    await expect.poll(() => a.connection.isAway, { timeout: 10_000 }).toBe(false);
    expect(notes.filter((note) => note.includes("is back")).length).toBeGreaterThan(0);
    expect(await ask(a)).toEqual([200, "MISS"]);
    await expect.poll(() => ask(a)).toEqual([200, "HIT"]);
  });
});
