import type { FastifyRequest } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import { inputTokensSchema, responseEventSchema, responseSchema } from "../dialects/responses/answer-schemas.js";
import { KeptResponses } from "../dialects/responses/kept-responses.js";
import { responsesBodySchema } from "../dialects/responses/request-schema.js";
import { RESPONSES_NAMES } from "../dialects/responses/to-chat.js";
import { promptBodyOf, translateResponses, type ResponseMemory } from "../dialects/responses/translate.js";
import { answerTranslated } from "./answer-translated.js";
import { callerOf } from "./caller.js";
import { countPrompt } from "./count-prompt.js";
import { addKeptResponses } from "./kept-responses-routes.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** OpenAI's Responses API: POST /v1/responses and what is kept of its answers, also without /v1. */
export function addResponses(routes: RouteTable, service: Service, limits: RequestLimits): void {
  const responses = new KeptResponses();
  addCreate(routes, { service, limits, responses });
  addKeptResponses(routes, responses);
}

function addCreate(
  routes: RouteTable,
  { service, limits, responses }: { service: Service; limits: RequestLimits; responses: KeptResponses },
): void {
  const infer = { methods: ["POST"], scope: "infer" } as const;
  const errors = [...CALL_ERRORS, "PREVIOUS_RESPONSE_NOT_FOUND"] as const;
  const at = (path: string) => ({ path: `/v1${path}`, aliases: [path] });
  const create = {
    ...at("/responses"),
    summary: "Answer a conversation, in the shape of OpenAI's Responses API",
    body: responsesBodySchema,
  };
  routes.add({ ...infer, ...create, answer: responseSchema, event: responseEventSchema, errors }, (request, reply) => {
    const translation = translateResponses(bodyOf(request), memoryOf(responses, request));
    return answerTranslated({ service, limits }, translation, request, reply);
  });
  const count = { ...at("/responses/input_tokens"), summary: "The tokens of a response's prompt", body: responsesBodySchema };
  routes.add({ ...infer, ...count, answer: inputTokensSchema, errors: [...errors, "ROUTE_NOT_FOUND"] }, async (request, reply) => {
    const body = promptBodyOf(bodyOf(request), memoryOf(responses, request));
    const tokens = await countPrompt({ service, limits }, { body, names: RESPONSES_NAMES }, reply);
    return { object: "response.input_tokens" as const, input_tokens: tokens };
  });
}

/** What a request may refer to: responses of the same key. */
function memoryOf(responses: KeptResponses, request: FastifyRequest): ResponseMemory {
  const { id: owner } = callerOf(request);
  return {
    conversation: (id) => responses.conversation(owner, id),
    findItem: (id) => responses.findItem(owner, id),
    keep: (one) => responses.keep(owner, one),
  };
}

function bodyOf({ body }: FastifyRequest): JsonObject {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as JsonObject;
  throw new LlmopsError("INVALID_ARGUMENT", "The request body is not a JSON object.");
}
