import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { JsonObject } from "../../inference/gateway/call.js";
import { toUsage } from "../../inference/openai/endpoint-reader.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { embedBodySchema, embeddingsBodySchema, showBodySchema } from "../dialects/ollama/ollama-body.js";
import { ollamaErrorSchema, toOllamaError } from "../dialects/ollama/ollama-error.js";
import { vectorsOf as embeddingsOf } from "../dialects/ranking/similarity.js";
import { askModel } from "./ask-model.js";
import { listLoaded, listModels, ownName, psSchema, showModel, showSchema, tagsSchema } from "./ollama-models.js";
import { passOn } from "./pass-on.js";
import { CALL_ERRORS, type ErrorShape, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** How routes of Ollama's API tell errors. */
export const OLLAMA_ERRORS: ErrorShape = { schema: ollamaErrorSchema, write: toOllamaError };

/** The version of Ollama whose API this is: clients ask whether it is new enough for them. */
const OLLAMA_VERSION = "0.12.0";

const vector = z.array(z.number());
const embedSchema = z.object({
  ...{ model: z.string(), embeddings: z.array(vector) },
  ...{
    total_duration: z.number().int(),
    load_duration: z.number().int().describe("0: waiting is part of total_duration."),
    prompt_eval_count: z.number().int(),
  },
});
const embeddingSchema = z.object({ embedding: vector });

/** What Ollama's clients ask beside answers: GET /api/version, tags and ps, POST /api/show, embed and embeddings, and whether it is there. */
export function addOllamaFacts(routes: RouteTable, service: Service): void {
  const read = { methods: ["GET"], scope: "key", errors: [] } as const;
  const version = {
    path: "/api/version",
    summary: "The version of Ollama whose API this is",
    answer: z.object({ version: z.string() }),
  } as const;
  routes.add({ ...read, ...version }, () => ({ version: OLLAMA_VERSION }), OLLAMA_ERRORS);
  const tags = { path: "/api/tags", summary: "The models served, in the shape of Ollama's API", answer: tagsSchema } as const;
  routes.add({ ...read, ...tags }, () => listModels(service), OLLAMA_ERRORS);
  const ps = { path: "/api/ps", summary: "The models that are loaded, in the shape of Ollama's API", answer: psSchema } as const;
  routes.add({ ...read, ...ps }, () => listLoaded(service), OLLAMA_ERRORS);
  const show = {
    path: "/api/show",
    summary: "What a model is, in the shape of Ollama's API",
    body: showBodySchema,
    answer: showSchema,
  } as const;
  routes.add(
    { ...show, methods: ["POST"], scope: "key", errors: [...CALL_ERRORS, "ROUTE_NOT_FOUND"] },
    (request, reply) => {
      const { model, name } = checkBody(showBodySchema, request.body);
      const asked = model ?? name ?? undefined;
      return askModel(service, asked && ownName(service, asked), reply, (found) => showModel(found, service.startedAt));
    },
    OLLAMA_ERRORS,
  );
  routes.add(
    {
      methods: ["GET"],
      path: "/",
      scope: "key",
      summary: "Whether there is a server, as Ollama's clients ask it",
      media: ["text/plain"],
      errors: [],
    },
    (_request, reply) => reply.type("text/plain; charset=utf-8").send("Ollama is running"),
  );
  addVectors(routes, service);
}

function addVectors(routes: RouteTable, service: Service): void {
  const infer = { methods: ["POST"], scope: "infer", errors: CALL_ERRORS } as const;
  const embed = {
    path: "/api/embed",
    summary: "Vectors of texts, in the shape of Ollama's API",
    body: embedBodySchema,
    answer: embedSchema,
  } as const;
  routes.add(
    { ...infer, ...embed },
    async (request, reply) => {
      const begun = performance.now();
      const { model, input, dimensions } = checkBody(embedBodySchema, request.body);
      const { embeddings, tokens } = await vectorsOf(service, { model, input, dimensions }, request, reply);
      const total = Math.round((performance.now() - begun) * 1e6);
      return { model, embeddings, total_duration: total, load_duration: 0, prompt_eval_count: tokens };
    },
    OLLAMA_ERRORS,
  );
  const old = { path: "/api/embeddings", summary: "The vector of a text; /api/embed takes several", answer: embeddingSchema } as const;
  routes.add(
    { ...infer, ...old, body: embeddingsBodySchema },
    async (request, reply) => {
      const { model, prompt } = checkBody(embeddingsBodySchema, request.body);
      const { embeddings } = await vectorsOf(service, { model, input: prompt, dimensions: undefined }, request, reply);
      return { embedding: embeddings[0] ?? [] };
    },
    OLLAMA_ERRORS,
  );
}

async function vectorsOf(
  service: Service,
  { model, input, dimensions }: { model: string; input: string | string[]; dimensions: number | null | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ embeddings: number[][]; tokens: number }> {
  request.body = { model: ownName(service, model), input, ...(typeof dimensions === "number" && { dimensions }) } satisfies JsonObject;
  const answer = await passOn(service, "/v1/embeddings", request, reply);
  return { embeddings: embeddingsOf(answer), tokens: toUsage(answer["usage"])?.promptTokens ?? 0 };
}
