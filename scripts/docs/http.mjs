import { code, codes, page, prose, table } from "./markdown.mjs";

/** The routes of serve and of the MLflow server, as `routesOf` found them. */
export function httpPages({ serve, tracking, fieldsOf, describeScope }) {
  return new Map([
    ["http-api.md", servePage(serve, fieldsOf, describeScope)],
    ["mlflow-api.md", trackingPage(tracking)],
  ]);
}

function servePage(routes, fieldsOf, describeScope) {
  const parts = routes.map(({ methods, path, description }) => {
    const { scope, summary, query, body, answer, media = [], event, errors = [] } = description;
    const kinds = [...(answer ? ["application/json"] : []), ...media, ...(event ? ["text/event-stream"] : [])];
    return [
      `## ${code(`${methods.join(", ")} ${path}`)}`,
      `${prose(summary)}. ${prose(describeScope(scope))}. Answers with ${codes(kinds)}.`,
      ...fields("query", fieldsOf(query)),
      ...fields("field", fieldsOf(body)),
      ...fields("field of the answer", fieldsOf(answer)),
      ...(errors.length === 0 ? [] : [`Errors: ${codes(errors)}.`]),
    ].join("\n\n");
  });
  return page(
    "HTTP API of serve",
    "The routes of `llmops serve`. A running server has the same at `/docs`, and as OpenAPI 3.1 at `/openapi.json`. Errors have OpenAI's " +
      "shape; [errors](errors.md) lists their codes. See [keys and scopes](../guides/access.md#keys).",
    ...parts,
  );
}

function fields(head, rows) {
  return rows.length === 0
    ? []
    : [
        table(
          [head, "type", "meaning"],
          rows.map(({ name, type, description }) => [code(name), prose(type), prose(description)]),
        ),
      ];
}

function trackingPage(routes) {
  const api = routes.filter(({ path }) => path.startsWith("/api/")).sort((a, b) => (a.path < b.path ? -1 : 1));
  const rows = api.map(({ methods, path, description }) => [methods.join(", "), code(path), prose(description?.summary ?? "")]);
  return page(
    "HTTP API of mlflow server",
    "The routes of `llmops mlflow server`: MLflow's REST API. Each is also available below `/ajax-api`. What is not supported is listed in " +
      "[runs, artifacts, and the registry](../guides/mlflow.md#the-server).",
    table(["method", "path", "purpose"], rows),
  );
}
