import type { FastifyInstance } from "fastify";
import { describeScope, ENDPOINTS, fieldsOf, openApiDocument } from "./openapi.js";
import { API_VERSION } from "./monitoring.js";
import { describeDefaults, NO_DEFAULTS } from "./request-defaults.js";
import type { Service } from "./service.js";

/** GET /openapi.json, and /docs: the same for people. */
export function addDocs(app: FastifyInstance, service: Service, apiKeyHeader: string): void {
  const document = openApiDocument(API_VERSION, apiKeyHeader);
  app.get("/openapi.json", () => document);
  app.get("/docs", (request, reply) => reply.type("text/html; charset=utf-8").send(renderDocs(service, request.host)));
}

function renderDocs(service: Service, host: string): string {
  const { model, local } = service;
  // a system prompt is not for strangers, and this page is open
  const { all, models } = service.keys?.areNeeded === true ? NO_DEFAULTS : service.requestDefaults;
  const defaults = [
    ["Requests that do not say themselves get", describeDefaults(all)],
    ...Object.entries(models).map(([name, values]) => [`Those for ${name} get`, describeDefaults(values)]),
  ].flatMap(([who = "", what]) => (what === undefined ? [] : [`<p>${escape(who)}: <code>${escape(what)}</code></p>\n`]));
  const sections = ENDPOINTS.map(({ method, path, scope, summary, body }) => {
    const rows = fieldsOf(body).map(
      ({ name, type, description }) => `<tr><td><code>${escape(name)}</code><td class="type">${escape(type)}<td>${escape(description)}`,
    );
    const table = rows.length > 0 ? `<table>${rows.join("")}</table>` : "";
    return `<section><h2><span>${method.toUpperCase()}</span> ${escape(path)}</h2><p>${escape(summary)}. <small>${escape(describeScope(scope))}.</small></p>${table}</section>`;
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
