import type { FastifyReply, FastifyRequest } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { chatAnswerSchema, generateAnswerSchema, loadedAnswer, type AnswerKind } from "../dialects/ollama/ollama-answer.js";
import { chatBodySchema, generateBodySchema, type ChatBody, type GenerateBody } from "../dialects/ollama/ollama-body.js";
import { NDJSON } from "../dialects/ollama/ollama-stream.js";
import { isOnlyLoading, translateChat, translateGenerate } from "../dialects/ollama/to-openai.js";
import { askModel } from "./ask-model.js";
import { answerTranslated } from "./answer-translated.js";
import { OLLAMA_ERRORS } from "./ollama-facts-routes.js";
import { ownName } from "./ollama-models.js";
import { addRefusedStore } from "./ollama-store-routes.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** Ollama's POST /api/chat and /api/generate, and the refusal of what manages its models. */
export function addOllama(routes: RouteTable, service: Service, limits: RequestLimits): void {
  const infer = { methods: ["POST"], scope: "infer", media: [NDJSON], errors: CALL_ERRORS } as const;
  const answer = (kind: AnswerKind, body: ChatBody | GenerateBody, request: FastifyRequest, reply: FastifyReply) => {
    const model = ownName(service, body.model);
    if (isOnlyLoading(body)) return load(service, { kind, body, model }, reply);
    const translation = kind === "chat" ? translateChat(body, model) : translateGenerate(body, model);
    return answerTranslated({ service, limits }, translation, request, reply);
  };
  const chat = { path: "/api/chat", summary: "Answer a conversation, in the shape of Ollama's API", body: chatBodySchema } as const;
  routes.add(
    { ...infer, ...chat, answer: chatAnswerSchema },
    (request, reply) => answer("chat", checkBody(chatBodySchema, request.body), request, reply),
    OLLAMA_ERRORS,
  );
  const generate = { path: "/api/generate", summary: "Answer one prompt, in the shape of Ollama's API", body: generateBodySchema } as const;
  routes.add(
    { ...infer, ...generate, answer: generateAnswerSchema },
    (request, reply) => answer("generate", checkBody(generateBodySchema, request.body), request, reply),
    OLLAMA_ERRORS,
  );
  addRefusedStore(routes);
}

/** Loads a model of this process; an upstream has its own ready, or loads them when they are asked. */
async function load(
  service: Service,
  { kind, body, model }: { kind: AnswerKind; body: ChatBody | GenerateBody; model: string },
  reply: FastifyReply,
): Promise<JsonObject | FastifyReply> {
  if (service.hasOwnModels) await askModel(service, model, reply, () => undefined);
  const loaded = loadedAnswer({ kind, model: body.model, begun: performance.now() });
  return body.stream === false ? loaded : reply.type(NDJSON).send(`${JSON.stringify(loaded)}\n`);
}
