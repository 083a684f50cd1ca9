import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { TrackingBackend } from "../tracking-backend.js";
import { addRoutes } from "./api.js";
import { addArtifactProxy, artifactListRoutes } from "./artifact-routes.js";
import { ARTIFACT_DESCRIPTIONS, LOGGED_MODEL_DESCRIPTIONS, MODEL_DESCRIPTIONS, VERSION_DESCRIPTIONS } from "./descriptions/models.js";
import { EXPERIMENT_DESCRIPTIONS, METRIC_DESCRIPTIONS, RUN_DESCRIPTIONS } from "./descriptions/runs.js";
import { ASSESSMENT_DESCRIPTIONS, TRACE_DESCRIPTIONS, TRACE_V2_DESCRIPTIONS } from "./descriptions/traces.js";
import { experimentRoutes } from "./experiment-routes.js";
import { loggedModelRoutes } from "./logged-model-routes.js";
import { modelRoutes, versionRoutes } from "./registry-routes.js";
import { routeConfig } from "./route-config.js";
import { metricRoutes, runRoutes } from "./run-routes.js";
import { assessmentRoutes, traceRoutes } from "./trace-routes.js";
import { traceV2Routes } from "./trace-v2-routes.js";

const NO_SPANS = "REST OTLP span logging is not supported by llmops";

/** MLflow's REST API: what answers, and what it is to clients. */
const API = [
  [experimentRoutes, EXPERIMENT_DESCRIPTIONS],
  [runRoutes, RUN_DESCRIPTIONS],
  [metricRoutes, METRIC_DESCRIPTIONS],
  [modelRoutes, MODEL_DESCRIPTIONS],
  [versionRoutes, VERSION_DESCRIPTIONS],
  [loggedModelRoutes, LOGGED_MODEL_DESCRIPTIONS],
  [traceRoutes, TRACE_DESCRIPTIONS],
  [traceV2Routes, TRACE_V2_DESCRIPTIONS],
  [assessmentRoutes, ASSESSMENT_DESCRIPTIONS],
  [artifactListRoutes, ARTIFACT_DESCRIPTIONS],
] as const;

/** Adds MLflow's REST API and its artifact proxy, over a backend. */
export async function addApiRoutes(app: FastifyInstance, backend: TrackingBackend): Promise<void> {
  for (const [routes, descriptions] of API) addRoutes(app, routes(backend), descriptions);
  await addArtifactProxy(app, backend);
}

/** Adds what clients ask of the server itself. `apiVersion` is the MLflow version it says it has. */
export async function addOwnRoutes(app: FastifyInstance, apiVersion: string): Promise<void> {
  const open = { methods: ["GET"], scope: "open", media: ["text/html"], errors: [] } as const;
  const health = routeConfig({ ...open, path: "/health", summary: "Whether the server answers: OK" });
  app.get("/health", { config: health }, async (_request, reply) => reply.type("text/html").send("OK"));
  const version = routeConfig({ ...open, path: "/version", summary: "The MLflow version of the API" });
  app.get("/version", { config: version }, async (_request, reply) => reply.type("text/html").send(apiVersion));
  const spans = routeConfig({
    ...{ methods: ["POST"], path: "/v1/traces", scope: "token", summary: "Refused with 501: spans are kept as artifacts", upload: true },
    ...{ answer: z.object({ detail: z.string() }), statuses: [501], errors: [] },
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.post("/v1/traces", { config: spans }, async (_request, reply) => reply.status(501).send({ detail: NO_SPANS }));
  });
}
