import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CallRecord } from "./call-record.js";
import type { Service } from "./service.js";

type Noted = Partial<Pick<CallRecord, "usage" | "timing" | "origin" | "firstTokenMs">>;

const noted = new WeakMap<FastifyRequest, Noted>();

/** Remembers what became of a request, for its line in the log. */
export function noteAnswer(request: FastifyRequest, answer: Noted): void {
  noted.set(request, answer);
}

const streamed = new WeakMap<FastifyRequest, { bytes: number }>();

/** Where to count what of a stream is sent. */
export function countSentBytes(request: FastifyRequest): { bytes: number } {
  const sent = { bytes: 0 };
  streamed.set(request, sent);
  return sent;
}

/** The id of a request: the client's own from X-Request-Id, or a new one. It stands in the header, the answer and the log. */
export function requestId(message: Pick<IncomingMessage, "headers">): string {
  const given = message.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : `req-${randomUUID()}`;
}

/** One line in the log and one count for every answered request, and its id in the answer's header. */
export function addRequestLog(app: FastifyInstance, { metrics, model, version, callMetrics }: Service): void {
  app.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const endpoint = request.routeOptions.url ?? "unknown";
    const status = reply.statusCode < 400 ? "success" : "error";
    const labels = { model: callMetrics.label(model), version };
    metrics.add("api_requests_total", { endpoint, status, ...labels });
    metrics.observe("api_response_time_seconds", reply.elapsedTime / 1000, { endpoint, ...labels });
    metrics.observe("api_request_size_bytes", Number(request.headers["content-length"] ?? 0), { endpoint });
    const sent = Number(reply.getHeader("content-length") ?? streamed.get(request)?.bytes ?? 0);
    metrics.observe("api_response_size_bytes", sent, { endpoint });
    logLine(request, reply);
    done();
  });
}

function logLine(request: FastifyRequest, reply: FastifyReply): void {
  const { usage, timing, origin, firstTokenMs } = noted.get(request) ?? {};
  const tokens = usage && {
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    completionTokens: usage.completionTokens,
  };
  const times = timing && { queueMs: rounded(timing.queueMs), firstTokenMs: rounded(firstTokenMs) };
  const level = reply.statusCode >= 500 && !isExpected(request, reply) ? "error" : "info";
  request.log[level](
    {
      method: request.method,
      path: request.url.split("?")[0],
      status: reply.statusCode,
      ms: rounded(reply.elapsedTime),
      ...tokens,
      ...times,
      ...(origin && { provider: origin.provider, cache: origin.cache }),
    },
    "request",
  );
}

/** Routes that say by their status how the server is doing: that a model still loads is an answer, not a failure. */
function isExpected({ routeOptions: { config } }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return config.description?.statuses?.includes(statusCode) ?? false;
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
