import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { BODY_LIMIT_BYTES, DEFAULT_LIMITS } from "../../base/config/request-limits.js";
import { answerBrokenRequests, answerUnknownExpectations } from "../../base/http/broken-requests.js";
import { writeLongAnswersInSlices } from "../../base/http/long-answers.js";
import { refuseAmbiguous } from "../../base/http/request-target.js";
import { slowClientLimits } from "../../base/http/slow-clients.js";
import { addAuthorization } from "./authorization.js";
import { checkBodies } from "./check-bodies.js";
import { allowPages } from "./cors.js";
import { parseJsonBodies } from "./json-bodies.js";
import { addRequestLog, requestId } from "./request-log.js";
import { addRoutes, type RouteOptions } from "./add-routes.js";
import { addErrors, answerBadUrl, withNewId } from "./answer-errors.js";
import type { Service } from "./service.js";

/** For a request with its body: a client that sends slower than that is cut off. */
const REQUEST_TIMEOUT_MS = 120_000;

export interface AppOptions extends RouteOptions {
  /** Gets a line for every request, and the faults of the server itself; nothing is logged without one. */
  logger?: FastifyBaseLogger | undefined;
  /** The address that is listened on; without one, only this machine's. */
  host?: string;
  /** Names it may be asked under, besides this machine's and private addresses. */
  allowedHosts?: readonly string[];
  /** Refuse fields of requests that nothing knows, instead of naming them. */
  strictFields?: boolean;
  /** Pages of these origins may use the server from a browser; none without. */
  corsOrigins?: readonly string[];
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
    strictFields = false,
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
  parseJsonBodies(app, limits, bodyLimitBytes);
  writeLongAnswersInSlices(app);
  addErrors(app, bodyLimitBytes);
  if (corsOrigins.length > 0) allowPages(app, corsOrigins);
  addRequestLog(app, service);
  refuseAmbiguous(app);
  addAuthorization(app, { keys: service.keys, header: apiKeyHeader, boundTo: host, allowedHosts, allowedOrigins: corsOrigins });
  checkBodies(app, service, { limits, strict: strictFields });
  addRoutes(app, service, options);
  return app;
}
