import { LIMITS } from "./limits.js";
import type { Metric, RunBatch } from "./records.js";

/** A batch of any size as batches within MLflow's limits: itself where it is within them, else params first, then tags, then metrics. */
export function splitBatch({ params = {}, metrics = [], tags = {} }: RunBatch): RunBatch[] {
  const paramChunks = chunk(Object.entries(params), LIMITS.batchParams);
  const tagChunks = chunk(Object.entries(tags), LIMITS.batchTags);
  const total = Object.keys(params).length + metrics.length + Object.keys(tags).length;
  if (paramChunks.length <= 1 && tagChunks.length <= 1 && total <= LIMITS.batchTotal) return [{ params, metrics, tags }];
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
