import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { passOn } from "./passed-routes.js";
import type { ModelPool } from "./model-pool.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

/** GET /v1/models (an upstream's own list where it chooses) and /v1/models/{id} in OpenAI's shape, GET /models with versions. */
export function addModels(app: FastifyInstance, service: Service): void {
  const created = Math.floor(service.startedAt / 1000);
  const listOfUpstream = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      return await passOn(service, "/v1/models", request, reply);
    } catch (error) {
      if (!(error instanceof LlmopsError)) throw error;
      return { object: "list", data: entries() }; // not every upstream has a list, and a recording rarely does
    }
  };
  const describe = (id: string, model: ServedModel | undefined) => {
    return { id, object: "model", created, owned_by: "llmops", ...(model && { max_model_len: model.contextSize }) };
  };
  const entries = () => {
    const { pool, model } = service;
    return pool ? pool.models.map(({ source, model: loaded }) => describe(source.id, loaded)) : [describe(model, undefined)];
  };
  app.get("/v1/models", (request, reply) => (service.anyModel ? listOfUpstream(request, reply) : { object: "list", data: entries() }));
  app.get<{ Params: { id: string } }>("/v1/models/:id", ({ params: { id } }) => {
    const there = entries();
    const found = there.find((one) => one.id === id);
    if (found) return found;
    if (service.anyModel) return describe(id, undefined);
    const known = there.map((one) => `"${one.id}"`).join(", ");
    throw new LlmopsError("MODEL_NOT_FOUND", `There is no model "${id}" here.`, { hint: `There is ${known}.`, param: "model" });
  });
  app.get("/models", () => ({ models: service.pool ? modelsOf(service.pool) : [answeredElsewhere(service)] }));
}

/** Every base model with the names of its adapters, in the shape of the self-hosted service. */
function modelsOf({ models }: ModelPool): object[] {
  const names = [...new Set(models.map(({ source }) => source.name))];
  return names.map((name) => {
    const of = models.filter(({ source }) => source.name === name);
    const loaded = of.find(({ model }) => model)?.model;
    const description = loaded
      ? `${loaded.facts.architecture} model, ${loaded.contextSize} tokens of context`
      : "loaded when it is asked for";
    return { base_model: name, versions: of.map(({ source }) => source.version), description };
  });
}

function answeredElsewhere({ model, version, phase }: Service): object {
  return { base_model: model, versions: [version], description: phase === "loading" ? "being loaded" : "answered by an upstream" };
}
