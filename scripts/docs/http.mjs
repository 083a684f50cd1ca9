import { code, codes, page, prose, table } from "./markdown.mjs";

/** The routes of serve and of the MLflow server, as `routesOf` found them. */
export function httpPages({ serve, tracking, fieldsOf, describeScope, describeTrackingScope }) {
  return new Map([
    ["http-api.md", servePage(serve, fieldsOf, describeScope)],
    ["mlflow-api.md", trackingPage(tracking, fieldsOf, describeTrackingScope)],
  ]);
}

function servePage(routes, fieldsOf, describeScope) {
  const parts = routes.map((route) => routePart(route, fieldsOf, describeScope));
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

function trackingPage(routes, fieldsOf, describeScope) {
  // what is below /ajax-api is described as below /api
  const descriptions = [...new Set(routes.map(({ description }) => description))];
  const once = descriptions.map((description) => ({ ...description, path: description.path.replace(/:(\w+)/g, "{$1}"), description }));
  return page(
    "HTTP API of mlflow server",
    "The routes of `llmops mlflow server`: MLflow's REST API, files, and pages. What is below `/api` is also available below `/ajax-api`. A running " +
      "server has the same at `/docs`, and as OpenAPI 3.1 at `/openapi.json`. Field names may also be camelCase, and numbers written as " +
      "text. Errors are `{error_code, message}`. What is not supported is listed in " +
      "[runs, artifacts, and the registry](../guides/mlflow.md#the-server).",
    ...once.map((route) => routePart(route, fieldsOf, describeScope)),
  );
}

function routePart({ methods, path, description }, fieldsOf, describeScope) {
  const { aliases = [], scope, summary, query, body, upload, answer, media = [], event, errors = [] } = description;
  const kinds = [...(answer ? ["application/json"] : []), ...media, ...(event ? ["text/event-stream"] : [])];
  return [
    `## ${code(`${methods.join(", ")} ${path}`)}`,
    `${prose(summary)}. ${prose(describeScope(scope))}.${upload ? " Takes bytes." : ""}${aliases.length > 0 ? ` Also ${codes(aliases)}.` : ""} Answers with ${codes(kinds)}.`,
    ...fields("query", fieldsOf(query)),
    ...fields("field", fieldsOf(body)),
    ...fields("field of the answer", fieldsOf(answer)),
    ...(errors.length === 0 ? [] : [`Errors: ${codes(errors)}.`]),
  ].join("\n\n");
}
