import type { FastifyInstance } from "fastify";
import type { ServedModel } from "./served-model.js";

/** GET /health: 200 once the model can answer, with how busy it is. */
export function addHealth(app: FastifyInstance, model: ServedModel): void {
  app.get("/health", () => {
    const { slots, busySlots, queuedRequests, contextSize, gpu } = model.state;
    return {
      status: "ok",
      model: model.model,
      slots: { total: slots, busy: busySlots },
      queued_requests: queuedRequests,
      context_size: contextSize,
      gpu,
    };
  });
}
