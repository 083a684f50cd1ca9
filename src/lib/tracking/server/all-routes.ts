import type { FastifyInstance } from "fastify";
import type { TrackingBackend } from "../tracking-backend.js";
import { addUsers, type UserAccess } from "./access/add-users.js";
import { addRoutes } from "./api.js";
import { addArtifactProxy, artifactListRoutes } from "./artifact-routes.js";
import { ARTIFACT_DESCRIPTIONS, LOGGED_MODEL_DESCRIPTIONS, MODEL_DESCRIPTIONS, VERSION_DESCRIPTIONS } from "./descriptions/models.js";
import { EXPERIMENT_DESCRIPTIONS, METRIC_DESCRIPTIONS, RUN_DESCRIPTIONS } from "./descriptions/runs.js";
import { VIEW_DESCRIPTIONS } from "./descriptions/views.js";
import { experimentRoutes } from "./experiment-routes.js";
import { loggedModelRoutes } from "./logged-model-routes.js";
import { modelRoutes, versionRoutes } from "./registry-routes.js";
import { metricRoutes, runRoutes } from "./run-routes.js";
import { addOtlpRoutes } from "./otlp-routes.js";
import { TRACE_API } from "./trace-api.js";
import { viewRoutes } from "./view-routes.js";

/** MLflow's REST API, and what the web application asks besides: what answers, and what it is to clients. */
const API = [
  [experimentRoutes, EXPERIMENT_DESCRIPTIONS],
  [runRoutes, RUN_DESCRIPTIONS],
  [metricRoutes, METRIC_DESCRIPTIONS],
  [modelRoutes, MODEL_DESCRIPTIONS],
  [versionRoutes, VERSION_DESCRIPTIONS],
  [loggedModelRoutes, LOGGED_MODEL_DESCRIPTIONS],
  ...TRACE_API,
  [artifactListRoutes, ARTIFACT_DESCRIPTIONS],
  [viewRoutes, VIEW_DESCRIPTIONS],
] as const;

/** Adds MLflow's REST API, its artifact proxy, OpenTelemetry's spans, and what the web application asks, over a backend; users where it has them. */
export async function addApiRoutes(app: FastifyInstance, backend: TrackingBackend, access?: UserAccess): Promise<void> {
  for (const [routes, descriptions] of API) addRoutes(app, routes(backend), descriptions);
  await addArtifactProxy(app, backend);
  await addOtlpRoutes(app, backend);
  if (access) await addUsers(app, access);
}
