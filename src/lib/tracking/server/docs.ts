import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { escapeHtml, renderDocsPage } from "../../base/http/docs-page.js";
import { openApiDocument } from "../../base/http/openapi.js";
import { MlflowError, type MlflowErrorCode } from "../mlflow-error.js";
import { errorAnswer } from "./descriptions/answers.js";
import { routeConfig, type TrackingRoute, type TrackingScope } from "./route-config.js";

/** What every route can answer with. */
const COMMON_ERRORS = [
  ...["INVALID_PARAMETER_VALUE", "BAD_REQUEST", "UNAUTHENTICATED", "PERMISSION_DENIED"],
  ...["INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE"],
] as readonly MlflowErrorCode[];
const SCOPES: Record<TrackingScope, string> = { open: "Needs no token", token: "The token, if the server has one" };
const documentSchema = z.looseObject({ openapi: z.literal("3.1.0"), info: z.looseObject({}), paths: z.looseObject({}) });

/** What a route asks of a client, for people. */
export function describeTrackingScope(scope: string): string {
  return SCOPES[scope as TrackingScope];
}

/** GET /openapi.json, and /docs: the same for people. `version` is what the API says it has. */
export function addDocs(app: FastifyInstance, version: string): void {
  const described = new Set<TrackingRoute>();
  // a route that is there twice, also for MLflow's own page, is described once
  app.addHook("onRoute", ({ config }) => void (config?.description && described.add(config.description as TrackingRoute)));
  let document: object | undefined; // few ask for it
  const get = { methods: ["GET"], scope: "token", errors: [] } as const;
  const json = { ...get, path: "/openapi.json", summary: "This description as an OpenAPI document", answer: documentSchema } as const;
  app.get(json.path, { config: routeConfig(json) }, () => (document ??= describeRoutes([...described], version)));
  const html = { ...get, path: "/docs", summary: "This description for people", media: ["text/html"] } as const;
  app.get(html.path, { config: routeConfig(html) }, (request, reply) =>
    reply.type("text/html; charset=utf-8").send(renderDocs([...described], request.host)),
  );
}

function describeRoutes(routes: readonly TrackingRoute[], version: string): object {
  return openApiDocument<MlflowErrorCode>(routes, {
    title: "llmops mlflow server",
    version,
    description: "MLflow's tracking API. Everything under /api is also available under /ajax-api.",
    error: errorAnswer,
    commonErrors: COMMON_ERRORS,
    describeError: (code) => ({ status: new MlflowError(code, "").status, name: code }),
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer", description: "The token, if the server has one." },
      password: { type: "http", scheme: "basic", description: "The token as the password, under any name." },
    },
    describeScope: describeTrackingScope,
  });
}

function renderDocs(routes: readonly TrackingRoute[], host: string): string {
  const introduction = `<p>MLflow's tracking API: its clients work with <code>MLFLOW_TRACKING_URI=http://${escapeHtml(host)}</code>. What is below
<code>/api</code> is also below <code>/ajax-api</code>; the same as a document: <a href="/openapi.json">openapi.json</a>.</p>`;
  return renderDocsPage({ title: "llmops mlflow server", introduction, routes, describeScope: describeTrackingScope });
}
