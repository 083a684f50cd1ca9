import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Call, JsonObject } from "../gateway/call.js";
import { parseCacheControl } from "../gateway/cache/cache-control.js";
import { abortOnDisconnect, answerHeaders, findAnswer } from "./answer.js";
import { admit, type TokenCounts } from "./admit.js";
import { audienceOf, passedHeaders } from "./cache-audience.js";
import { noteAnswer } from "./request-log.js";
import type { Service } from "./service.js";
import { costOf } from "../access/limit.js";

/** Embeddings, and routes of the upstream that are passed on as they are and kept: /ask, /search, whatever the user names. */
export function addPassedRoutes(app: FastifyInstance, service: Service): void {
  app.post("/v1/embeddings", (request, reply) => passOn(service, "/v1/embeddings", request, reply));
  for (const path of service.routes) {
    app.route({ method: ["GET", "POST"], url: path, handler: (request, reply) => passOn(service, path, request, reply) });
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
    ...(path === "/v1/embeddings"
      ? { audience: audienceOf(request, "completion", service.sharing) }
      : { audience: audienceOf(request, "route", service.sharing), headers: passedHeaders(request, service.sharing) }),
  };
  const { call, worst, admission } = await admit(service, request, reply, asked);
  let used: TokenCounts = { prompt: 0, completion: 0 };
  try {
    const answer = await findAnswer(service, call, parseCacheControl(request.headers["cache-control"]), abortOnDisconnect(reply));
    for (const [name, value] of Object.entries(answerHeaders(answer))) void reply.header(name, value);
    service.metrics.add("llmops_cache_requests_total", { result: answer.origin.cache });
    noteAnswer(request, { origin: answer.origin });
    if (answer.kind === "stream") throw new TypeError("a route that is passed on does not stream");
    const { usage, origin } = answer;
    const paid = origin.cache === "miss" || origin.cache === "bypass";
    if (paid) used = usage ? { prompt: usage.promptTokens, completion: usage.completionTokens } : worst;
    return answer.body;
  } finally {
    void admission?.settle(costOf(used, service.prices));
  }
}
