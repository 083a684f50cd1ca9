import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { CacheCounts } from "../../inference/gateway/cache/response-cache.js";
import type { EngineState } from "../../inference/engine/engine-options.js";
import { eventLoopDelay } from "../../base/metrics/event-loop-delay.js";
import { deviceOf } from "./health.js";
import { gigabytes } from "./model-memory.js";
import type { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** The version of the HTTP interface. */
export const API_VERSION = "1.0.0";
const SERVICE_NAME = "self-hosted-llm";
const PROMETHEUS_TYPES = ["text/plain", "application/openmetrics-text"] as const;

const count = z.number().int().min(0);
const delaySchema = z.object({ p50: z.number(), p99: z.number(), max: z.number() });
/** The fields of `cacheFields`. */
export const cacheFieldsSchema = {
  cache_hits: count.describe("Including requests that shared an answer in progress."),
  cache_misses: count,
  cache_hit_rate: z.number().describe("Percent."),
};
const metricsSchema = z.object({
  service: z.string(),
  model_loaded: z.boolean(),
  model_name: z.string(),
  device: z.string(),
  gpu_memory_allocated_gb: z.string(),
  gpu_memory_reserved_gb: z.string(),
  gpu_name: z.string().nullable(),
  memory_allocated_gb: z.string(),
  uptime_seconds: z.number(),
  event_loop_delay_seconds: delaySchema,
  total_requests: count,
  failed_requests: count,
  prompt_tokens: count,
  completion_tokens: count,
  avg_response_time_ms: z.number(),
  ...z.object(cacheFieldsSchema).partial().shape,
  mlflow: z.object({ tracking_uri: z.string(), experiment_name: z.string() }).nullable(),
});
const defaultValue = z.union([z.number(), z.string(), z.array(z.string()).readonly()]);
const defaultValues = z.record(z.string(), defaultValue);
const statusSchema = z.object({
  service: z.string(),
  version: z.string(),
  status: z.enum(["healthy", "loading", "draining"]),
  timestamp: z.number().describe("Seconds since 1970."),
  prometheus_available: z.boolean(),
  cached_models: count.describe("Models that are loaded."),
  device: z.string(),
  event_loop_delay_seconds: delaySchema,
  threads: z
    .object({ adaptive: z.boolean(), single: count, several: count, prompt: count, cores_taken_by_others: z.number() })
    .optional()
    .describe("Compute threads of the default model, by kind of step."),
  request_defaults: z
    .object({ models: z.record(z.string(), defaultValues) })
    .catchall(z.union([defaultValue, z.record(z.string(), defaultValues)])),
  cached_model_info: z.array(z.object({ base_model: z.string(), version: z.string(), loaded: z.boolean() })),
});

/** GET /metrics (JSON, or Prometheus' text where that is asked for), /prometheus and its other path, /status. */
export function addMonitoring(
  routes: RouteTable,
  service: Service,
  { prometheus, metricsPath }: { prometheus: boolean; metricsPath: string | undefined },
): void {
  const expose = async (request: FastifyRequest, reply: FastifyReply) => {
    const { type, text } = await service.metrics.expose(request.headers.accept);
    return reply.type(type).send(text);
  };
  const read = { methods: ["GET"], scope: "read", errors: [] } as const;
  const text = { summary: "Metrics in Prometheus' text format, or OpenMetrics", media: PROMETHEUS_TYPES } as const;
  const paths = prometheus ? new Set(["/prometheus", metricsPath ?? "/prometheus"]) : [];
  for (const path of paths) if (path !== "/metrics") routes.add({ ...read, ...text, path }, expose);
  const summary = "Counts and memory as JSON; Prometheus' text where Accept asks for it";
  routes.add({ ...read, path: "/metrics", summary, answer: metricsSchema, media: PROMETHEUS_TYPES }, async (request, reply) => {
    const asked = request.headers.accept ?? "";
    const asText = /text\/plain|openmetrics/.test(asked) || metricsPath === "/metrics";
    return prometheus && asText ? expose(request, reply) : metricsReport(service);
  });
  routes.add({ ...read, path: "/status", summary: "The service and its models", answer: statusSchema }, () =>
    statusReport(service, prometheus),
  );
}

/** Everything at a glance, with the names of the self-hosted service, of its cache and of its MLflow block. */
async function metricsReport(service: Service): Promise<z.input<typeof metricsSchema>> {
  const { local, cache, tracking, callMetrics } = service;
  const gpu = await local?.gpuMemory();
  const { requests, failures, promptTokens, completionTokens, totalMs } = callMetrics.totals;
  return {
    service: SERVICE_NAME,
    model_loaded: local !== undefined,
    model_name: service.model,
    device: deviceOf(service),
    gpu_memory_allocated_gb: gigabytes(gpu?.used ?? 0),
    gpu_memory_reserved_gb: gigabytes(gpu?.total ?? 0),
    gpu_name: gpu ? deviceOf(service) : null,
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

/** Compute threads of the default model, by kind of step. */
function threadFields({ threads: { adaptive, single, several, prompt, coresTaken } }: EngineState) {
  return { adaptive, single, several, prompt, cores_taken_by_others: coresTaken };
}

function statusReport(service: Service, prometheus: boolean): z.input<typeof statusSchema> {
  const { local, phase, pool } = service;
  const loaded = (pool?.models ?? []).filter(({ model }) => model !== undefined);
  return {
    service: "LLM Inference API",
    version: API_VERSION,
    status: phase === "ready" ? "healthy" : phase,
    timestamp: Date.now() / 1000,
    prometheus_available: prometheus,
    cached_models: loaded.length,
    device: deviceOf(service),
    event_loop_delay_seconds: eventLoopDelay(),
    ...(local && { threads: threadFields(local.state) }),
    request_defaults: { ...service.requestDefaults.all, models: service.requestDefaults.models },
    cached_model_info: loaded.map(({ source }) => ({ base_model: source.name, version: source.version, loaded: true })),
  };
}
