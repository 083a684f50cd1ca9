import type { FastifyInstance } from "fastify";
import type { CompletionTarget } from "../openai/completion-target.js";

/** GET /health: 200 once the model can answer. */
export function addHealth(app: FastifyInstance, target: CompletionTarget): void {
  app.get("/health", () => ({ status: "ok", model: target.model }));
}
