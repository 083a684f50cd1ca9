import type { FastifyInstance } from "fastify";
import type { CompletionTarget } from "../openai/completion-target.js";

/** GET /v1/models: the one model served, in OpenAI's list shape. */
export function addModels(app: FastifyInstance, target: CompletionTarget): void {
  const created = Math.floor(Date.now() / 1000);
  app.get("/v1/models", () => ({
    object: "list",
    data: [{ id: target.model, object: "model", created, owned_by: "llmops" }],
  }));
}
