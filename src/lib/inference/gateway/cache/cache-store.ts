import type { Usage } from "../../openai/completion.js";
import type { JsonObject } from "../call.js";

/** An answer that was kept. */
export interface CacheEntry {
  /** Milliseconds since 1970. */
  keptAt: number;
  provider: string;
  /** A model of this process gave it. */
  own?: true;
  usage: Usage | null;
  /** A whole answer, or the events of a stream as they came. */
  body?: JsonObject;
  events?: JsonObject[];
  /** What of the request's schema it was not held to. */
  relaxed?: readonly string[];
}

/** How full a store is. Names as GET /cache/stats gives them. */
export interface CacheUsage {
  total_items: number;
  valid_items: number;
  expired_items: number;
  /** Percent of the items there may be; null where there is no limit. */
  utilization: number | null;
  size_bytes: number | null;
}

/** Where answers are kept for a while. Nothing here throws: a store that is away has nothing and keeps nothing. */
export interface CacheStore {
  readonly kind: "memory" | "redis";
  get(key: string): Promise<CacheEntry | undefined>;
  set(key: string, entry: CacheEntry): Promise<void>;
  /** How many items went. */
  clear(): Promise<number>;
  usage(): Promise<CacheUsage>;
  close(): Promise<void>;
}

export interface CacheLimits {
  ttlSeconds: number;
  maxItems: number;
  maxBytes: number;
}
