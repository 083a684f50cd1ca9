import { z } from "zod";
import { chatBodySchema } from "../openai/wire-chat.js";
import { textBodySchema } from "../openai/wire-text.js";
import { embeddingsBodySchema } from "./embeddings.js";
import { inferBodySchema } from "./infer.js";
import { detokenizeBodySchema, tokenizeBodySchema } from "./tokens.js";

interface Endpoint {
  method: "get" | "post";
  path: string;
  summary: string;
  body?: z.ZodType;
  /** The answer may come as server-sent events. */
  streams?: boolean;
}

/** Every endpoint, in the order the documentation shows them. */
export const ENDPOINTS: readonly Endpoint[] = [
  { method: "post", path: "/v1/chat/completions", summary: "Answer a conversation", body: chatBodySchema, streams: true },
  { method: "post", path: "/v1/completions", summary: "Continue a text", body: textBodySchema, streams: true },
  { method: "post", path: "/v1/embeddings", summary: "Vectors of texts", body: embeddingsBodySchema },
  { method: "get", path: "/v1/models", summary: "The model served, in OpenAI's shape" },
  { method: "get", path: "/v1/models/{id}", summary: "One model" },
  { method: "post", path: "/infer", summary: "Answer one prompt, in a shape of two fields", body: inferBodySchema },
  { method: "get", path: "/models", summary: "The model served, with its versions" },
  { method: "post", path: "/tokenize", summary: "The tokens of a text or of a chat prompt", body: tokenizeBodySchema },
  { method: "post", path: "/detokenize", summary: "The text of tokens", body: detokenizeBodySchema },
  { method: "get", path: "/health", summary: "Whether the model can answer, and how busy it is" },
  { method: "get", path: "/openapi.json", summary: "This description as an OpenAPI document" },
];

/** The OpenAPI 3.1 document of the server; request bodies are described by the schemas that check them. */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: toOperation(endpoint) };
  return {
    openapi: "3.1.0",
    info: { title: "llmops serve", version, description: "A local model behind an OpenAI-compatible API." },
    paths,
    components: { schemas: { Error: ERROR_SCHEMA } },
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

function toOperation({ path, summary, body, streams }: Endpoint): object {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const json = { "application/json": { schema: { type: "object" } } };
  const events = streams ? { "text/event-stream": { schema: { type: "string" } } } : {};
  const error = { description: "error", content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } };
  return {
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: toJsonSchema(body) } } } } : {}),
    responses: { "200": { description: "answer", content: { ...json, ...events } }, default: error },
  };
}

function toJsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}
