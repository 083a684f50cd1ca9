import type { FastifyReply, FastifyRequest } from "fastify";
import type { ErrorCode } from "../../base/errors/codes.js";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import { parseCacheControl } from "../../inference/gateway/cache/cache-control.js";
import type { Call, JsonObject } from "../../inference/gateway/call.js";
import { Fare } from "../../inference/gateway/fare.js";
import { admit } from "./admit.js";
import { answerHeaders, disconnectOf, findAnswer } from "./answer.js";
import { audienceOf, passedHeaders } from "./cache-audience.js";
import { bookLosses, charge } from "./charge.js";
import { unlessPassedOn } from "./ignored-fields.js";
import { noteAnswer } from "./request-log.js";
import type { Service } from "./service.js";

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
    unlessPassedOn(reply, answer.origin);
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
