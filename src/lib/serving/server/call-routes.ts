import { DEFAULT_LIMITS, type RequestLimits } from "../../base/config/request-limits.js";
import { addCompletions } from "./completions.js";
import { addInfer } from "./infer.js";
import { addLlamaServer } from "./llama-server-routes.js";
import { addMessages } from "./messages-routes.js";
import { addOllama } from "./ollama-routes.js";
import { addOllamaFacts } from "./ollama-facts-routes.js";
import { addEmbeddings } from "./passed-routes.js";
import { addResponses } from "./responses-routes.js";
import type { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

export interface CallRouteOptions {
  /** How large what is in a body may be; the defaults of the settings when absent. */
  limits?: RequestLimits;
}

/** The routes that have a model answer, whichever API they speak. */
export function addCallRoutes(routes: RouteTable, service: Service, { limits = DEFAULT_LIMITS }: CallRouteOptions): void {
  addCompletions(routes, service);
  addResponses(routes, service, limits);
  addMessages(routes, service, limits);
  addOllama(routes, service, limits);
  addOllamaFacts(routes, service);
  addLlamaServer(routes, service, limits);
  addEmbeddings(routes, service);
  addInfer(routes, service);
}
