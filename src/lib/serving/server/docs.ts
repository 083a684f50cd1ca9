import { z } from "zod";
import { ERROR_CODES } from "../../base/errors/codes.js";
import { escapeHtml, renderDocsPage } from "../../base/http/docs-page.js";
import { openApiDocument } from "../../base/http/openapi.js";
import type { RouteDescription } from "../../base/http/route-description.js";
import { errorAnswerSchema } from "../../inference/openai/answer-schemas.js";
import { API_VERSION } from "./monitoring.js";
import { describeDefaults, NO_DEFAULTS } from "./request-defaults.js";
import { COMMON_ERRORS, describeScope, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

const documentSchema: z.ZodType<object> = z.looseObject({ openapi: z.literal("3.1.0"), info: z.looseObject({}), paths: z.looseObject({}) });

/** GET /openapi.json, and /docs: the same for people. */
export function addDocs(routes: RouteTable, service: Service, apiKeyHeader: string): void {
  const open = { methods: ["GET"], scope: "open", errors: [] } as const;
  let document: object | undefined; // few ask for it
  routes.add({ ...open, path: "/openapi.json", summary: "This description as an OpenAPI document", answer: documentSchema }, () => {
    return (document ??= describeRoutes(routes.descriptions, apiKeyHeader));
  });
  routes.add({ ...open, path: "/docs", summary: "This description for people", media: ["text/html"] }, (request, reply) => {
    return reply.type("text/html; charset=utf-8").send(renderDocs(service, routes.descriptions, request.host));
  });
}

function describeRoutes(routes: readonly RouteDescription[], apiKeyHeader: string): object {
  return openApiDocument(routes, {
    title: "llmops serve",
    version: API_VERSION,
    description: "A local model behind an OpenAI-compatible API.",
    error: errorAnswerSchema,
    commonErrors: COMMON_ERRORS,
    describeError: (code) => ({ status: ERROR_CODES[code].http, name: code.toLowerCase() }),
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer", description: "An API key, where the server has keys." },
      header: { type: "apiKey", in: "header", name: apiKeyHeader },
    },
    describeScope,
  });
}

function renderDocs(service: Service, routes: readonly RouteDescription[], host: string): string {
  const { model, local } = service;
  // a system prompt is not for strangers, and this page is open
  const { all, models } = service.keys?.areNeeded === true ? NO_DEFAULTS : service.requestDefaults;
  const defaults = [
    ["Requests that do not say themselves get", describeDefaults(all)],
    ...Object.entries(models).map(([name, values]) => [`Those for ${name} get`, describeDefaults(values)]),
  ].flatMap(([who = "", what]) => (what === undefined ? [] : [`<p>${escapeHtml(who)}: <code>${escapeHtml(what)}</code></p>\n`]));
  const introduction = `<p>Serves <code>${escapeHtml(model)}</code>${local ? ` with ${local.contextSize} tokens of context` : ""}. The OpenAI clients work with this server's
address and <code>/v1</code>; the same as a document: <a href="/openapi.json">openapi.json</a>.</p>
${defaults.join("")}<pre>curl -s ${escapeHtml(host)}/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"messages": [{"role": "user", "content": "What is the capital of France?"}]}'</pre>`;
  return renderDocsPage({ title: "llmops serve", introduction, routes, describeScope });
}
