import type { FastifyInstance } from "fastify";
import { answerCall } from "./answer.js";
import type { Service } from "./service.js";

/** POST /v1/chat/completions and /v1/completions. */
export function addCompletions(app: FastifyInstance, service: Service): void {
  for (const path of ["/v1/chat/completions", "/v1/completions"]) {
    app.post(path, (request, reply) => answerCall(service, path, request, reply));
  }
}
