import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../errors/llmops-error.js";
import type { JsonObject } from "../gateway/call.js";
import { checkBody } from "../openai/wire-fields.js";
import { answerCall } from "./answer.js";
import type { Service } from "./service.js";

const DEFAULT_NEW_TOKENS = 128;

/** POST /infer: a question in, the answer out. */
export const inferBodySchema = z.object({
  prompt: z.string().min(1),
  max_new_tokens: z.number().int().min(1).nullish().describe("128 when absent."),
  adapter_version: z.string().nullish(),
  base_model: z.string().nullish(),
  temperature: z.number().min(0).max(2).nullish().describe("0 is greedy; 1 when absent."),
});

export function addInfer(app: FastifyInstance, service: Service): void {
  app.post("/infer", async (request, reply) => {
    const body = checkBody(inferBodySchema, request.body);
    refuseOther("base_model", body.base_model, service.model);
    refuseOther("adapter_version", body.adapter_version, service.version);
    request.body = toChat(body, service.model);
    const begun = performance.now();
    const answer = (await answerCall(service, "/v1/chat/completions", request, reply)) as WireAnswer;
    const generatedMs = 1000 * ((answer.performance?.generation_time_seconds ?? 0) - (answer.performance?.queue_seconds ?? 0));
    return {
      result: answer.choices?.[0]?.message?.content ?? "",
      metadata: {
        model: service.model,
        version: service.version,
        tokens_generated: answer.usage?.completion_tokens ?? 0,
        response_time: seconds(performance.now() - begun),
        generation_time: seconds(generatedMs),
        request_id: request.id,
      },
    };
  });
}

function toChat({ prompt, max_new_tokens: most, temperature }: z.output<typeof inferBodySchema>, model: string): JsonObject {
  const messages = [{ role: "user", content: prompt }];
  return { model, messages, max_tokens: most ?? DEFAULT_NEW_TOKENS, temperature: temperature ?? 1 };
}

/** What of an answer's body is read here. */
interface WireAnswer {
  choices?: { message?: { content?: string | null } }[];
  usage?: { completion_tokens?: number };
  performance?: { generation_time_seconds?: number; queue_seconds?: number };
}

function refuseOther(param: string, asked: string | null | undefined, there: string): void {
  if (!asked || asked === there) return;
  throw new LlmopsError("MODEL_NOT_FOUND", `There is no ${param} "${asked}" here.`, {
    hint: `It is "${there}"; leave ${param} out to use it.`,
    param,
  });
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
