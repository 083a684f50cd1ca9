import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LlmopsError } from "../errors/llmops-error.js";
import { passOn } from "./passed-routes.js";
import type { Service } from "./service.js";

/** GET /v1/models (an upstream's own list where it chooses) and /v1/models/{id} in OpenAI's shape, GET /models with versions. */
export function addModels(app: FastifyInstance, service: Service): void {
  const created = Math.floor(service.startedAt / 1000);
  const listOfUpstream = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      return await passOn(service, "/v1/models", request, reply);
    } catch (error) {
      if (!(error instanceof LlmopsError)) throw error;
      return { object: "list", data: [entry()] }; // not every upstream has a list, and a recording rarely does
    }
  };
  const entry = () => {
    const { model, local } = service;
    return { id: model, object: "model", created, owned_by: "llmops", ...(local && { max_model_len: local.contextSize }) };
  };
  app.get("/v1/models", (request, reply) => (service.anyModel ? listOfUpstream(request, reply) : { object: "list", data: [entry()] }));
  app.get<{ Params: { id: string } }>("/v1/models/:id", ({ params: { id } }) => {
    if (id === service.model || service.anyModel) return { ...entry(), id };
    throw new LlmopsError("MODEL_NOT_FOUND", `There is no model "${id}" here.`, { hint: `There is "${service.model}".`, param: "model" });
  });
  app.get("/models", () => {
    const { model, version, local } = service;
    const description = local ? `${local.facts.architecture} model, ${local.contextSize} tokens of context` : "answered by an upstream";
    return { models: [{ base_model: model, versions: [version], description }] };
  });
}
