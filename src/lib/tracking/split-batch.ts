import { LIMITS } from "./limits.js";
import type { Metric, RunBatch } from "./records.js";

/** A batch of any size as batches within MLflow's limits: params first, then tags, then metrics. */
export function splitBatch({ params = {}, metrics = [], tags = {} }: RunBatch): RunBatch[] {
  const room = LIMITS.batchTotal - LIMITS.batchParams - LIMITS.batchTags;
  const paramChunks = chunk(Object.entries(params), LIMITS.batchParams);
  const tagChunks = chunk(Object.entries(tags), LIMITS.batchTags);
  if (paramChunks.length <= 1 && tagChunks.length <= 1 && metrics.length <= room) return [{ params, metrics, tags }];
  return [
    ...paramChunks.map((pairs) => ({ params: Object.fromEntries(pairs) })),
    ...tagChunks.map((pairs) => ({ tags: Object.fromEntries(pairs) })),
    ...chunk<Metric>(metrics, LIMITS.batchMetrics).map((points) => ({ metrics: points })),
  ];
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
