import type { Settings } from "../../lib/base/config/settings.js";
import { MemoryStore } from "../../lib/inference/gateway/cache/memory-store.js";
import { RedisStore } from "../../lib/inference/gateway/cache/redis-store.js";
import { ResponseCache } from "../../lib/inference/gateway/cache/response-cache.js";
import { RedisConnection } from "../../lib/base/redis/redis-connection.js";
import { DEFAULT_SHARING, type CacheSharing } from "../../lib/serving/server/cache-audience.js";

const BYTES_OF_MB = 1_000_000;

/** The cache of answers, in Redis where there is a connection; undefined where it is off. */
export function buildCache(settings: Settings, redis: RedisConnection | undefined): ResponseCache | undefined {
  if (!settings["cache.enabled"]) return undefined;
  const limits = {
    ttlSeconds: settings["cache.ttl"],
    maxItems: settings["cache.max_items"],
    maxBytes: Math.round(settings["cache.max_mb"] * BYTES_OF_MB),
  };
  const store = redis ? new RedisStore(redis, limits) : new MemoryStore(limits);
  return new ResponseCache(store, { nondeterministic: settings["cache.nondeterministic"], routes: settings["cache.routes"] });
}

/** Whom kept answers are for. */
export function toSharing(settings: Settings): CacheSharing {
  const vary = settings["cache.vary"];
  return {
    vary: vary.length > 0 ? vary : DEFAULT_SHARING.vary,
    keyHeader: settings["security.api_key_header"],
    sharedRoutes: settings["cache.shared"],
    sharedCompletions: settings["cache.shared_completions"],
  };
}
