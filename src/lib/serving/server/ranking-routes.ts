import type { FastifyReply, FastifyRequest } from "fastify";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import { parseRerank, rerankAnswerSchema, rerankBodySchema } from "../dialects/ranking/rerank.js";
import { parseScore, scoreAnswerSchema, scoreBodySchema } from "../dialects/ranking/score.js";
import { passOn } from "./pass-on.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";
import { withNames } from "./with-field-names.js";

interface Inputs {
  body: JsonObject;
  placeOf: (index: number) => string;
}

/** POST /v1/rerank and /v1/score, also without /v1: texts compared by the model's embeddings. */
export function addRanking(routes: RouteTable, service: Service): void {
  const embed = async ({ body, placeOf }: Inputs, request: FastifyRequest, reply: FastifyReply) => {
    request.body = body;
    try {
      return await passOn(service, "/v1/embeddings", request, reply);
    } catch (error) {
      const [, place] = error instanceof LlmopsError ? (/^input\.(\d+)$/.exec(error.param ?? "") ?? []) : [];
      throw place === undefined ? error : withNames(error, [[/^input\.\d+$/, placeOf(Number(place))]]);
    }
  };
  const infer = { methods: ["POST"], scope: "infer", errors: CALL_ERRORS } as const;
  const rerank = { summary: "Rank documents by a query, by their embeddings", body: rerankBodySchema, answer: rerankAnswerSchema };
  const score = { summary: "Compare pairs of texts by their embeddings", body: scoreBodySchema, answer: scoreAnswerSchema };
  routes.add({ ...infer, ...rerank, path: "/v1/rerank", aliases: ["/rerank"] }, async (request, reply) => {
    const asked = parseRerank(request.body);
    return asked.toAnswer(await embed(asked, request, reply));
  });
  routes.add({ ...infer, ...score, path: "/v1/score", aliases: ["/score"] }, async (request, reply) => {
    const asked = parseScore(request.body);
    return asked.toAnswer(await embed(asked, request, reply));
  });
}
