import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { modelEntrySchema, modelListSchema } from "../../inference/openai/answer-schemas.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { passOn } from "./pass-on.js";
import type { ModelPool } from "./model-pool.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

const versionsSchema = z.object({
  base_model: z.string(),
  versions: z.array(z.string()).describe("base, and the names of its adapters."),
  description: z.string(),
});
const modelsSchema = z.object({ models: z.array(versionsSchema), object: z.literal("list"), data: z.array(modelEntrySchema) });

/** GET /v1/models (an upstream's own list where it chooses) and /v1/models/{id} in OpenAI's shape, GET /models with versions beside it. */
export function addModels(routes: RouteTable, service: Service): void {
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
    return { id, object: "model" as const, created, owned_by: "llmops", ...(model && { max_model_len: model.contextSize }) };
  };
  const entries = () => {
    const { pool, model } = service;
    return pool ? pool.models.map(({ source, model: loaded }) => describe(source.id, loaded)) : [describe(model, undefined)];
  };
  const read = { methods: ["GET"], scope: "key" } as const;
  const list = {
    path: "/v1/models",
    summary: "The models served, in OpenAI's shape",
    answer: modelListSchema,
    errors: CALL_ERRORS,
  } as const;
  routes.add({ ...read, ...list }, (request, reply) =>
    service.anyModel ? listOfUpstream(request, reply) : { object: "list", data: entries() },
  );
  const one = {
    path: "/v1/models/*",
    summary: "One model; its name may have slashes",
    answer: modelEntrySchema,
    errors: ["MODEL_NOT_FOUND"],
  } as const;
  routes.add({ ...read, ...one }, ({ params }) => {
    const id = params["*"];
    const there = entries();
    const found = there.find((entry) => entry.id === id);
    if (found) return found;
    if (service.anyModel) return describe(id, undefined);
    const known = there.map((entry) => `"${entry.id}"`).join(", ");
    throw new LlmopsError("MODEL_NOT_FOUND", `The model "${id}" does not exist.`, { hint: `Available: ${known}.`, param: "model" });
  });
  const all = { path: "/models", summary: "The models served, with their versions", answer: modelsSchema, errors: [] } as const;
  routes.add({ ...read, ...all }, () => ({
    models: service.pool ? modelsOf(service.pool) : [answeredElsewhere(service)],
    object: "list" as const,
    data: entries(),
  }));
}

/** Every base model with the names of its adapters, in the shape of the self-hosted service. */
function modelsOf({ models }: ModelPool): z.input<typeof versionsSchema>[] {
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

function answeredElsewhere({ model, version, phase }: Service): z.input<typeof versionsSchema> {
  return { base_model: model, versions: [version], description: phase === "loading" ? "being loaded" : "answered by an upstream" };
}
