import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { TrackingBackend } from "../tracking-backend.js";
import { routeConfig } from "./route-config.js";

/** Which store a server has: read without the token, so that nobody has to show it to a server they do not know yet. */
export const STORE_PATHS = ["/api/llmops/1/store", "/ajax-api/llmops/1/store"] as const;

/** Adds what clients ask of the server itself. `apiVersion` is the MLflow version it says it has. */
export function addOwnRoutes(app: FastifyInstance, backend: TrackingBackend, apiVersion: string): void {
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
}
