import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../errors/llmops-error.js";
import { withDeadlines } from "../gateway/with-deadlines.js";
import { collectChunks } from "../openai/completion-target.js";
import type { Deadlines } from "../openai/deadlines.js";
import { checkBody } from "../openai/wire-fields.js";
import { abortOnDisconnect } from "./answer.js";
import { noteUsage } from "./request-log.js";
import type { ServedModel } from "./served-model.js";

/** The version of a model that has no adapter on it. */
export const BASE_VERSION = "base";
const DEFAULT_NEW_TOKENS = 128;

/** POST /infer: a question in, the answer out. */
export const inferBodySchema = z.object({
  prompt: z.string().min(1),
  max_new_tokens: z.number().int().min(1).nullish().describe("128 when absent."),
  adapter_version: z.string().nullish(),
  base_model: z.string().nullish(),
});

export function addInfer(app: FastifyInstance, model: ServedModel, deadlines: Deadlines): void {
  app.post("/infer", async (request, reply) => {
    const body = checkBody(inferBodySchema, request.body);
    refuseOther("base_model", body.base_model, model.model);
    refuseOther("adapter_version", body.adapter_version, BASE_VERSION);
    const chat = { messages: [{ role: "user" as const, content: body.prompt }], maxTokens: body.max_new_tokens ?? DEFAULT_NEW_TOKENS };
    const chunks = withDeadlines((signal) => model.complete(chat, { signal }), deadlines, abortOnDisconnect(reply));
    const completion = await collectChunks(chunks, model.model);
    noteUsage(request, completion);
    const { usage, timing } = completion;
    return {
      result: completion.text,
      metadata: {
        model: model.model,
        version: BASE_VERSION,
        tokens_generated: usage.completionTokens,
        response_time: seconds(timing.totalMs),
        generation_time: seconds(timing.totalMs - (timing.queueMs ?? 0)),
        request_id: request.id,
      },
    };
  });
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
