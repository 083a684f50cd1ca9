import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { LlmopsError, toLlmopsError } from "../errors/llmops-error.js";
import type { CompletionTarget } from "../openai/completion-target.js";
import { addChatCompletions } from "./chat-completions.js";
import { toErrorBody } from "./error-body.js";
import { addHealth } from "./health.js";
import { addModels } from "./models.js";

const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** The HTTP server in front of a target; it does not listen yet. `onError` hears of faults of the server itself. */
export function createApp(target: CompletionTarget, onError: (error: LlmopsError) => void): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: "idle" });
  app.setErrorHandler((thrown: FastifyError, _request, reply) => {
    const error = fromFastify(thrown);
    if (error.httpStatus >= 500) onError(error);
    void reply.status(error.httpStatus).send(toErrorBody(error));
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new LlmopsError("ROUTE_NOT_FOUND", `There is no ${request.method} ${request.url} here.`);
    void reply.status(error.httpStatus).send(toErrorBody(error));
  });
  addHealth(app, target);
  addModels(app, target);
  addChatCompletions(app, target);
  return app;
}

/** Fastify's own client errors (broken JSON, too large a body, ...) are the user's input, not a bug. */
function fromFastify(thrown: FastifyError): LlmopsError {
  const status = thrown.statusCode ?? 500;
  if (!(thrown instanceof LlmopsError) && status >= 400 && status < 500) {
    return new LlmopsError("INVALID_ARGUMENT", thrown.message, { cause: thrown });
  }
  return toLlmopsError(thrown);
}
