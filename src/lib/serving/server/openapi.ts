import { z } from "zod";
import { chatBodySchema } from "../../inference/openai/wire-chat.js";
import { textBodySchema } from "../../inference/openai/wire-text.js";
import { embeddingsBodySchema } from "../../inference/openai/wire-embeddings.js";
import type { Scope } from "../access/scopes.js";
import { mlflowConfigSchema } from "./experiments.js";
import { inferBodySchema } from "./infer.js";
import { detokenizeBodySchema, tokenizeBodySchema } from "./tokens.js";

/** What a route asks of a key: a scope, any valid key, or nothing. */
export type RouteScope = Scope | "key" | "open";

interface Endpoint {
  method: "get" | "post" | "delete";
  path: string;
  scope: RouteScope;
  summary: string;
  body?: z.ZodType;
  /** The answer may come as server-sent events. */
  streams?: boolean;
}

/** Every endpoint, in the order the documentation shows them. */
export const ENDPOINTS: readonly Endpoint[] = [
  { method: "post", path: "/v1/chat/completions", scope: "infer", summary: "Answer a conversation", body: chatBodySchema, streams: true },
  { method: "post", path: "/v1/completions", scope: "infer", summary: "Continue a text", body: textBodySchema, streams: true },
  { method: "post", path: "/v1/embeddings", scope: "infer", summary: "Vectors of texts", body: embeddingsBodySchema },
  { method: "get", path: "/v1/models", scope: "key", summary: "The model served, in OpenAI's shape" },
  { method: "get", path: "/v1/models/{id}", scope: "key", summary: "One model" },
  { method: "post", path: "/infer", scope: "infer", summary: "Answer one prompt, in a shape of two fields", body: inferBodySchema },
  { method: "get", path: "/models", scope: "key", summary: "The model served, with its versions" },
  { method: "post", path: "/tokenize", scope: "infer", summary: "The tokens of a text or of a chat prompt", body: tokenizeBodySchema },
  { method: "post", path: "/detokenize", scope: "infer", summary: "The text of tokens", body: detokenizeBodySchema },
  { method: "get", path: "/health", scope: "open", summary: "Whether the model can answer, and how busy it is" },
  { method: "get", path: "/health/live", scope: "open", summary: "Whether the server runs at all" },
  {
    method: "get",
    path: "/health/ready",
    scope: "open",
    summary: "200 once requests can be answered, 503 while the model loads or the server drains",
  },
  { method: "get", path: "/status", scope: "read", summary: "The service and its models" },
  { method: "get", path: "/metrics", scope: "read", summary: "Counts and memory as JSON; Prometheus' text where Accept asks for it" },
  { method: "get", path: "/prometheus", scope: "read", summary: "Metrics in Prometheus' text format, or OpenMetrics" },
  { method: "get", path: "/cache/stats", scope: "read", summary: "The response cache: how full it is, hits, what it saved" },
  { method: "delete", path: "/cache", scope: "admin", summary: "Empty the response cache" },
  { method: "get", path: "/experiments", scope: "read", summary: "The experiments of the MLflow store" },
  { method: "get", path: "/experiments/{id}/runs", scope: "read", summary: "The runs of one experiment" },
  {
    method: "post",
    path: "/mlflow-config",
    scope: "admin",
    summary: "Record further requests in another store or experiment",
    body: mlflowConfigSchema,
  },
  { method: "get", path: "/openapi.json", scope: "open", summary: "This description as an OpenAPI document" },
];

const SCOPE_TEXTS: Record<RouteScope, string> = {
  open: "Needs no key",
  key: "Any key",
  infer: "Keys with the scope infer, which keys have unless they were made with others",
  read: "Keys with the scope read",
  admin: "Keys with the scope admin; without any keys on a server that only this machine reaches, requests with X-LLMOps-Local: 1",
};

/** What a route asks of a key, for people. */
export function describeScope(scope: RouteScope): string {
  return SCOPE_TEXTS[scope];
}

/** The OpenAPI 3.1 document of the server; request bodies are described by the schemas that check them. */
export function openApiDocument(version: string, apiKeyHeader: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: toOperation(endpoint) };
  return {
    openapi: "3.1.0",
    info: { title: "llmops serve", version, description: "A local model behind an OpenAI-compatible API." },
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API key, where the server has keys." },
        header: { type: "apiKey", in: "header", name: apiKeyHeader },
      },
    },
  };
}

const ERROR_SCHEMA = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: {
        message: { type: "string" },
        type: { type: "string" },
        param: { type: ["string", "null"] },
        code: { type: "string" },
      },
    },
    request_id: { type: "string" },
  },
};

function toOperation({ path, summary, scope, body, streams }: Endpoint): object {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const json = { "application/json": { schema: { type: "object" } } };
  const events = streams ? { "text/event-stream": { schema: { type: "string" } } } : {};
  const error = { description: "error", content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } };
  return {
    summary,
    description: `${describeScope(scope)}.`,
    ...(scope === "open" ? { security: [] } : { security: [{ bearer: [] }, { header: [] }], "x-llmops-scope": scope }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: toJsonSchema(body) } } } } : {}),
    responses: { "200": { description: "answer", content: { ...json, ...events } }, default: error },
  };
}

function toJsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}

interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  description?: string;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** The fields of a request body as people read them: name, type with its range, description. */
export function fieldsOf(body: z.ZodType | undefined): { name: string; type: string; description: string }[] {
  if (!body) return [];
  const { properties = {}, required = [] } = toJsonSchema(body) as JsonSchema;
  return Object.entries(properties).map(([name, field]) => {
    const type = typeOf(field) + (required.includes(name) ? ", required" : "");
    return { name, type, description: field.description ?? "" };
  });
}

function typeOf(schema: JsonSchema): string {
  const parts = (schema.anyOf ?? schema.oneOf)?.filter((part) => part.type !== "null");
  if (parts) return [...new Set(parts.map(typeOf))].join(" or ");
  if (schema.enum) return schema.enum.map(String).join(", ");
  const { minimum, exclusiveMinimum, maximum } = schema;
  const type = [schema.type ?? "any"]
    .flat()
    .filter((name) => name !== "null")
    .join(" or ");
  // zod bounds every integer by what a number can hold: that says nothing
  const bounds = [minimum ?? exclusiveMinimum, maximum].map((n) =>
    n === undefined || Math.abs(n) >= Number.MAX_SAFE_INTEGER ? "" : String(n),
  );
  if (bounds.every((bound) => bound === "")) return type;
  return `${type} ${exclusiveMinimum === undefined ? "" : ">"}${bounds.join("..")}`;
}
