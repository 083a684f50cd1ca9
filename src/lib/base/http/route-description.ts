import type { z } from "zod";
import type { ErrorCode } from "../errors/codes.js";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a route answers with: JSON of a schema, other media types, or either, by what a client accepts. */
type Content<Answer> =
  { answer: z.ZodType<Answer>; media?: readonly string[] } | { answer?: undefined; media: readonly [string, ...string[]] };

/**
 * A route as clients see it. It stands where the route is declared; documentation, OpenAPI and access rules derive from it. Answers are
 * described, not checked at run time: handlers are held to them by their types, and by the tests.
 */
export type RouteDescription<Answer = unknown> = Content<Answer> & {
  methods: readonly [HttpMethod, ...HttpMethod[]];
  /** As Fastify has it, with parameters as `:name` and `*` for the rest. */
  path: string;
  /** What it asks of a client: the server's own word. */
  scope: string;
  /** One line, without a period. */
  summary: string;
  /** Fields of the query. */
  query?: z.ZodObject;
  /** The JSON it takes. */
  body?: z.ZodType;
  /** Of each server-sent event, where the answer can be a stream. */
  event?: z.ZodType;
  /** Statuses other than 200 that have the same answer. */
  statuses?: readonly number[];
  /** Codes of the errors it answers with, beside those every route has. */
  errors: readonly ErrorCode[];
};
