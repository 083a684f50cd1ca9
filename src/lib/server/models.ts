import type { FastifyInstance } from "fastify";
import { LlmopsError } from "../errors/llmops-error.js";
import { BASE_VERSION } from "./infer.js";
import type { ServedModel } from "./served-model.js";

/** GET /v1/models and /v1/models/{id} in OpenAI's shape, GET /models with versions. */
export function addModels(app: FastifyInstance, model: ServedModel): void {
  const created = Math.floor(Date.now() / 1000);
  const entry = { id: model.model, object: "model", created, owned_by: "llmops", max_model_len: model.contextSize };
  app.get("/v1/models", () => ({ object: "list", data: [entry] }));
  app.get<{ Params: { id: string } }>("/v1/models/:id", ({ params: { id } }) => {
    if (id === model.model) return entry;
    throw new LlmopsError("MODEL_NOT_FOUND", `There is no model "${id}" here.`, { hint: `There is "${model.model}".`, param: "model" });
  });
  const description = `${model.architecture} model, ${model.contextSize} tokens of context`;
  app.get("/models", () => ({ models: [{ base_model: model.model, versions: [BASE_VERSION], description }] }));
}
