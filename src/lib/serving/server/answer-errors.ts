import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LlmopsError, messageOf, toLlmopsError } from "../../base/errors/llmops-error.js";
import { UpstreamRefusal } from "../../inference/gateway/provider-fault.js";
import { toErrorBody } from "./error-body.js";
import { requestId } from "./request-log.js";

/** Answers errors, and paths that no route has, with this server's error body. */
export function addErrors(app: FastifyInstance, bodyLimitBytes: number): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = fromFastify(thrown, bodyLimitBytes);
    if (error.code === "INTERNAL") request.log.error({ err: error.cause }, error.message);
    else request.log.info({ code: error.code, reason: error.message }, "refused");
    if (error.retryAfterSeconds !== undefined) void reply.header("retry-after", error.retryAfterSeconds);
    void reply.status(error.httpStatus).send(bodyOf(error, request));
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new LlmopsError("ROUTE_NOT_FOUND", `No route matches ${request.method} ${request.url}.`, { hint: "See /docs." });
    void reply.status(error.httpStatus).send(toErrorBody(error, request.id));
  });
}

/** In the words of the API that the route speaks; what an upstream refused with its own words is passed on in OpenAI's. */
function bodyOf(error: LlmopsError, { id, routeOptions }: FastifyRequest): object {
  const { errorShape } = routeOptions.config;
  if (errorShape) return errorShape.write(error, id);
  return error instanceof UpstreamRefusal ? { ...error.body, request_id: id } : toErrorBody(error, id);
}

/** The body of an error where nothing of the request could be read. */
export function withNewId(error: LlmopsError): object {
  return toErrorBody(error, requestId({ headers: {} }));
}

/** A path that cannot be read has no route, and so none of the hooks. */
export function answerBadUrl(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const error = new LlmopsError("INVALID_ARGUMENT", `The path cannot be read: ${thrown.message}.`, {
    hint: "Write % as %25, and bytes as two hexadecimal digits after %.",
    cause: thrown,
  });
  void reply.header("x-request-id", request.id).status(error.httpStatus).send(toErrorBody(error, request.id));
}

/** Fastify's own client errors (broken JSON, too large a body, ...) are the user's input, not a bug. */
function fromFastify(thrown: FastifyError, bodyLimitBytes: number): LlmopsError {
  const status = thrown.statusCode ?? 500;
  if (thrown instanceof LlmopsError || status < 400 || status >= 500) return toLlmopsError(thrown);
  if (status === 413) {
    return new LlmopsError("BODY_TOO_LARGE", `The request body is larger than ${bodyLimitBytes} bytes.`, {
      hint: "Send less at once; server.body_limit_mb sets the limit.",
      cause: thrown,
    });
  }
  return new LlmopsError(status === 415 ? "UNSUPPORTED_MEDIA_TYPE" : "INVALID_ARGUMENT", messageOf(thrown), { cause: thrown });
}
