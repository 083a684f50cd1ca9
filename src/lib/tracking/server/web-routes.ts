import type { FastifyInstance } from "fastify";
import type { TrackingBackend } from "../tracking-backend.js";
import { addApplication } from "./application.js";
import { addEvents } from "./event-routes.js";
import { addPages, type StorePages } from "./pages.js";

/** What a server has for people. */
export interface WebOptions {
  /** Pages for people; only the API without them. */
  pages?: StorePages | undefined;
  /** The folder of the web application as it was built; nothing is below /app/ without one. */
  application?: string | undefined;
}

/** Adds what people look at, in a browser: pages, the web application, and the events that keep it up to date. */
export function addWebRoutes(app: FastifyInstance, backend: TrackingBackend, { pages, application }: WebOptions): void {
  addEvents(app, backend);
  if (application !== undefined) addApplication(app, application);
  if (pages) addPages(app, pages, { forwards: application !== undefined });
}
