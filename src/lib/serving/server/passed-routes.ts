import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import { embeddingsAnswerSchema } from "../../inference/openai/answer-schemas.js";
import { embeddingsBodySchema } from "../../inference/openai/wire-embeddings.js";
import { passOn } from "./pass-on.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** What is passed on is the upstream's to describe. */
const anyObject: z.ZodType<JsonObject> = z.looseObject({}).describe("As the upstream has it.");

const infer = { scope: "infer", passesBody: true, errors: CALL_ERRORS } as const;
/** A path as it is, which nothing is to be read into: no parameters, no query. */
const PLAIN_PATH = /^\/[^:*?#\s]*$/;

/** POST /v1/embeddings, also without /v1. */
export function addEmbeddings(routes: RouteTable, service: Service): void {
  const vectors = { summary: "Vectors of texts", body: embeddingsBodySchema, answer: embeddingsAnswerSchema };
  const embeddings = { path: "/v1/embeddings", aliases: ["/embeddings"] } as const;
  routes.add({ ...infer, ...vectors, ...embeddings, methods: ["POST"] }, (request, reply) =>
    passOn(service, embeddings.path, request, reply),
  );
}

/**
 * Routes of the upstream that are passed on as they are and kept: /ask, /search, whatever the user names. They come after all others. Throws
 * CONFIG_INVALID for one that this server has itself.
 */
export function addPassedRoutes(routes: RouteTable, service: Service): void {
  for (const path of new Set(service.routes)) {
    refuseOwn(routes, path);
    const passed = { path, summary: "A route of the upstream, passed on", body: anyObject, answer: anyObject };
    routes.add({ ...infer, ...passed, methods: ["GET", "POST"] }, (request, reply) => passOn(service, path, request, reply));
  }
}

function refuseOwn(routes: RouteTable, path: string): void {
  if (!PLAIN_PATH.test(path)) {
    throw new LlmopsError("CONFIG_INVALID", `--cache-route ${JSON.stringify(path)} is not the path of a route.`, {
      hint: "Give a path such as /ask, without a host, a query, or parameters.",
    });
  }
  if (!routes.has(path)) return;
  throw new LlmopsError("CONFIG_INVALID", `--cache-route ${path} would replace this server's own route ${path}.`, {
    hint: "Leave it out: the server's own routes already use the upstream and the cache.",
  });
}
