import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Timing, Usage } from "../openai/completion.js";

interface Generated {
  usage: Usage;
  timing: Timing;
}

const generated = new WeakMap<FastifyRequest, Generated>();

/** Remembers what a request generated, for its line in the log. */
export function noteUsage(request: FastifyRequest, { usage, timing }: Generated): void {
  generated.set(request, { usage, timing });
}

/** The id of a request: the client's own from X-Request-Id, or a new one. It stands in the header, the answer and the log. */
export function requestId(message: Pick<IncomingMessage, "headers">): string {
  const given = message.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : `req-${randomUUID()}`;
}

/** One line in the log for every answered request, and its id in the answer's header. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    const { usage, timing } = generated.get(request) ?? {};
    const tokens = usage && {
      promptTokens: usage.promptTokens,
      cachedTokens: usage.cachedTokens,
      completionTokens: usage.completionTokens,
    };
    const times = timing && { queueMs: rounded(timing.queueMs), firstTokenMs: rounded(timing.firstTokenMs) };
    const level = reply.statusCode >= 500 ? "error" : "info";
    request.log[level](
      {
        method: request.method,
        path: request.url.split("?")[0],
        status: reply.statusCode,
        ms: rounded(reply.elapsedTime),
        ...tokens,
        ...times,
      },
      "request",
    );
  });
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
