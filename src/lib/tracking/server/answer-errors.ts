import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyInstance } from "fastify";
import { LlmopsError, toLlmopsError } from "../../base/errors/llmops-error.js";
import { MlflowError } from "../mlflow-error.js";

/** Errors in MLflow's shape. Clients retry every 5xx, so what would fail again is a 4xx. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = toMlflowError(thrown);
    // what the system refuses is not a fault of a line here: where it was noticed says nothing
    const isKnown = error.status === 503;
    if (error.status >= 500)
      request.log.error({ ...(isKnown ? { code: error.errorCode } : { err: thrown }), path: request.url }, error.message);
    else request.log.debug({ code: error.errorCode, path: request.url }, error.message);
    // MLflow has no code of its own for it
    const isCoded = thrown instanceof LlmopsError && thrown.code === "UNSUPPORTED_MEDIA_TYPE";
    void reply.status(isCoded ? 415 : error.status);
    reply.raw.statusMessage = (STATUS_CODES[reply.statusCode] ?? "").toUpperCase(); // as MLflow's server writes it, and its clients quote it
    void reply.send(bodyOf(error));
  });
}

/** The body of an answer that says what failed. */
export function errorBody(thrown: LlmopsError): object {
  return bodyOf(toMlflowError(thrown));
}

/** Clients show the message alone: what helps is said there too. */
function bodyOf({ errorCode, message, hint }: MlflowError): object {
  return { error_code: errorCode, message: hint === undefined ? message : `${message} ${hint}` };
}

function toMlflowError(thrown: FastifyError | LlmopsError): MlflowError {
  if (thrown instanceof MlflowError) return thrown;
  if (thrown instanceof LlmopsError) {
    const { message, hint } = thrown;
    const code = thrown.code === "STORE_UNWRITABLE" ? "TEMPORARILY_UNAVAILABLE" : "INVALID_PARAMETER_VALUE";
    return new MlflowError(code, message, hint === undefined ? {} : { hint });
  }
  const status = thrown.statusCode ?? 500;
  if (status >= 400 && status < 500) return new MlflowError("BAD_REQUEST", `Bad Request. ${thrown.message}`);
  const failure = toLlmopsError(thrown);
  if (failure.code === "SYSTEM_REFUSED" || failure.code === "OUT_OF_MEMORY")
    return new MlflowError("TEMPORARILY_UNAVAILABLE", failure.message, { cause: thrown });
  return new MlflowError("INTERNAL_ERROR", `Internal error: ${thrown.message}`, { cause: thrown });
}
