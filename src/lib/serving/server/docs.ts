import { z } from "zod";
import { openApiDocument, openApiPath } from "../../base/http/openapi.js";
import type { RouteDescription } from "../../base/http/route-description.js";
import { fieldsOf } from "../../base/http/schema-fields.js";
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
  ].flatMap(([who = "", what]) => (what === undefined ? [] : [`<p>${escape(who)}: <code>${escape(what)}</code></p>\n`]));
  const sections = routes.map(({ methods, path, scope, summary, body }) => {
    const rows = fieldsOf(body).map(
      ({ name, type, description }) => `<tr><td><code>${escape(name)}</code><td class="type">${escape(type)}<td>${escape(description)}`,
    );
    const table = rows.length > 0 ? `<table>${rows.join("")}</table>` : "";
    return `<section><h2><span>${methods.join(", ")}</span> ${escape(openApiPath(path))}</h2><p>${escape(summary)}. <small>${escape(describeScope(scope))}.</small></p>${table}</section>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>llmops serve</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { font: 600 1rem ui-monospace, monospace; border-top: 1px solid #8884; padding-top: 1rem; }
  h2 span { color: #07c; } .type { color: #888; min-width: 9rem; } td { padding: 0 1rem 0 0; vertical-align: top; } pre { overflow-x: auto; background: #8882; padding: 1rem; }
</style>
<h1>llmops serve</h1>
<p>Serves <code>${escape(model)}</code>${local ? ` with ${local.contextSize} tokens of context` : ""}. The OpenAI clients work with this server's
address and <code>/v1</code>; the same as a document: <a href="/openapi.json">openapi.json</a>.</p>
${defaults.join("")}<pre>curl -s ${escape(host)}/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"messages": [{"role": "user", "content": "What is the capital of France?"}]}'</pre>
${sections.join("\n")}
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
