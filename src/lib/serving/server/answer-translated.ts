import type { FastifyReply, FastifyRequest } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import type { Translation } from "../dialects/translation.js";
import { answerCall } from "./answer.js";
import { checkCounts } from "./check-counts.js";
import type { Service } from "./service.js";
import { withFieldNames } from "./with-field-names.js";

/**
 * Answers a request of another API through the one way calls take: keys, limits, cache, tracking and metrics see the call in OpenAI's words.
 * Throws what that way throws, naming the fields as they were sent.
 */
export async function answerTranslated(
  { service, limits }: { service: Service; limits: RequestLimits },
  { path, body, names = [], toAnswer, stream }: Translation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<JsonObject | FastifyReply> {
  const answer = await withFieldNames(names, () => {
    checkCounts(body, limits);
    request.body = body;
    return answerCall(service, { path, stream }, request, reply);
  });
  return reply.sent ? reply : toAnswer(answer);
}
