import type { RedisConnection } from "../../../base/redis/redis-connection.js";
import type { CacheEntry, CacheLimits, CacheStore, CacheUsage } from "./cache-store.js";

const PREFIX = "llmops:cache:";
const SCAN_COUNT = 500;

/** Answers in a Redis that several servers share. How many there may be is Redis' own business (maxmemory). */
export class RedisStore implements CacheStore {
  readonly kind = "redis";
  private readonly connection: RedisConnection;
  private readonly limits: CacheLimits;

  constructor(connection: RedisConnection, limits: CacheLimits) {
    this.connection = connection;
    this.limits = limits;
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    const text = await this.connection.ask((client) => client.get(PREFIX + key));
    return text ? (JSON.parse(text) as CacheEntry) : undefined;
  }

  async set(key: string, entry: CacheEntry): Promise<void> {
    const text = JSON.stringify(entry);
    if (Buffer.byteLength(text) > this.limits.maxBytes) return;
    await this.connection.ask((client) => client.set(PREFIX + key, text, "PX", this.limits.ttlSeconds * 1000));
  }

  async clear(): Promise<number> {
    let cleared = 0;
    for await (const keys of this.scan()) cleared += (await this.connection.ask((client) => client.unlink(...keys))) ?? 0;
    return cleared;
  }

  async usage(): Promise<CacheUsage> {
    let items = 0;
    for await (const keys of this.scan()) items += keys.length;
    // Redis removes what has expired by itself
    return { total_items: items, valid_items: items, expired_items: 0, utilization: null, size_bytes: null };
  }

  async close(): Promise<void> {
    // the connection is shared
  }

  private async *scan(): AsyncGenerator<string[]> {
    let cursor = "0";
    do {
      const page = await this.connection.ask((client) => client.scan(cursor, "MATCH", `${PREFIX}*`, "COUNT", SCAN_COUNT));
      if (!page) return;
      cursor = page[0];
      if (page[1].length > 0) yield page[1];
    } while (cursor !== "0");
  }
}
