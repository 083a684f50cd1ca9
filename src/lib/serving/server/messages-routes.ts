import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { anthropicErrorSchema, toAnthropicError } from "../dialects/anthropic/anthropic-error.js";
import { messageSchema } from "../dialects/anthropic/message.js";
import { messageEventSchema } from "../dialects/anthropic/message-stream.js";
import { countTokensBodySchema, messagesBodySchema } from "../dialects/anthropic/messages-body.js";
import { MESSAGES_NAMES, translateCountTokens, translateMessages } from "../dialects/anthropic/to-chat.js";
import { answerTranslated } from "./answer-translated.js";
import { countPrompt } from "./count-prompt.js";
import { CALL_ERRORS, type ErrorShape, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

const ANTHROPIC_ERRORS: ErrorShape = { schema: anthropicErrorSchema, write: toAnthropicError };

const countSchema = z.object({ input_tokens: z.number().int() });

/** POST /v1/messages and /v1/messages/count_tokens: Anthropic's Messages API. */
export function addMessages(routes: RouteTable, service: Service, limits: RequestLimits): void {
  const infer = { methods: ["POST"], scope: "infer" } as const;
  const messages = {
    path: "/v1/messages",
    summary: "Answer a conversation, in the shape of Anthropic's Messages API",
    errors: CALL_ERRORS,
  } as const;
  const shape = { body: messagesBodySchema, answer: messageSchema as z.ZodType<Record<string, unknown>>, event: messageEventSchema };
  routes.add(
    { ...infer, ...messages, ...shape },
    (request, reply) => {
      nameRequest(request, reply);
      return answerTranslated({ service, limits }, translateMessages(request.body), request, reply);
    },
    ANTHROPIC_ERRORS,
  );
  const count = { path: "/v1/messages/count_tokens", summary: "How many tokens the prompt of a conversation has" } as const;
  routes.add(
    { ...infer, ...count, body: countTokensBodySchema, answer: countSchema, errors: [...CALL_ERRORS, "ROUTE_NOT_FOUND"] },
    async (request, reply) => {
      nameRequest(request, reply);
      const body = translateCountTokens(request.body);
      return { input_tokens: await countPrompt({ service, limits }, { body, names: MESSAGES_NAMES }, reply) };
    },
    ANTHROPIC_ERRORS,
  );
}

/** Anthropic's clients read the request's id in a header of this name. */
function nameRequest({ id }: FastifyRequest, reply: FastifyReply): void {
  void reply.header("request-id", id);
}
