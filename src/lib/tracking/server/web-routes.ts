import type { FastifyInstance } from "fastify";
import type { TrackingBackend } from "../tracking-backend.js";
import type { UserAccess } from "./access/user-access.js";
import { addRoutes } from "./api.js";
import { addApplication } from "./application.js";
import type { StoreEvidence } from "./evidence.js";
import { addEvidenceRoutes } from "./evidence-routes.js";
import { addEvents } from "./event-routes.js";
import { addMonitorRoutes } from "./monitor-routes.js";
import type { StoreMonitors } from "./monitors.js";
import { OVERVIEW_DESCRIPTIONS } from "./descriptions/overview.js";
import { overviewRoutes } from "./overview-routes.js";
import type { PlaygroundOptions } from "./playground.js";
import { addPlayground } from "./playground-routes.js";
import { addTables } from "./table-routes.js";

/** What a server has for people. */
export interface WebOptions {
  /** The folder of the web application as it was built; nothing is below /app/ without one. */
  application?: string | undefined;
  /** Says what measurements prove; the routes that ask for it are not there without one. */
  evidence?: StoreEvidence | undefined;
  /** Says what monitors recorded; the routes that ask for it are not there without one. */
  monitors?: StoreMonitors | undefined;
  /** Endpoints that the playground may ask; its routes are not there without it. */
  playground?: PlaygroundOptions | undefined;
  /** Whose events are told to whom, where the server has users. */
  access?: UserAccess | undefined;
}

/** Adds what people look at, in a browser: the web application and what it asks, and the events that keep it up to date. */
export function addWebRoutes(
  app: FastifyInstance,
  backend: TrackingBackend,
  { application, evidence, monitors, playground, access }: WebOptions,
): void {
  addEvents(app, backend, access);
  addTables(app, backend);
  addRoutes(app, overviewRoutes(backend, monitors), OVERVIEW_DESCRIPTIONS);
  addMonitorRoutes(app, backend, monitors);
  if (playground) addPlayground(app, playground);
  if (application !== undefined) addApplication(app, application);
  if (evidence) addEvidenceRoutes(app, evidence);
}
