import { subscribe } from "node:diagnostics_channel";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { jsonSchemaOf } from "../../src/lib/base/http/openapi.js";
import type { ErrorAnswer, RouteDescription } from "../../src/lib/base/http/route-description.js";

const ajv = new Ajv2020({ strict: false, allErrors: true });
const validators = new WeakMap<object, ValidateFunction>();

/** What is wrong with a value, by the JSON Schema that is published for it; undefined where it is as described. */
export function faultOf(schema: Parameters<typeof jsonSchemaOf>[0], value: unknown): string | undefined {
  const validate = validators.get(schema) ?? ajv.compile(jsonSchemaOf(schema, "output"));
  validators.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: "", separator: "; " }) + unknownNames(validate);
}

function unknownNames({ errors }: ValidateFunction): string {
  const names = (errors ?? []).flatMap(({ params }) => (params as { additionalProperty?: string }).additionalProperty ?? []);
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

let isWatching = false;

/** Calls `report` for every answer of an app in this process that is not what its route's description says. Further calls change nothing. */
export function watchAnswers(report: (fault: string) => void): void {
  if (isWatching) return;
  isWatching = true;
  subscribe("fastify.initialization", (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook(
      "onSend",
      (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void) => {
        const fault = faultOfAnswer(request, reply, payload);
        if (fault !== undefined)
          report(`${request.method} ${request.routeOptions.url ?? request.url} answered ${reply.statusCode}: ${fault}`);
        done(null, payload);
      },
    );
  });
}

function faultOfAnswer({ routeOptions, method }: FastifyRequest, reply: FastifyReply, payload: unknown): string | undefined {
  const { description, errorAnswer } = routeOptions.config;
  if (!description || method === "HEAD" || method === "OPTIONS") return undefined;
  const { statusCode } = reply;
  const type = String(reply.getHeader("content-type") ?? "");
  const isFound = statusCode < 300 || (description.statuses ?? []).includes(statusCode);
  if (isFound && !type.includes("application/json")) return isDescribed(type, description) ? undefined : `the media type ${type}`;
  if (typeof payload !== "string") return undefined;
  if (isFound) return description.answer ? faultOf(description.answer, JSON.parse(payload)) : "JSON, and none is described";
  return faultOfError(errorAnswer, type, payload);
}

function faultOfError(errorAnswer: ErrorAnswer | undefined, type: string, payload: string): string | undefined {
  if (!errorAnswer) return "an error, and none is described";
  if (type.includes("application/json")) return faultOf(errorAnswer.schema, JSON.parse(payload));
  return errorAnswer.media?.some((one) => type.startsWith(one)) ? undefined : `an error of the media type ${type}`;
}

function isDescribed(type: string, { media = [], event }: RouteDescription<unknown, string>): boolean {
  return media.some((one) => one === "*/*" || type.startsWith(one)) || (event !== undefined && type.startsWith("text/event-stream"));
}
