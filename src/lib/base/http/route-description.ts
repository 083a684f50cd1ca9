import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { ErrorCode } from "../errors/codes.js";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a route answers with: JSON of a schema, other media types, or either, by what a client accepts. */
type Content<Answer> =
  { answer: z.ZodType<Answer>; media?: readonly string[] } | { answer?: undefined; media: readonly [string, ...string[]] };

/**
 * A route as clients see it. It stands where the route is declared; documentation, OpenAPI and access rules derive from it. Answers are
 * described, not checked at run time: handlers are held to them by their types, and by the tests. `Code` is what the server's errors are
 * called.
 */
export type RouteDescription<Answer = unknown, Code extends string = ErrorCode> = Content<Answer> & {
  methods: readonly [HttpMethod, ...HttpMethod[]];
  /** As Fastify has it, with parameters as `:name` and `*` for the rest. */
  path: string;
  /** Further paths that are the same route. */
  aliases?: readonly string[];
  /** What it asks of a client: the server's own word. */
  scope: string;
  /** One line, without a period. */
  summary: string;
  /** Fields of the query. */
  query?: z.ZodObject;
  /** The JSON it takes. */
  body?: z.ZodType;
  /** Fields it takes beside, which another route describes. */
  bodyToo?: z.ZodType;
  /** Another server that answers gets the whole body, with what this one does not know. */
  passesBody?: boolean;
  /** It takes a file in place of JSON: bytes of any kind, or of these media types. */
  upload?: true | readonly string[];
  /** Its bodies may be compressed. */
  readsCompressed?: boolean;
  /** Of each server-sent event, where the answer can be a stream. */
  event?: z.ZodType;
  /** Statuses other than 200 that have the same answer. */
  statuses?: readonly number[];
  /** Codes of the errors it answers with, beside those every route has. */
  errors: readonly Code[];
  /** The shape of its errors, where it is not the server's own. */
  error?: z.ZodType;
};

/** What a server's errors are: JSON of a schema, and other media types where something before the route refuses. */
export interface ErrorAnswer {
  schema: z.ZodType;
  media?: readonly string[];
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route is to clients. */
    description?: RouteDescription<unknown, string>;
    errorAnswer?: ErrorAnswer;
  }
}

/** From now on the app throws when a route is added that is not described: it could be open, or unknown, by oversight. */
export function refuseUndescribed(app: FastifyInstance): void {
  app.addHook("onRoute", ({ method, url, config }) => {
    if (method !== "OPTIONS" && !config?.description) throw new TypeError(`the route ${String(method)} ${url} is not described`);
  });
}
