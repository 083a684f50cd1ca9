import Fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { answerBrokenRequests, answerUnknownExpectations } from "../../base/http/broken-requests.js";
import { writeLongAnswersInSlices } from "../../base/http/long-answers.js";
import { refuseAmbiguous, refuseCompressed } from "../../base/http/request-target.js";
import { refuseUndescribed } from "../../base/http/route-description.js";
import { slowClientLimits } from "../../base/http/slow-clients.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { answerErrors, errorBody } from "./answer-errors.js";
import { parseJsonBodies } from "./api.js";
import { addApiRoutes } from "./all-routes.js";
import { addDocs } from "./docs.js";
import { addOwnRoutes } from "./own-routes.js";
import { addSecurity, type SecurityOptions } from "./security.js";
import { addWebRoutes, type WebOptions } from "./web-routes.js";
import { answerUnknownRoutes } from "./wrong-methods.js";

/** The MLflow version this API says it has. From 3.4 on, clients send spans to /v1/traces; older ones keep them as artifacts. */
const API_VERSION = "3.6.0";
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
/** For a request with its body: a model of many gigabytes may be uploaded over a slow line, */
const REQUEST_TIMEOUT_MS = 3_600_000;
/** but it has to come on. */
const SILENCE_TIMEOUT_MS = 120_000;
const MAX_PATH_PARAMETER = 8192;

export interface TrackingAppOptions extends SecurityOptions, WebOptions {
  /** Gets a line for every request that fails; nothing is logged without one. */
  logger?: FastifyBaseLogger | undefined;
}

/** An MLflow tracking server over a backend; it does not listen yet. */
export async function createTrackingApp(
  backend: TrackingBackend,
  { logger, application, evidence, monitors, playground, ...security }: TrackingAppOptions,
): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    ...slowClientLimits({ requestTimeoutMs: REQUEST_TIMEOUT_MS }),
    connectionTimeout: SILENCE_TIMEOUT_MS,
    forceCloseConnections: "idle",
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    frameworkErrors: (error: FastifyError, _request: unknown, reply: FastifyReply) => {
      void reply.status(400).send({ error_code: "BAD_REQUEST", message: `Bad Request. ${error.message}` });
    },
    clientErrorHandler: answerBrokenRequests(errorBody),
    ...(logger ? { loggerInstance: logger } : {}),
  });
  answerUnknownExpectations(app, errorBody);
  answerErrors(app);
  answerUnknownRoutes(app);
  refuseAmbiguous(app);
  refuseCompressed(app);
  addSecurity(app, backend, security);
  if (security.allowedOrigins.length > 0) {
    const { default: cors } = await import("@fastify/cors");
    await app.register(cors, { origin: security.allowedOrigins.includes("*") ? "*" : [...security.allowedOrigins] });
  }
  parseJsonBodies(app, BODY_LIMIT_BYTES);
  writeLongAnswersInSlices(app);
  refuseUndescribed(app);
  addDocs(app, API_VERSION);
  addOwnRoutes(app, backend, API_VERSION);
  addWebRoutes(app, backend, { application, evidence, monitors, playground, access: security.access }); // events hear of the routes that come after
  await addApiRoutes(app, backend, security.access);
  return app;
}
