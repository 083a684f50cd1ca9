import { totalmem } from "node:os";
import { eventLoopDelay } from "../../base/metrics/event-loop-delay.js";
import type { MetricRegistry } from "../../base/metrics/metric-registry.js";
import type { ResponseCache } from "../../inference/gateway/cache/response-cache.js";
import type { CallMetrics } from "./call-metrics.js";
import type { ModelPool } from "./model-pool.js";
import type { RequestTracking } from "./request-tracking.js";
import type { ServedModel } from "./served-model.js";

/** What the gauges of a service are read from. */
export interface GaugedService {
  readonly model: string;
  readonly metrics: MetricRegistry;
  readonly callMetrics: CallMetrics;
  readonly cache: ResponseCache | undefined;
  readonly tracking: RequestTracking | undefined;
  readonly pool: ModelPool | undefined;
  readonly local: ServedModel | undefined;
}

/** Has every scrape show how the service stands then. */
export function showGauges(service: GaugedService): void {
  eventLoopDelay(); // measured from here on
  service.metrics.beforeScrape(() => refreshGauges(service));
}

async function refreshGauges({ model, metrics, callMetrics, cache, tracking, pool, local }: GaugedService): Promise<void> {
  const loaded = (pool?.models ?? []).flatMap((one) => one.model ?? []);
  callMetrics.showState(
    model,
    loaded.map(({ state }) => state),
  );
  metrics.set("llmops_loaded_models", loaded.length);
  const gpu = await local?.gpuMemory();
  if (gpu) {
    metrics.set("llmops_gpu_memory_bytes", gpu.used, { state: "used" });
    metrics.set("llmops_gpu_memory_bytes", gpu.total, { state: "total" });
  }
  if (cache?.store.kind === "memory") {
    const usage = await cache.usage();
    metrics.set("llmops_cache_items", usage.total_items);
    metrics.set("llmops_cache_size_bytes", usage.size_bytes ?? 0);
  }
  metrics.set("llmops_memory_limit_bytes", memoryLimit());
  showEventLoopDelay(metrics);
  metrics.set("llmops_tracking_queue_entries", tracking?.pending ?? 0);
  metrics.set("llmops_tracking_failing", tracking?.isFailing ? 1 : 0);
}

function showEventLoopDelay(metrics: MetricRegistry): void {
  const { p50, p99, max } = eventLoopDelay();
  for (const [statistic, seconds] of Object.entries({ p50, p99, max })) {
    metrics.set("llmops_event_loop_delay_seconds", seconds, { statistic });
  }
}

/** The container's limit where there is one, else the machine's memory. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
