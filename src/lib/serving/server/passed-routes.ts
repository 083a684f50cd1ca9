import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ErrorCode } from "../../base/errors/codes.js";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import type { Call, JsonObject } from "../../inference/gateway/call.js";
import { embeddingsAnswerSchema } from "../../inference/openai/answer-schemas.js";
import { embeddingsBodySchema } from "../../inference/openai/wire-embeddings.js";
import { parseCacheControl } from "../../inference/gateway/cache/cache-control.js";
import { Fare } from "../../inference/gateway/fare.js";
import { answerHeaders, disconnectOf, findAnswer } from "./answer.js";
import { admit } from "./admit.js";
import { audienceOf, passedHeaders } from "./cache-audience.js";
import { bookLosses, charge } from "./charge.js";
import { noteAnswer } from "./request-log.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** What is passed on is the upstream's to describe. */
const anyObject: z.ZodType<JsonObject> = z.looseObject({}).describe("As the upstream has it.");

/** Embeddings, and routes of the upstream that are passed on as they are and kept: /ask, /search, whatever the user names. */
export function addPassedRoutes(routes: RouteTable, service: Service): void {
  const infer = { scope: "infer", errors: CALL_ERRORS } as const;
  const vectors = { summary: "Vectors of texts", body: embeddingsBodySchema, answer: embeddingsAnswerSchema };
  routes.add({ ...infer, ...vectors, methods: ["POST"], path: "/v1/embeddings" }, (request, reply) =>
    passOn(service, "/v1/embeddings", request, reply),
  );
  for (const path of service.routes) {
    const passed = { path, summary: "A route of the upstream, passed on", body: anyObject, answer: anyObject };
    routes.add({ ...infer, ...passed, methods: ["GET", "POST"] }, (request, reply) => passOn(service, path, request, reply));
  }
}

/** Passes a request on to whoever answers that is neither a chat nor a completion. */
export async function passOn(service: Service, path: string, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject> {
  const [, query = ""] = request.url.split("?");
  const asked: Call = {
    path,
    method: request.method === "GET" ? "GET" : "POST",
    body: (request.body ?? {}) as JsonObject,
    query: query === "" ? "" : `?${query}`,
    stream: false,
    includeUsage: false,
    requestId: request.id,
    deadlines: service.deadlines,
    audience: audienceOf(request, path, service.sharing),
    headers: passedHeaders(request, path, service.sharing),
  };
  const admitted = await admit(service, request, reply, asked);
  const fare = new Fare((losses) => bookLosses(service, admitted, losses));
  let errorCode: ErrorCode | undefined;
  try {
    const asking = { directives: parseCacheControl(request.headers["cache-control"]), fare };
    const answer = await findAnswer(service, admitted.call, asking, disconnectOf(reply));
    void reply.headers(answerHeaders(answer));
    service.metrics.add("llmops_cache_requests_total", { result: answer.origin.cache });
    noteAnswer(request, { origin: answer.origin });
    if (answer.kind === "stream") throw new TypeError("a route that is passed on does not stream");
    return answer.body;
  } catch (error) {
    errorCode = isAbort(error) ? "ABORTED" : toLlmopsError(error).code;
    throw error;
  } finally {
    void charge(service, admitted, { fare, errorCode });
  }
}
