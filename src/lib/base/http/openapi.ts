import { z } from "zod";
import type { HttpMethod, RouteDescription } from "./route-description.js";

export interface OpenApiOptions<Code extends string> {
  title: string;
  version: string;
  description: string;
  /** What an error answers with, its type and its media type's schema. */
  error: z.ZodType;
  /** Codes every route may answer with. */
  commonErrors: readonly Code[];
  /** How an error is answered: its HTTP status, and the code as clients read it. */
  describeError: (code: Code) => { status: number; name: string };
  /** How clients show who they are, by name: OpenAPI's security schemes. */
  securitySchemes: Readonly<Record<string, object>>;
  /** What a scope asks for, for people. */
  describeScope: (scope: string) => string;
}

/** Routes under this scope need no credentials. */
export const OPEN_SCOPE = "open";

const ERROR_REF = { $ref: "#/components/schemas/Error" };

/** The OpenAPI 3.1 document of a server's routes. */
export function openApiDocument<Code extends string>(
  routes: readonly RouteDescription<unknown, Code>[],
  options: OpenApiOptions<Code>,
): object {
  const paths: Record<string, Record<string, object | string>> = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    const operation = operationOf(route, options);
    const own = (paths[path] ??= {});
    for (const method of route.methods) {
      own[method.toLowerCase()] = { operationId: operationId(method, path), ...operation, ...requestBody(route, method) };
    }
    for (const alias of route.aliases ?? []) paths[openApiPath(alias)] = { $ref: `#/paths/${path.replaceAll("/", "~1")}` };
  }
  const { title, version, description, securitySchemes } = options;
  const schemas = { Error: jsonSchemaOf(options.error, "output") };
  return { openapi: "3.1.0", info: { title, version, description }, paths, components: { schemas, securitySchemes } };
}

/** A path as OpenAPI has it: `/v1/models/{id}`. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}").replace(/\*$/, "{path}");
}

/** A JSON Schema (draft 2020-12) of what goes in, or of what comes out; what JSON Schema cannot say is left open. */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const written: Record<string, unknown> = { ...z.toJSONSchema(schema, { io, unrepresentable: "any" }) };
  delete written["$schema"];
  return written;
}

function operationId(method: HttpMethod, path: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? ["root"];
  return [method.toLowerCase(), ...words].join("_");
}

function operationOf<Code extends string>(route: RouteDescription<unknown, Code>, options: OpenApiOptions<Code>): object {
  const { securitySchemes, describeScope, commonErrors, describeError } = options;
  const { path, summary, scope, query, answer, media = [], event, statuses = [], errors, error } = route;
  const isOpen = scope === OPEN_SCOPE;
  const content = {
    ...(answer && { "application/json": { schema: jsonSchemaOf(answer, "output") } }),
    ...Object.fromEntries(media.map((type) => [type, { schema: { type: "string" } }])),
    ...(event && { "text/event-stream": { schema: eventSchema(event) } }),
  };
  const found = { description: "The answer", content };
  const errorContent = { "application/json": { schema: error ? jsonSchemaOf(error, "output") : ERROR_REF } };
  const parameters = [...pathParameters(path), ...(query ? queryParameters(query) : [])];
  return {
    summary,
    description: `${describeScope(scope)}.`,
    security: isOpen ? [] : Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    "x-llmops-scope": scope,
    ...(parameters.length > 0 && { parameters }),
    responses: {
      ...errorResponses([...errors, ...(isOpen ? [] : commonErrors)].map(describeError), errorContent),
      ...Object.fromEntries([200, ...statuses].map((status) => [status, found])),
      default: { description: "An error", content: errorContent },
    },
  };
}

function requestBody({ body, upload }: RouteDescription<unknown, string>, method: HttpMethod): object {
  if (upload) {
    const kinds = upload === true ? ["application/octet-stream"] : upload;
    const content = Object.fromEntries(kinds.map((kind) => [kind, { schema: { type: "string", format: "binary" } }]));
    return { requestBody: { required: true, content } };
  }
  if (!body || method === "GET") return {};
  return { requestBody: { required: true, content: { "application/json": { schema: jsonSchemaOf(body, "input") } } } };
}

/** A stream's `data:` lines: JSON of the schema each, and `[DONE]` at the end. */
function eventSchema(event: z.ZodType): object {
  return {
    type: "string",
    description: "Server-sent events: one JSON document per data line, then [DONE].",
    contentMediaType: "application/json",
    contentSchema: jsonSchemaOf(event, "output"),
  };
}

function pathParameters(path: string): object[] {
  const names = [...openApiPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
}

function queryParameters(query: z.ZodObject): object[] {
  const { properties = {}, required = [] } = jsonSchemaOf(query, "input") as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
}

function errorResponses(errors: readonly { status: number; name: string }[], content: object): object {
  const byStatus = new Map<number, Set<string>>();
  for (const { status, name } of errors) byStatus.set(status, (byStatus.get(status) ?? new Set()).add(name));
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [status, { description: `An error: ${[...names].sort().join(", ")}`, content }]),
  );
}
