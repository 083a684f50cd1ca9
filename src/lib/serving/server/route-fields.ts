import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { knownFields, type KnownFields } from "../../base/http/known-fields.js";
import type { Service } from "./service.js";

const kept = new WeakMap<object, KnownFields>();

/** The fields that the route of a request knows; undefined for a route without a body, and where only other servers see the body. */
export function routeFields({ routeOptions }: FastifyRequest, service: Service): KnownFields | undefined {
  const { description } = routeOptions.config;
  if (!description?.body || (description.passesBody && !service.hasOwnModels)) return undefined;
  const { body, bodyToo } = description;
  const fields = kept.get(description) ?? knownFields(bodyToo ? z.union([body, bodyToo]) : body);
  kept.set(description, fields);
  return fields;
}
