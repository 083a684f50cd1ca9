import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { chatAnswerSchema, generateAnswerSchema, loadedAnswer, type AnswerKind } from "../dialects/ollama/ollama-answer.js";
import { chatBodySchema, generateBodySchema, type ChatBody, type GenerateBody } from "../dialects/ollama/ollama-body.js";
import { NDJSON } from "../dialects/ollama/ollama-stream.js";
import { isOnlyLoading, translateChat, translateGenerate } from "../dialects/ollama/to-openai.js";
import { answerTranslated } from "./answer-translated.js";
import { OLLAMA_ERRORS } from "./ollama-facts-routes.js";
import { ownName } from "./ollama-models.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** What Ollama does with its store of models, which a server of given models has none of. */
const OF_A_STORE = [
  ...(["pull", "push", "create", "copy"].map((name) => ({ method: "POST", path: `/api/${name}` })) as { method: "POST"; path: string }[]),
  { method: "DELETE", path: "/api/delete" } as const,
];

/** What Ollama answers there; nothing here does. */
const statusSchema = z.object({ status: z.string() });

/** Ollama's POST /api/chat and /api/generate, and the refusal of what manages its models. */
export function addOllama(routes: RouteTable, service: Service, limits: RequestLimits): void {
  const infer = { methods: ["POST"], scope: "infer", media: [NDJSON], errors: CALL_ERRORS } as const;
  const answer = (kind: AnswerKind, body: ChatBody | GenerateBody, request: FastifyRequest, reply: FastifyReply) => {
    if (isOnlyLoading(body)) return sendLoaded(kind, body, reply);
    const model = ownName(service, body.model);
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
  for (const { method, path } of OF_A_STORE) {
    const refused = { path, summary: "Refused: the server's operator chooses its models", answer: statusSchema };
    routes.add({ methods: [method], scope: "infer", ...refused, errors: ["UNSUPPORTED_PARAMETER"] }, () => refuse(path), OLLAMA_ERRORS);
  }
}

function sendLoaded(kind: AnswerKind, body: ChatBody | GenerateBody, reply: FastifyReply): JsonObject | FastifyReply {
  const loaded = loadedAnswer({ kind, model: body.model, begun: performance.now() });
  return body.stream === false ? loaded : reply.type(NDJSON).send(`${JSON.stringify(loaded)}\n`);
}

function refuse(path: string): never {
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not manage models: ${path} is not supported.`, {
    hint: "Whoever starts it says which models it serves: llmops models pull NAME, then llmops serve --model NAME=FILE.",
  });
}
