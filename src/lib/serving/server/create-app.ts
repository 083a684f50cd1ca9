import cors from "@fastify/cors";
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { DEFAULT_LIMITS, type RequestLimits } from "../../base/config/request-limits.js";
import { LlmopsError, messageOf, toLlmopsError } from "../../base/errors/llmops-error.js";
import { UpstreamRefusal } from "../../inference/gateway/provider-fault.js";
import { answerBrokenRequests, answerUnknownExpectations } from "../../base/http/broken-requests.js";
import { writeLongAnswersInSlices } from "../../base/http/long-answers.js";
import { refuseAmbiguous } from "../../base/http/request-target.js";
import { slowClientLimits } from "../../base/http/slow-clients.js";
import { addAuthorization } from "./authorization.js";
import { addCacheRoutes } from "./cache-routes.js";
import { checkCountsBefore } from "./check-counts.js";
import { addCompletions } from "./completions.js";
import { addDocs } from "./docs.js";
import { toErrorBody } from "./error-body.js";
import { addExperiments, type MlflowSwitch } from "./experiments.js";
import { addHealth } from "./health.js";
import { addInfer } from "./infer.js";
import { parseJsonBodies } from "./json-bodies.js";
import { addModels } from "./models.js";
import { addMonitoring } from "./monitoring.js";
import { addPassedRoutes } from "./passed-routes.js";
import { addRequestLog, requestId } from "./request-log.js";
import { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";
import { addTokens } from "./tokens.js";

const BODY_LIMIT_BYTES = 4_000_000;
/** For a request with its body: a client that sends slower than that is cut off. */
const REQUEST_TIMEOUT_MS = 120_000;

export interface AppOptions {
  /** Gets a line for every request, and the faults of the server itself; nothing is logged without one. */
  logger?: FastifyBaseLogger | undefined;
  bodyLimitBytes?: number;
  /** How large what is in a body may be; the defaults of the settings when absent. */
  limits?: RequestLimits;
  /** The header a key may come in, beside Authorization. */
  apiKeyHeader?: string;
  /** The address that is listened on; without one, only this machine's. */
  host?: string;
  /** Names it may be asked under, besides this machine's and private addresses. */
  allowedHosts?: readonly string[];
  /** Pages of these origins may use the server from a browser; none without. */
  corsOrigins?: readonly string[];
  /** Where Prometheus reads, beside /prometheus; undefined where nothing is exposed. */
  metricsPath?: string | undefined;
  prometheus?: boolean;
  /** Opens another MLflow store, for POST /mlflow-config. */
  mlflow?: MlflowSwitch | undefined;
}

/** The HTTP server of a service; it does not listen yet. */
export function createApp(service: Service, options: AppOptions = {}): FastifyInstance {
  const {
    logger,
    corsOrigins = [],
    bodyLimitBytes = BODY_LIMIT_BYTES,
    limits = DEFAULT_LIMITS,
    apiKeyHeader = "x-api-key",
    host = "127.0.0.1",
    allowedHosts = [],
  } = options;
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: "idle",
    ...slowClientLimits({ requestTimeoutMs: REQUEST_TIMEOUT_MS }),
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: requestId,
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerBrokenRequests(withNewId),
    ...(logger ? { loggerInstance: logger } : {}),
  });
  answerUnknownExpectations(app, withNewId);
  parseJsonBodies(app, limits);
  writeLongAnswersInSlices(app);
  addErrors(app, bodyLimitBytes);
  if (corsOrigins.length > 0) void app.register(cors, { origin: corsOrigins.includes("*") ? true : [...corsOrigins] });
  addRequestLog(app, service);
  refuseAmbiguous(app);
  const routes = new RouteTable(app);
  addAuthorization(app, { keys: service.keys, header: apiKeyHeader, boundTo: host, allowedHosts, allowedOrigins: corsOrigins });
  checkCountsBefore(app, limits, service.routes);
  addCompletions(routes, service);
  addPassedRoutes(routes, service);
  addModels(routes, service);
  addInfer(routes, service);
  addTokens(routes, service);
  addHealth(routes, service);
  addMonitoring(routes, service, { prometheus: options.prometheus ?? true, metricsPath: options.metricsPath });
  addCacheRoutes(routes, service);
  addExperiments(routes, service, options.mlflow);
  addDocs(routes, service, apiKeyHeader);
  return app;
}

function addErrors(app: FastifyInstance, bodyLimitBytes: number): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = fromFastify(thrown, bodyLimitBytes);
    if (error.code === "INTERNAL") request.log.error({ err: error.cause }, error.message);
    else request.log.info({ code: error.code, reason: error.message }, "refused");
    if (error.retryAfterSeconds !== undefined) void reply.header("retry-after", error.retryAfterSeconds);
    const body = error instanceof UpstreamRefusal ? { ...error.body, request_id: request.id } : toErrorBody(error, request.id);
    void reply.status(error.httpStatus).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new LlmopsError("ROUTE_NOT_FOUND", `No route matches ${request.method} ${request.url}.`, { hint: "See /docs." });
    void reply.status(error.httpStatus).send(toErrorBody(error, request.id));
  });
}

/** The body of an error where nothing of the request could be read. */
function withNewId(error: LlmopsError): object {
  return toErrorBody(error, requestId({ headers: {} }));
}

/** A path that cannot be read has no route, and so none of the hooks. */
function answerBadUrl(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
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
      hint: "Send less at once; the setting server.body_limit_mb is the limit.",
      cause: thrown,
    });
  }
  return new LlmopsError(status === 415 ? "UNSUPPORTED_MEDIA_TYPE" : "INVALID_ARGUMENT", messageOf(thrown), { cause: thrown });
}
