import type { FastifyRequest } from "fastify";
import type { Caller } from "../access/api-keys.js";

const callers = new WeakMap<FastifyRequest, Caller>();

/** Remembers whose key a request came with. */
export function noteCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sent a request: the owner of its key, or its address. */
export function callerOf(request: FastifyRequest): Caller {
  return callers.get(request) ?? { id: `ip:${request.ip}`, name: request.ip, limits: [], maxParallel: undefined };
}
