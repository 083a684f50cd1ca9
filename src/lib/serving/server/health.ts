import { z } from "zod";
import { PROGRAM_VERSION } from "../../base/config/program-version.js";
import type { EngineState } from "../../inference/engine/engine-options.js";
import { gigabytes } from "./model-memory.js";
import type { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

const phase = z.enum(["loading", "ready", "draining"]);
const healthSchema = z.object({
  status: phase,
  timestamp: z.number().describe("Seconds since 1970."),
  model: z.string(),
  device: z.string().describe("cpu, cuda, vulkan, metal, or or upstream."),
  cuda_available: z.boolean(),
  cuda_device_count: z.number().int(),
  memory_allocated_gb: z.string(),
  memory_reserved_gb: z.string(),
  slots: z.object({ total: z.number().int(), busy: z.number().int() }).optional(),
  queued_requests: z.number().int().optional(),
  context_size: z.number().int().optional(),
  gpu: z.string().optional(),
});

const plainSchema = z.object({ status: z.enum(["ok", "loading", "draining"]), timestamp: z.number().describe("Seconds since 1970.") });

/**
 * GET /health: whether the model can answer and how busy it is; in short /v1/health; /health/live, /health/ready and /ping for
 * orchestrators; /version.
 */
export function addHealth(routes: RouteTable, service: Service): void {
  const open = { methods: ["GET"], scope: "open", errors: [] } as const;
  const health = { path: "/health", summary: "Whether the model can answer, and how busy it is", answer: healthSchema } as const;
  routes.add({ ...open, ...health, statuses: [503] }, async (_request, reply) => {
    if (service.phase !== "ready") void reply.status(503);
    const { local } = service;
    return {
      status: service.phase,
      timestamp: Date.now() / 1000,
      model: service.model,
      device: deviceOf(service),
      ...(await memoryFields(service)),
      ...(local && stateFields(local.state)),
    };
  });
  const plain = { path: "/v1/health", summary: "Whether the model can answer: ok, loading, or draining", answer: plainSchema } as const;
  routes.add({ ...open, ...plain, statuses: [503] }, (_request, reply) => {
    if (service.phase !== "ready") void reply.status(503);
    return { status: service.phase === "ready" ? ("ok" as const) : service.phase, timestamp: Date.now() / 1000 };
  });
  const version = { path: "/version", summary: "The version of llmops", answer: z.object({ version: z.string() }), scope: "key" } as const;
  routes.add({ ...open, ...version }, () => ({ version: PROGRAM_VERSION }));
  const live = {
    path: "/health/live",
    aliases: ["/ping"],
    summary: "Whether the server runs at all",
    answer: z.object({ status: z.literal("live") }),
  } as const;
  routes.add({ ...open, ...live }, () => ({ status: "live" as const }));
  const summary = "200 once requests can be answered, 503 while the model loads or the server drains";
  const ready = { path: "/health/ready", summary, answer: z.object({ status: phase }), statuses: [503] } as const;
  routes.add({ ...open, ...ready }, (_request, reply) => {
    if (service.phase !== "ready") void reply.status(503).header("retry-after", 1);
    return { status: service.phase };
  });
}

/** What answers: "cpu", "cuda", ...; "upstream" where the model is elsewhere, "none" while no model of this process is loaded. */
export function deviceOf({ local, hasOwnModels }: Pick<Service, "local" | "hasOwnModels">): string {
  if (!local) return hasOwnModels ? "none" : "upstream";
  return local.state.gpu === "off" ? "cpu" : local.state.gpu;
}

async function memoryFields({ local, pool }: Service) {
  const gpu = await local?.gpuMemory();
  const estimated = (pool?.models ?? []).reduce((sum, { model }) => sum + (model?.facts.memoryBytes ?? 0), 0);
  const cuda = local?.state.gpu === "cuda";
  return {
    cuda_available: cuda,
    cuda_device_count: cuda ? 1 : 0,
    memory_allocated_gb: gigabytes(gpu?.used ?? estimated),
    memory_reserved_gb: gigabytes(gpu?.total ?? process.memoryUsage().rss),
  };
}

function stateFields({ slots, busySlots, queuedRequests, contextSize, gpu }: EngineState) {
  return { slots: { total: slots, busy: busySlots }, queued_requests: queuedRequests, context_size: contextSize, gpu };
}
