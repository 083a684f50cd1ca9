import type { FastifyContextConfig } from "fastify";
import type { RouteDescription } from "../../base/http/route-description.js";
import type { MlflowErrorCode } from "../mlflow-error.js";
import { errorAnswer } from "./descriptions/answers.js";

/** What a route asks of a client: the server's token, where it has one, or nothing. */
export type TrackingScope = "open" | "token";

export type TrackingRoute = RouteDescription<unknown, MlflowErrorCode> & { scope: TrackingScope };

/** Requests from other hosts and origins are refused in plain text, as MLflow does. */
const ERROR_ANSWER = { schema: errorAnswer, media: ["text/plain"] };

/** What a route carries about itself. */
export function routeConfig(description: TrackingRoute): FastifyContextConfig {
  return { description, errorAnswer: ERROR_ANSWER };
}
