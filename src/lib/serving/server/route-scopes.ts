import type { FastifyInstance, FastifyRequest } from "fastify";
import { ENDPOINTS, type RouteScope } from "./openapi.js";

export interface FurtherRoutes {
  /** Routes of an upstream that are passed on. */
  passed: readonly string[];
  /** Where Prometheus reads, beside /prometheus. */
  metricsPath: string | undefined;
}

/** What every route asks of a key, by its method and path: the endpoints of the documentation, their other names, and what settings add. */
export class RouteScopes {
  private readonly scopes: ReadonlyMap<string, RouteScope>;

  constructor({ passed, metricsPath }: FurtherRoutes) {
    const documented = ENDPOINTS.map(({ method, path, scope }) => {
      return [`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`, scope] as const;
    });
    this.scopes = new Map<string, RouteScope>([
      ...passed.flatMap((path) => [`GET ${path}`, `POST ${path}`].map((route) => [route, "infer"] as const)),
      ...(metricsPath === undefined ? [] : [[`GET ${metricsPath}`, "read"] as const]),
      ["GET /docs", "open"],
      ["POST /v1/tokenize", "infer"],
      ["POST /v1/detokenize", "infer"],
      ...documented,
    ]);
  }

  /** What a route asks for; undefined where nobody said. */
  of(method: string, path: string): RouteScope | undefined {
    if (method === "OPTIONS") return "open"; // browsers ask without credentials whether they may ask
    return this.scopes.get(`${method === "HEAD" ? "GET" : method} ${path}`);
  }

  /** What a request asks for. Where there is no such route, a key that is valid: strangers do not learn what there is. */
  ofRequest({ method, is404, routeOptions: { url = "" } }: Pick<FastifyRequest, "method" | "is404" | "routeOptions">): RouteScope {
    return is404 ? "key" : (this.of(method, url) ?? "admin");
  }

  /** From now on the app throws when a route is added that has no scope here: it could be open by oversight. */
  demandFor(app: FastifyInstance): void {
    app.addHook("onRoute", ({ method, url }) => {
      for (const one of [method].flat()) {
        if (this.of(one, url) === undefined) throw new TypeError(`the route ${one} ${url} has no scope: say it in ENDPOINTS`);
      }
    });
  }
}
