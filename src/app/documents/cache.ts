import { z } from "zod";
import { cacheStatsSchema, clearedCacheSchema } from "../../lib/serving/server/cache-routes.js";
import { warmingCountsSchema } from "../serving/warm-cache.js";

const schema = z.literal("llmops.cache/1");

/** What `cache stats`, `cache clear` and `cache warm` print. */
export const cacheDocumentSchema = z.union([
  cacheStatsSchema.extend({ schema }),
  clearedCacheSchema.extend({ schema }),
  warmingCountsSchema.extend({ schema, requests: z.number().int() }),
]);
