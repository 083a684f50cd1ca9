import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CacheCounts } from "../../inference/gateway/cache/response-cache.js";
import type { EngineState } from "../../inference/engine/engine-options.js";
import { eventLoopDelay } from "../../base/metrics/event-loop-delay.js";
import { deviceOf } from "./health.js";
import { gigabytes } from "./model-memory.js";
import type { Service } from "./service.js";

/** The version of the HTTP interface. */
export const API_VERSION = "1.0.0";
const SERVICE_NAME = "self-hosted-llm";

/** GET /metrics (JSON, or Prometheus' text where that is asked for), /prometheus and its other path, /status. */
export function addMonitoring(
  app: FastifyInstance,
  service: Service,
  { prometheus, metricsPath }: { prometheus: boolean; metricsPath: string | undefined },
): void {
  const expose = async (request: FastifyRequest, reply: FastifyReply) => {
    const { type, text } = await service.metrics.expose(request.headers.accept);
    return reply.type(type).send(text);
  };
  if (prometheus) for (const path of new Set(["/prometheus", metricsPath ?? "/prometheus"])) if (path !== "/metrics") app.get(path, expose);
  app.get("/metrics", async (request, reply) => {
    const asked = request.headers.accept ?? "";
    const text = /text\/plain|openmetrics/.test(asked) || metricsPath === "/metrics";
    return prometheus && text ? expose(request, reply) : metricsReport(service);
  });
  app.get("/status", () => statusReport(service, prometheus));
}

/** Everything at a glance, with the names of the self-hosted service, of its cache and of its MLflow block. */
async function metricsReport(service: Service): Promise<object> {
  const { local, cache, tracking, callMetrics } = service;
  const gpu = await local?.gpuMemory();
  const { requests, failures, promptTokens, completionTokens, totalMs } = callMetrics.totals;
  return {
    service: SERVICE_NAME,
    model_loaded: local !== undefined,
    model_name: service.model,
    device: deviceOf(local?.state),
    gpu_memory_allocated_gb: gigabytes(gpu?.used ?? 0),
    gpu_memory_reserved_gb: gigabytes(gpu?.total ?? 0),
    gpu_name: gpu ? deviceOf(local?.state) : null,
    memory_allocated_gb: gigabytes(process.memoryUsage().rss),
    uptime_seconds: Math.round((Date.now() - service.startedAt) / 1000),
    event_loop_delay_seconds: eventLoopDelay(),
    total_requests: requests,
    failed_requests: failures,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    avg_response_time_ms: requests > 0 ? Math.round((100 * totalMs) / requests) / 100 : 0,
    ...(cache && cacheFields(cache.counts)),
    mlflow: tracking ? { tracking_uri: tracking.store.uri, experiment_name: tracking.experiment } : null,
  };
}

/** Hits and misses; the rate is in percent. Requests that shared an answer under way count as hits. */
export function cacheFields({ hits, shared, misses }: CacheCounts): { cache_hits: number; cache_misses: number; cache_hit_rate: number } {
  const all = hits + shared + misses;
  return {
    cache_hits: hits + shared,
    cache_misses: misses,
    cache_hit_rate: all > 0 ? Math.round((10_000 * (hits + shared)) / all) / 100 : 0,
  };
}

/** Compute threads of the default model, by what a step evaluates. */
function threadFields({ threads: { adaptive, single, several, prompt, coresTaken } }: EngineState): object {
  return { adaptive, single, several, prompt, cores_taken_by_others: coresTaken };
}

function statusReport(service: Service, prometheus: boolean): object {
  const { local, phase, pool } = service;
  const loaded = (pool?.models ?? []).filter(({ model }) => model !== undefined);
  return {
    service: "LLM Inference API",
    version: API_VERSION,
    status: phase === "ready" ? "healthy" : phase,
    timestamp: Date.now() / 1000,
    prometheus_available: prometheus,
    cached_models: loaded.length,
    device: deviceOf(local?.state),
    event_loop_delay_seconds: eventLoopDelay(),
    ...(local && { threads: threadFields(local.state) }),
    request_defaults: { ...service.requestDefaults.all, models: service.requestDefaults.models },
    cached_model_info: loaded.map(({ source }) => ({ base_model: source.name, version: source.version, loaded: true })),
  };
}
