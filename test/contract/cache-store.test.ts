import { describe, expect, it, onTestFinished } from "vitest";
import type { CacheEntry, CacheLimits, CacheStore } from "../../src/lib/inference/gateway/cache/cache-store.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { RedisStore } from "../../src/lib/inference/gateway/cache/redis-store.js";
import { RedisConnection } from "../../src/lib/base/redis/redis-connection.js";
import { redisServer } from "../helpers/redis-server.js";
import { lacks } from "../helpers/tools.js";

const LIMITS: CacheLimits = { ttlSeconds: 60, maxItems: 3, maxBytes: 10_000 };
const entry: CacheEntry = { keptAt: 1, provider: "p", usage: { promptTokens: 1, completionTokens: 2 }, body: { choices: [{ text: "ü" }] } };
const stream: CacheEntry = { keptAt: 2, provider: "p", usage: null, events: [{ a: 1 }, { a: 2 }] };

async function redisStore(limits: CacheLimits): Promise<CacheStore> {
  const { url } = await redisServer();
  const connection = new RedisConnection(url, () => undefined);
  await connection.open();
  onTestFinished(() => connection.close());
  return new RedisStore(connection, limits);
}

describe.each([
  { name: "memory", open: async (limits: CacheLimits) => new MemoryStore(limits) },
  ...(lacks("redis-server") ? [] : [{ name: "Redis", open: redisStore }]),
])("a cache in $name", ({ open }) => {
  it("gives back what it was given, whole answers and streams, until it is cleared", async () => {
    const store = await open(LIMITS);
    await store.set("one", entry);
    await store.set("two", stream);
    expect(await store.get("one")).toEqual(entry);
    expect(await store.get("two")).toEqual(stream);
    expect(await store.get("three")).toBeUndefined();
    expect(await store.usage()).toMatchObject({ total_items: 2, valid_items: 2, expired_items: 0 });
    expect(await store.clear()).toBe(2);
    expect(await store.get("one")).toBeUndefined();
    await store.close();
  });

  it("forgets after the time to live", async () => {
    const store = await open({ ...LIMITS, ttlSeconds: 0.1 });
    await store.set("one", entry);
    await expect.poll(() => store.get("one"), { interval: 10 }).toBeUndefined();
    expect((await store.usage()).valid_items).toBe(0);
  });

  it("does not keep what is larger than all of it", async () => {
    const store = await open(LIMITS);
    await store.set("big", { ...entry, body: { text: "x".repeat(20_000) } });
    expect(await store.get("big")).toBeUndefined();
  });
});

describe("a cache in memory", () => {
  it("lets the least recently used go first, by number and by size", async () => {
    const store = new MemoryStore(LIMITS);
    for (const key of ["a", "b", "c"]) await store.set(key, entry);
    await store.get("a");
    await store.set("d", entry);
    expect(await Promise.all(["a", "b", "c", "d"].map(async (key) => (await store.get(key)) !== undefined))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect((await store.usage()).utilization).toBe(100);
    await store.set("e", { ...entry, body: { text: "x".repeat(9_800) } });
    expect((await store.usage()).total_items).toBe(1);
  });
});
