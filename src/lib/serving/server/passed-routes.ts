import { z } from "zod";
import type { JsonObject } from "../../inference/gateway/call.js";
import { embeddingsAnswerSchema } from "../../inference/openai/answer-schemas.js";
import { embeddingsBodySchema } from "../../inference/openai/wire-embeddings.js";
import { passOn } from "./pass-on.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** What is passed on is the upstream's to describe. */
const anyObject: z.ZodType<JsonObject> = z.looseObject({}).describe("As the upstream has it.");

/** Embeddings, and routes of the upstream that are passed on as they are and kept: /ask, /search, whatever the user names. */
export function addPassedRoutes(routes: RouteTable, service: Service): void {
  const infer = { scope: "infer", passesBody: true, errors: CALL_ERRORS } as const;
  const vectors = { summary: "Vectors of texts", body: embeddingsBodySchema, answer: embeddingsAnswerSchema };
  const embeddings = { path: "/v1/embeddings", aliases: ["/embeddings"] } as const;
  routes.add({ ...infer, ...vectors, ...embeddings, methods: ["POST"] }, (request, reply) =>
    passOn(service, embeddings.path, request, reply),
  );
  for (const path of service.routes) {
    const passed = { path, summary: "A route of the upstream, passed on", body: anyObject, answer: anyObject };
    routes.add({ ...infer, ...passed, methods: ["GET", "POST"] }, (request, reply) => passOn(service, path, request, reply));
  }
}
