import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Call, JsonObject } from "../gateway/call.js";
import { parseCacheControl } from "../gateway/cache/cache-control.js";
import { abortOnDisconnect, answerHeaders, findAnswer } from "./answer.js";
import { admit } from "./admit.js";
import type { Service } from "./service.js";
import { costOf } from "../access/limit.js";

/** Routes of the upstream that are passed on as they are, and kept: /ask, /search, whatever the user names. */
export function addPassedRoutes(app: FastifyInstance, service: Service): void {
  for (const path of service.routes) {
    app.route({ method: ["GET", "POST"], url: path, handler: (request, reply) => passOn(service, path, request, reply) });
  }
}

/** Passes a request on that is neither a chat nor a completion. */
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
  };
  const { call, admission } = await admit(service, request, reply, asked);
  let used = { prompt: 0, completion: 0 };
  try {
    const answer = await findAnswer(service, call, parseCacheControl(request.headers["cache-control"]), abortOnDisconnect(reply));
    for (const [name, value] of Object.entries(answerHeaders(answer))) void reply.header(name, value);
    if (answer.kind === "stream") throw new TypeError("a route that is passed on does not stream");
    const paid = answer.origin.cache === "miss" || answer.origin.cache === "bypass";
    if (paid && answer.usage) used = { prompt: answer.usage.promptTokens, completion: answer.usage.completionTokens };
    return answer.body;
  } finally {
    void admission?.settle(costOf(used, service.prices));
  }
}
