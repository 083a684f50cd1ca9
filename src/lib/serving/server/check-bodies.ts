import type { FastifyInstance } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { checkCountsBefore } from "./check-counts.js";
import { nameIgnoredFields } from "./ignored-fields.js";
import type { Service } from "./service.js";
import { refuseConflicts } from "./synonyms.js";

/** What is looked at of every body before its route reads it: how much it has, what it says twice, and what nothing knows of it. */
export function checkBodies(app: FastifyInstance, service: Service, { limits, strict }: { limits: RequestLimits; strict: boolean }): void {
  checkCountsBefore(app, limits, service.routes);
  refuseConflicts(app, service);
  nameIgnoredFields(app, service, { strict });
}
