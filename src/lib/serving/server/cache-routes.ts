import type { FastifyInstance } from "fastify";
import { costOf } from "../access/limit.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ResponseCache } from "../../inference/gateway/cache/response-cache.js";
import { cacheFields } from "./monitoring.js";
import type { Service } from "./service.js";

/** GET /cache/stats, with what the cache saved, and DELETE /cache. */
export function addCacheRoutes(app: FastifyInstance, service: Service): void {
  app.get("/cache/stats", async () => {
    const cache = requireCache(service);
    const { counts } = cache;
    const saved = { prompt: counts.savedPromptTokens, completion: counts.savedCompletionTokens };
    return {
      store: cache.store.kind,
      ...(await cache.usage()),
      ...cacheFields(counts),
      shared_in_flight: counts.shared,
      saved: {
        requests: counts.hits + counts.shared,
        prompt_tokens: saved.prompt,
        completion_tokens: saved.completion,
        usd: service.prices ? costOf(saved, service.prices).usd : null,
      },
    };
  });
  app.delete("/cache", async () => ({ cleared_items: await requireCache(service).store.clear() }));
}

function requireCache({ cache }: Service): ResponseCache {
  if (cache) return cache;
  throw new LlmopsError("ROUTE_NOT_FOUND", "This server has no response cache.", { hint: "Start it without --no-cache." });
}
