import { parseRerank, rerankAnswerSchema, rerankBodySchema } from "../dialects/ranking/rerank.js";
import { parseScore, scoreAnswerSchema, scoreBodySchema } from "../dialects/ranking/score.js";
import { passOn } from "./pass-on.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** POST /v1/rerank and /v1/score, also without /v1: texts compared by the model's embeddings. */
export function addRanking(routes: RouteTable, service: Service): void {
  const infer = { methods: ["POST"], scope: "infer", errors: CALL_ERRORS } as const;
  const rerank = { summary: "Rank documents by a query, by their embeddings", body: rerankBodySchema, answer: rerankAnswerSchema };
  const score = { summary: "Compare pairs of texts by their embeddings", body: scoreBodySchema, answer: scoreAnswerSchema };
  routes.add({ ...infer, ...rerank, path: "/v1/rerank", aliases: ["/rerank"] }, async (request, reply) => {
    const { body, toAnswer } = parseRerank(request.body);
    request.body = body;
    return toAnswer(await passOn(service, "/v1/embeddings", request, reply));
  });
  routes.add({ ...infer, ...score, path: "/v1/score", aliases: ["/score"] }, async (request, reply) => {
    const { body, toAnswer } = parseScore(request.body);
    request.body = body;
    return toAnswer(await passOn(service, "/v1/embeddings", request, reply));
  });
}
