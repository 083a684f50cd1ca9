import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refuseUndescribed, type RouteDescription } from "../../base/http/route-description.js";
import type { z } from "zod";
import type { ErrorCode } from "../../base/errors/codes.js";
import type { LlmopsError } from "../../base/errors/llmops-error.js";
import { errorAnswerSchema } from "../../inference/openai/answer-schemas.js";
import type { Scope } from "../access/scopes.js";
import { toErrorBody } from "./error-body.js";

/** What a route asks of a key: a scope, any valid key, or nothing. */
export type RouteScope = Scope | "key" | "open";

/** How a route that speaks another API tells its errors. */
export interface ErrorShape {
  schema: z.ZodType;
  write(error: LlmopsError, requestId: string): object;
}

type ServerRoute<Path extends string, Answer> = RouteDescription<Answer> & { path: Path; scope: RouteScope };

type ParameterOf<Path extends string> = Path extends `${infer Before}/*`
  ? "*" | ParameterOf<Before>
  : Path extends `${string}:${infer Name}/${infer Rest}`
    ? Name | ParameterOf<`/${Rest}`>
    : Path extends `${string}:${infer Name}`
      ? Name
      : never;

type Handler<Path extends string, Answer> = (
  request: FastifyRequest<{ Params: Record<ParameterOf<Path>, string> }>,
  reply: FastifyReply,
) => Answer | FastifyReply | Promise<Answer | FastifyReply>;

const SCOPE_TEXTS: Record<RouteScope, string> = {
  open: "Needs no key",
  key: "Any key",
  infer: "Keys with the scope infer, which keys have unless they were made with others",
  read: "Keys with the scope read",
  admin: "Keys with the scope admin; without any keys on a server that only this machine reaches, requests with X-LLMOps-Local: 1",
};

/** What a route asks of a key, for people. */
export function describeScope(scope: string): string {
  return SCOPE_TEXTS[scope as RouteScope];
}

/** What calls to a model can end in. */
export const CALL_ERRORS = [
  ...["MODEL_NOT_FOUND", "MODEL_LOADING", "MODEL_LOAD_FAILED", "CONTEXT_LENGTH_EXCEEDED", "UNSUPPORTED_PARAMETER"],
  ...["REQUEST_TIMEOUT", "QUEUE_FULL", "RATE_LIMITED", "BUDGET_SPENT", "CACHE_MISS", "NOT_RECORDED"],
  ...["ENDPOINT_UNREACHABLE", "ENDPOINT_ERROR", "ENDPOINT_REFUSED", "CONTENT_FILTERED", "SHUTTING_DOWN", "ABORTED"],
] as readonly ErrorCode[];

/** What every route that is not open can answer with. */
export const COMMON_ERRORS = [
  ...["INVALID_ARGUMENT", "UNAUTHORIZED", "FORBIDDEN", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"],
  ...["INTERNAL", "SYSTEM_REFUSED", "OUT_OF_MEMORY"],
] as readonly ErrorCode[];

const OPENAI_ERRORS: ErrorShape = { schema: errorAnswerSchema, write: toErrorBody };

declare module "fastify" {
  interface FastifyContextConfig {
    /** Of a route that speaks another API than OpenAI's. */
    errorShape?: ErrorShape;
  }
}

/** The routes of a server: adding one to an app is describing it. */
export class RouteTable {
  /** In the order they were added. */
  readonly descriptions: RouteDescription[] = [];
  private readonly app: FastifyInstance;

  /** From now on the app throws when a route is added past this table: it could be open by oversight. */
  constructor(app: FastifyInstance) {
    this.app = app;
    refuseUndescribed(app);
  }

  /** Whether a path, as it is written in its description, has a route. */
  has(path: string): boolean {
    return this.descriptions.some((one) => one.path === path || one.aliases?.includes(path));
  }

  /** Adds a route. The type of the answer is what its handler has to return, unless it sends a reply itself. `errorShape`: OpenAI's when absent. */
  add<const Path extends string, Answer>(
    route: ServerRoute<Path, Answer>,
    handler: Handler<Path, NoInfer<Answer>>,
    errorShape?: ErrorShape,
  ): void {
    const { methods, path, aliases = [] } = route;
    const description = errorShape ? { ...route, error: errorShape.schema } : route;
    this.descriptions.push(description);
    const config = { description, errorAnswer: errorShape ?? OPENAI_ERRORS, ...(errorShape && { errorShape }) };
    for (const url of [path, ...aliases]) {
      this.app.route<{ Params: Record<ParameterOf<Path>, string> }>({ method: [...methods], url, handler, config });
    }
  }
}

/** What a request's route asks for. Where there is no such route, a key that is valid: strangers do not learn what there is. */
export function scopeOf({
  method,
  is404,
  routeOptions: { config },
}: Pick<FastifyRequest, "method" | "is404" | "routeOptions">): RouteScope {
  if (method === "OPTIONS") return "open"; // browsers ask without credentials whether they may ask
  return is404 ? "key" : ((config.description?.scope as RouteScope | undefined) ?? "admin");
}
