import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../errors/llmops-error.js";
import { parseChatRequest } from "../openai/wire-chat.js";
import { checkBody } from "../openai/wire-fields.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

/** Fields of llama-server's and of vLLM's endpoints of this name. */
export const tokenizeBodySchema = z.object({
  content: z.string().nullish(),
  prompt: z.string().nullish().describe("The same as content."),
  messages: z.array(z.unknown()).nullish().describe("Tokens of the whole chat prompt."),
  add_special: z.boolean().nullish().describe("Begin as prompts do, and read names of control tokens."),
});

export const detokenizeBodySchema = z.object({ tokens: z.array(z.number().int().min(0)) });

/** POST /tokenize and /detokenize, also under /v1. */
export function addTokens(app: FastifyInstance, service: Service): void {
  for (const prefix of ["", "/v1"]) {
    app.post(`${prefix}/tokenize`, (request) => {
      const model = service.requireLocal();
      const body = checkBody(tokenizeBodySchema, request.body);
      const tokens = tokensOf(body, model);
      return { tokens, count: tokens.length, max_model_len: model.contextSize };
    });
    app.post(`${prefix}/detokenize`, (request) => {
      const { tokens } = checkBody(detokenizeBodySchema, request.body);
      const text = service.requireLocal().detokenize(tokens, { special: true });
      return { content: text, prompt: text };
    });
  }
}

function tokensOf(body: z.output<typeof tokenizeBodySchema>, model: ServedModel): readonly number[] {
  if (body.messages) return model.tokenizeRequest(parseChatRequest({ messages: body.messages }).completion);
  const text = body.content ?? body.prompt;
  if (typeof text !== "string") {
    throw new LlmopsError("INVALID_ARGUMENT", "There is nothing to tokenize.", {
      hint: "Give content, prompt or messages.",
      param: "content",
    });
  }
  return model.tokenize(text, { special: body.add_special ?? false });
}
