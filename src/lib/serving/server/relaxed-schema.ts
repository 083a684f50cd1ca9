import type { FastifyRequest } from "fastify";
import { listHeader } from "./list-header.js";
import type { Service } from "./service.js";

const MOST_TOLD = 1000;

/** What each server has told its log already. */
const TOLD = new WeakMap<Service, Set<string>>();

/** Tells the log, once for each schema, that answers are not held to all of it. */
export function noteRelaxed(service: Service, request: FastifyRequest, relaxed: readonly string[] | undefined): void {
  if (!relaxed) return;
  const told = TOLD.get(service) ?? new Set();
  TOLD.set(service, told);
  const key = listHeader(relaxed);
  if (told.has(key) || told.size >= MOST_TOLD) return;
  told.add(key);
  request.log.warn({ relaxed: key }, "answers are not held to all of a JSON schema");
}
