import { z } from "zod";
import { costOf } from "../access/limit.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ResponseCache } from "../../inference/gateway/cache/response-cache.js";
import { cacheFields, cacheFieldsSchema } from "./monitoring.js";
import type { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

const count = z.number().int().min(0);
export const cacheStatsSchema = z.object({
  store: z.enum(["memory", "redis"]),
  total_items: count,
  valid_items: count,
  expired_items: count,
  utilization: z.number().nullable().describe("Percent of the maximum number of items; null without a limit."),
  size_bytes: count.nullable(),
  ...cacheFieldsSchema,
  shared_in_flight: count.describe("Requests that shared an answer in progress."),
  saved: z.object({
    requests: count,
    prompt_tokens: count,
    completion_tokens: count,
    usd: z.number().nullable().describe("null where the server knows no prices."),
  }),
});
export const clearedCacheSchema = z.object({ cleared_items: count });

/** GET /cache/stats, with what the cache saved, and DELETE /cache. */
export function addCacheRoutes(routes: RouteTable, service: Service): void {
  const stats = { methods: ["GET"], path: "/cache/stats", scope: "read", answer: cacheStatsSchema, errors: ["ROUTE_NOT_FOUND"] } as const;
  routes.add({ ...stats, summary: "The response cache: how full it is, hits, what it saved" }, async () => {
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
  const clear = { methods: ["DELETE"], path: "/cache", scope: "admin", answer: clearedCacheSchema, errors: ["ROUTE_NOT_FOUND"] } as const;
  routes.add({ ...clear, summary: "Empty the response cache" }, async () => ({ cleared_items: await requireCache(service).store.clear() }));
}

function requireCache({ cache }: Service): ResponseCache {
  if (cache) return cache;
  throw new LlmopsError("ROUTE_NOT_FOUND", "This server has no response cache.", { hint: "Start it without --no-cache." });
}
