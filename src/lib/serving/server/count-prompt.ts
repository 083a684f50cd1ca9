import type { FastifyReply } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import { parseChatRequest } from "../../inference/openai/wire-chat.js";
import type { FieldNames } from "../dialects/field-names.js";
import { askModel } from "./ask-model.js";
import { checkCounts } from "./check-counts.js";
import type { Service } from "./service.js";
import { withFieldNames } from "./with-field-names.js";

/**
 * The tokens of a chat's prompt; `names` is what its fields are called in the API that asks. Throws what a chat of this body would throw, and
 * ROUTE_NOT_FOUND where no model of this process answers.
 */
export async function countPrompt(
  { service, limits }: { service: Service; limits: RequestLimits },
  { body, names }: { body: JsonObject; names: FieldNames },
  reply: FastifyReply,
): Promise<number> {
  return withFieldNames(names, async () => {
    checkCounts(body, limits);
    const { completion } = parseChatRequest(body);
    const name = typeof body["model"] === "string" ? body["model"] : undefined;
    return askModel(service, name, reply, async (model) => (await model.tokenizeRequest(completion)).length);
  });
}
