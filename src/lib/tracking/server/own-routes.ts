import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { TrackingBackend } from "../tracking-backend.js";
import { routeConfig } from "./route-config.js";

const NO_SPANS = "REST OTLP span logging is not supported by llmops";

/** Which store a server has: read without the token, so that nobody has to show it to a server they do not know yet. */
export const STORE_PATHS = ["/api/llmops/1/store", "/ajax-api/llmops/1/store"] as const;

/** Adds what clients ask of the server itself. `apiVersion` is the MLflow version it says it has. */
export async function addOwnRoutes(app: FastifyInstance, backend: TrackingBackend, apiVersion: string): Promise<void> {
  const open = { methods: ["GET"], scope: "open", media: ["text/html"], errors: [] } as const;
  const health = routeConfig({ ...open, path: "/health", summary: "Whether the server answers: OK" });
  app.get("/health", { config: health }, async (_request, reply) => reply.type("text/html").send("OK"));
  const version = routeConfig({ ...open, path: "/version", summary: "The MLflow version of the API" });
  app.get("/version", { config: version }, async (_request, reply) => reply.type("text/html").send(apiVersion));
  const store = routeConfig({
    ...{ methods: ["GET"], path: STORE_PATHS[0], scope: "open", errors: [] },
    summary: "Which store this is: two servers of one machine that answer the same have the same database",
    answer: z.object({ store: z.string().nullable().describe("A digest; null where the database was moved away.") }),
  });
  for (const path of STORE_PATHS) app.get(path, { config: store }, () => ({ store: backend.identity() ?? null }));
  const spans = routeConfig({
    ...{ methods: ["POST"], path: "/v1/traces", scope: "token", summary: "Refused with 501: spans are kept as artifacts", upload: true },
    ...{ answer: z.object({ detail: z.string() }), statuses: [501], errors: [] },
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.post("/v1/traces", { config: spans }, async (_request, reply) => reply.status(501).send({ detail: NO_SPANS }));
  });
}
