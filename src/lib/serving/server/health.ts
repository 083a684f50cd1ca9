import type { FastifyInstance } from "fastify";
import type { EngineState } from "../../inference/engine/engine-options.js";
import { gigabytes } from "./model-memory.js";
import type { Service } from "./service.js";

/** GET /health: whether the model can answer and how busy it is; /health/live and /health/ready: the same for orchestrators. */
export function addHealth(app: FastifyInstance, service: Service): void {
  app.get("/health", async (_request, reply) => {
    if (service.phase !== "ready") void reply.status(503);
    const { local } = service;
    return {
      status: service.phase,
      timestamp: Date.now() / 1000,
      model: service.model,
      device: deviceOf(local?.state),
      ...(await memoryFields(service)),
      ...(local && stateFields(local.state)),
    };
  });
  app.get("/health/live", () => ({ status: "live" }));
  app.get("/health/ready", (_request, reply) => {
    const ready = service.phase === "ready";
    if (!ready) void reply.status(503).header("retry-after", 1);
    return { status: service.phase };
  });
}

/** What answers: "cpu", "cuda", ...; "upstream" where the model is elsewhere. */
export function deviceOf(state: EngineState | undefined): string {
  if (!state) return "upstream";
  return state.gpu === "off" ? "cpu" : state.gpu;
}

async function memoryFields({ local, pool }: Service): Promise<object> {
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

function stateFields({ slots, busySlots, queuedRequests, contextSize, gpu }: EngineState): object {
  return { slots: { total: slots, busy: busySlots }, queued_requests: queuedRequests, context_size: contextSize, gpu };
}
