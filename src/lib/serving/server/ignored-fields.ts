import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { didYouMean } from "../../base/errors/nearest.js";
import { unknownFields, type KnownFields } from "../../base/http/known-fields.js";
import { BoundedLabel } from "../../base/metrics/bounded-label.js";
import type { Origin } from "../../inference/gateway/call.js";
import { listHeader } from "./list-header.js";
import { routeFields } from "./route-fields.js";
import type { Service } from "./service.js";

/** The names of a request's fields that nothing knew, and that therefore changed nothing. */
export const IGNORED_HEADER = "x-llmops-ignored-fields";
/** With "1", a client has what nothing knows refused, whatever the server does otherwise. */
const STRICT_HEADER = "x-llmops-strict-fields";
const MOST_TOLD = 1000;
const MOST_COUNTED = 200;
const LONGEST_NAME = 80;

export interface IgnoredFieldsOptions {
  /** Refuse fields that nothing knows. */
  strict: boolean;
}

/**
 * Names what a route ignores of a body: in a header of the answer, in the log the first time, and in a counter; or, where `strict`, refuses
 * it with INVALID_ARGUMENT. What a route knows is what the schema of its body says. A body that only other servers see is theirs to judge.
 */
export function nameIgnoredFields(app: FastifyInstance, service: Service, { strict }: IgnoredFieldsOptions): void {
  const ignored = new WeakMap<FastifyRequest, readonly string[]>();
  app.addHook("preValidation", (request, reply, done) => {
    const fields = routeFields(request, service);
    if (fields) {
      const names = unknownFields(fields, request.body);
      const [first] = names;
      if (first !== undefined && (strict || request.headers[STRICT_HEADER] === "1"))
        throw refusal(first, request.routeOptions.config.description?.path ?? "the route", fields);
      if (first !== undefined) {
        ignored.set(request, names);
        void reply.header(IGNORED_HEADER, listHeader(names));
      }
    }
    done();
  });
  const count = countIgnored(service);
  app.addHook("onResponse", (request, reply, done) => {
    // whoever passed the body on took the header away
    const names = reply.getHeader(IGNORED_HEADER) === undefined ? undefined : ignored.get(request);
    for (const name of names ?? []) count(request, name);
    done();
  });
}

/** Takes the names away where the whole body went to somebody else, who may know the fields. */
export function unlessPassedOn(reply: FastifyReply, { own }: Origin): void {
  if (own !== true && reply.request.routeOptions.config.description?.passesBody === true) void reply.removeHeader(IGNORED_HEADER);
}

function countIgnored({ metrics }: Service): (request: FastifyRequest, name: string) => void {
  const told = new Set<string>();
  const labels = new BoundedLabel(MOST_COUNTED);
  return ({ log, routeOptions }, name) => {
    const endpoint = routeOptions.url ?? "unknown";
    metrics.add("llmops_ignored_fields_total", { endpoint, field: labels.of(name) });
    if (told.has(name) || told.size >= MOST_TOLD) return;
    told.add(name);
    log.warn({ field: name.slice(0, LONGEST_NAME), path: endpoint }, "a field of requests that nothing knows is ignored");
  };
}

function refusal(name: string, path: string, { members }: KnownFields): LlmopsError {
  const short = name.slice(0, LONGEST_NAME);
  return new LlmopsError("INVALID_ARGUMENT", `${short}: ${path} has no such field.`, {
    hint: `${didYouMean(short, [...(members?.keys() ?? [])])}Without --strict-fields (server.strict_fields), or X-LLMOps-Strict-Fields, it is ignored, and named.`,
    param: short,
  });
}
