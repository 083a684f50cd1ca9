import { LRUCache } from "lru-cache";
import type { CacheEntry, CacheLimits, CacheStore, CacheUsage } from "./cache-store.js";

interface Kept {
  entry: CacheEntry;
  bytes: number;
}

/** Answers in this process: the least recently used go first. */
export class MemoryStore implements CacheStore {
  readonly kind = "memory";
  private readonly items: LRUCache<string, Kept>;

  constructor({ ttlSeconds, maxItems, maxBytes }: CacheLimits) {
    this.items = new LRUCache({
      max: maxItems,
      maxSize: maxBytes,
      maxEntrySize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      ttl: ttlSeconds * 1000,
    });
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    return this.items.get(key)?.entry;
  }

  async set(key: string, entry: CacheEntry): Promise<void> {
    const bytes = Buffer.byteLength(JSON.stringify(entry)) + key.length;
    this.items.set(key, { entry, bytes });
  }

  async clear(): Promise<number> {
    const items = this.items.size;
    this.items.clear();
    return items;
  }

  async usage(): Promise<CacheUsage> {
    const total = this.items.size;
    let valid = 0;
    for (const key of this.items.keys()) if (this.items.getRemainingTTL(key) > 0) valid++;
    return {
      total_items: total,
      valid_items: valid,
      expired_items: total - valid,
      utilization: Math.round((1000 * total) / this.items.max) / 10,
      size_bytes: this.items.calculatedSize,
    };
  }

  async close(): Promise<void> {
    this.items.clear();
  }
}
