import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { parseChatRequest } from "../../inference/openai/wire-chat.js";
import { anthropicErrorSchema, toAnthropicError } from "../dialects/anthropic/anthropic-error.js";
import { messageSchema } from "../dialects/anthropic/message.js";
import { messageEventSchema } from "../dialects/anthropic/message-stream.js";
import { countTokensBodySchema, messagesBodySchema } from "../dialects/anthropic/messages-body.js";
import { translateCountTokens, translateMessages } from "../dialects/anthropic/to-chat.js";
import { abortOnDisconnect } from "./answer.js";
import { answerTranslated } from "./answer-translated.js";
import { checkCounts } from "./check-counts.js";
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
      checkCounts(body, limits);
      return { input_tokens: await countTokens(service, body, reply) };
    },
    ANTHROPIC_ERRORS,
  );
}

/** Anthropic's clients read the request's id in a header of this name. */
function nameRequest({ id }: FastifyRequest, reply: FastifyReply): void {
  void reply.header("request-id", id);
}

async function countTokens(service: Service, body: Record<string, unknown>, reply: FastifyReply): Promise<number> {
  const { completion } = parseChatRequest(body);
  const { model, release } = await service.borrow(String(body["model"]), abortOnDisconnect(reply));
  try {
    return (await model.tokenizeRequest(completion)).length;
  } finally {
    release();
  }
}
