import { chatAnswerSchema, chatEventSchema, textAnswerSchema } from "../../inference/openai/answer-schemas.js";
import { chatBodySchema } from "../../inference/openai/wire-chat.js";
import { textBodySchema } from "../../inference/openai/wire-text.js";
import { answerCall } from "./answer.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** POST /v1/chat/completions and /v1/completions, also without /v1. */
export function addCompletions(routes: RouteTable, service: Service): void {
  const infer = { methods: ["POST"], scope: "infer", passesBody: true, errors: CALL_ERRORS } as const;
  const chat = { summary: "Answer a conversation", body: chatBodySchema, answer: chatAnswerSchema, event: chatEventSchema };
  const text = { summary: "Continue a text", body: textBodySchema, answer: textAnswerSchema, event: textAnswerSchema };
  for (const route of [
    { path: "/v1/chat/completions", ...infer, ...chat },
    { path: "/v1/completions", ...infer, ...text },
  ]) {
    const aliases = [route.path.slice("/v1".length)];
    routes.add({ ...route, aliases }, (request, reply) => answerCall(service, route, request, reply));
  }
}
