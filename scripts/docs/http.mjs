import { code, page, prose, table } from "./markdown.mjs";

/** The routes of serve, with the fields of their bodies, and those of the MLflow server. */
export function httpPages({ endpoints, fieldsOf, describeScope, trackingRoutes }) {
  return new Map([
    ["http-api.md", servePage(endpoints, fieldsOf, describeScope)],
    ["mlflow-api.md", trackingPage(trackingRoutes)],
  ]);
}

function servePage(endpoints, fieldsOf, describeScope) {
  const parts = endpoints.map(({ method, path, scope, summary, body, streams }) => {
    const rows = fieldsOf(body).map(({ name, type, description }) => [code(name), prose(type), prose(description)]);
    return [
      `## ${code(`${method.toUpperCase()} ${path}`)}`,
      `${prose(summary)}. ${prose(describeScope(scope))}.${streams ? " With `stream`, the answer comes as server-sent events." : ""}`,
      ...(rows.length === 0 ? [] : [table(["field", "type", "meaning"], rows)]),
    ].join("\n\n");
  });
  return page(
    "HTTP API of serve",
    "The routes of `llmops serve`. A running server has the same at `/docs`, and as OpenAPI 3.1 at `/openapi.json`. Errors have OpenAI's " +
      "shape; their codes are in [errors](errors.md). See [keys and scopes](../guides/access.md#keys).",
    ...parts,
  );
}

function trackingPage(routes) {
  const rows = routes.map((route) => {
    const [methods = "", path = ""] = route.split(" ");
    return [methods.replaceAll("|", ", "), code(path)];
  });
  return page(
    "HTTP API of mlflow server",
    "The routes of `llmops mlflow server`: MLflow's REST API. Each is also available below `/ajax-api`. What is not supported is listed in " +
      "[runs, artifacts, and the registry](../guides/mlflow.md#the-server).",
    table(["method", "path"], rows),
  );
}
