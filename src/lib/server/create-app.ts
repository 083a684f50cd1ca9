import Fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyInstance } from "fastify";
import { LlmopsError, messageOf, toLlmopsError } from "../errors/llmops-error.js";
import type { Deadlines } from "../openai/deadlines.js";
import { addChatCompletions } from "./chat-completions.js";
import { addDocs } from "./docs.js";
import { addEmbeddings } from "./embeddings.js";
import { toErrorBody } from "./error-body.js";
import { addHealth } from "./health.js";
import { addInfer } from "./infer.js";
import { addModels } from "./models.js";
import { addRequestLog, requestId } from "./request-log.js";
import type { ServedModel } from "./served-model.js";
import { addTextCompletions } from "./text-completions.js";
import { addTokens } from "./tokens.js";

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Of requests that do not bring their own. */
export const DEFAULT_DEADLINES: Deadlines = { totalMs: 60_000, firstTokenMs: undefined, stallMs: undefined };

export interface AppOptions {
  /** Gets a line for every request, and the faults of the server itself; nothing is logged without one. */
  logger?: FastifyBaseLogger | undefined;
  deadlines?: Partial<Deadlines>;
}

/** The HTTP server in front of a model; it does not listen yet. */
export function createApp(model: ServedModel, { logger, deadlines }: AppOptions = {}): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: "idle",
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: requestId,
    ...(logger ? { loggerInstance: logger } : {}),
  });
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = fromFastify(thrown);
    if (error.code === "INTERNAL") request.log.error({ err: error.cause }, error.message);
    else request.log.info({ code: error.code, reason: error.message }, "refused");
    if (error.retryAfterSeconds !== undefined) void reply.header("retry-after", error.retryAfterSeconds);
    void reply.status(error.httpStatus).send(toErrorBody(error, request.id));
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new LlmopsError("ROUTE_NOT_FOUND", `There is no ${request.method} ${request.url} here.`, { hint: "See /docs." });
    void reply.status(error.httpStatus).send(toErrorBody(error, request.id));
  });
  const limits = { ...DEFAULT_DEADLINES, ...deadlines };
  addRequestLog(app);
  addHealth(app, model);
  addModels(app, model);
  addChatCompletions(app, model, limits);
  addTextCompletions(app, model, limits);
  addEmbeddings(app, model);
  addTokens(app, model);
  addInfer(app, model, limits);
  addDocs(app, model);
  return app;
}

/** Fastify's own client errors (broken JSON, too large a body, ...) are the user's input, not a bug. */
function fromFastify(thrown: FastifyError): LlmopsError {
  const status = thrown.statusCode ?? 500;
  if (thrown instanceof LlmopsError || status < 400 || status >= 500) return toLlmopsError(thrown);
  const code = status === 413 ? "BODY_TOO_LARGE" : status === 415 ? "UNSUPPORTED_MEDIA_TYPE" : "INVALID_ARGUMENT";
  return new LlmopsError(code, messageOf(thrown), { cause: thrown });
}
