import type { FastifyReply, FastifyRequest } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { completionAnswerSchema, completionEventSchema, translateCompletion } from "../dialects/llama-server/completion-answer.js";
import {
  completionBodySchema,
  infillBodySchema,
  parseCompletion,
  parseInfill,
  type NativeRequest,
} from "../dialects/llama-server/completion-body.js";
import { answerTranslated } from "./answer-translated.js";
import { toErrorBody } from "./error-body.js";
import { withDefaults } from "./request-defaults.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** Of requests that do not say themselves, where this server has no defaults of its own: as many tokens as fit. */
const DEFAULTS = { max_tokens: -1 };

/** llama-server's own POST /completion and /infill. */
export function addLlamaServer(routes: RouteTable, service: Service, limits: RequestLimits): void {
  const shared = { methods: ["POST"], scope: "infer", answer: completionAnswerSchema, event: completionEventSchema } as const;
  const answer = (parsed: NativeRequest, request: FastifyRequest, reply: FastifyReply) => {
    const body = withDefaults(parsed.body, { ...DEFAULTS, ...service.defaultsOf(parsed.body) });
    return answerTranslated({ service, limits }, translateCompletion({ ...parsed, body }, toErrorBody), request, reply);
  };
  const completion = { path: "/completion", summary: "Continue a text, in llama-server's shape", body: completionBodySchema } as const;
  routes.add({ ...shared, ...completion, errors: CALL_ERRORS }, (request, reply) => answer(parseCompletion(request.body), request, reply));
  const infill = { path: "/infill", summary: "Fill a gap in a text, in llama-server's shape", body: infillBodySchema } as const;
  routes.add({ ...shared, ...infill, errors: CALL_ERRORS }, (request, reply) => answer(parseInfill(request.body), request, reply));
}
