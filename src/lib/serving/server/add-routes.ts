import type { FastifyInstance } from "fastify";
import { addCacheRoutes } from "./cache-routes.js";
import { addCallRoutes, type CallRouteOptions } from "./call-routes.js";
import { addChatSocket, type ChatSocketOptions } from "./chat-socket-routes.js";
import { addDocs } from "./docs.js";
import { addExperiments, type MlflowSwitch } from "./experiments.js";
import { addHealth } from "./health.js";
import { addModelFacts } from "./model-facts-routes.js";
import { addModels } from "./models.js";
import { addMonitoring } from "./monitoring.js";
import { addRanking } from "./ranking-routes.js";
import { addPassedRoutes } from "./passed-routes.js";
import { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";
import { addTokens } from "./tokens.js";

export interface RouteOptions extends CallRouteOptions, ChatSocketOptions {
  /** The header a key may come in, beside Authorization. */
  apiKeyHeader?: string;
  /** Where Prometheus reads, beside /prometheus; undefined where nothing is exposed. */
  metricsPath?: string | undefined;
  prometheus?: boolean;
  /** Opens another MLflow store, for POST /mlflow-config. */
  mlflow?: MlflowSwitch | undefined;
}

/** Every route of serve, each with its description: /openapi.json and /docs are made of those. */
export function addRoutes(app: FastifyInstance, service: Service, { apiKeyHeader = "x-api-key", ...options }: RouteOptions): void {
  const routes = new RouteTable(app);
  addCallRoutes(routes, service, options);
  addChatSocket(routes, app, options);
  addModels(routes, service);
  addTokens(routes, service);
  addModelFacts(routes, service);
  addRanking(routes, service);
  addHealth(routes, service);
  addMonitoring(routes, service, { prometheus: options.prometheus ?? true, metricsPath: options.metricsPath });
  addCacheRoutes(routes, service);
  addExperiments(routes, service, options.mlflow);
  addDocs(routes, service, apiKeyHeader);
  addPassedRoutes(routes, service);
}
