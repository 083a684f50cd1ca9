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
    void reply.status(isCoded ? 415 : error.status).send({ error_code: error.errorCode, message: error.message });
  });
}

/** The body of an answer that says what failed. */
export function errorBody(thrown: LlmopsError): object {
  const { errorCode, message } = toMlflowError(thrown);
  return { error_code: errorCode, message };
}

function toMlflowError(thrown: FastifyError | LlmopsError): MlflowError {
  if (thrown instanceof MlflowError) return thrown;
  if (thrown instanceof LlmopsError) {
    const message = thrown.hint === undefined ? thrown.message : `${thrown.message} ${thrown.hint}`;
    return new MlflowError(thrown.code === "STORE_UNWRITABLE" ? "TEMPORARILY_UNAVAILABLE" : "INVALID_PARAMETER_VALUE", message);
  }
  const status = thrown.statusCode ?? 500;
  if (status >= 400 && status < 500) return new MlflowError("BAD_REQUEST", `Bad Request. ${thrown.message}`);
  const failure = toLlmopsError(thrown);
  if (failure.code === "SYSTEM_REFUSED" || failure.code === "OUT_OF_MEMORY")
    return new MlflowError("TEMPORARILY_UNAVAILABLE", failure.message, { cause: thrown });
  return new MlflowError("INTERNAL_ERROR", `Internal error: ${thrown.message}`, { cause: thrown });
}
