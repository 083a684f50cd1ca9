import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { chatBodySchema, parseChatRequest } from "../../inference/openai/wire-chat.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { inTurn } from "../../base/slices/slices.js";
import { askModel } from "./ask-model.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

const modelName = z.string().nullish().describe("The default model when absent.");

/** Fields of llama-server's and of vLLM's endpoints of this name. */
const tokenizeBodySchema = z.object({
  model: modelName,
  content: z.string().nullish(),
  prompt: z.string().nullish().describe("The same as content."),
  messages: z.array(z.unknown()).nullish().describe("Tokens of the whole chat prompt; tools and fields of the chat template as in chats."),
  add_special: z.boolean().nullish().describe("Begin as prompts do, and read names of control tokens."),
});

/** Looked at as a whole: a check of zod's for each would take long where there are 100,000. */
const tokenIds = z
  .custom<number[]>(
    (value) => Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0),
    "a list of token ids is expected",
  )
  .meta({ type: "array", items: { type: "integer", minimum: 0 } });

const detokenizeBodySchema = z.object({ model: modelName, tokens: tokenIds });

const tokensSchema = z.object({
  tokens: tokenIds,
  count: z.number().int(),
  max_model_len: z.number().int().describe("Tokens of context."),
});
const textSchema = z.object({ content: z.string(), prompt: z.string().describe("The same as content.") });

/** POST /tokenize and /detokenize, also under /v1. */
export function addTokens(routes: RouteTable, service: Service): void {
  const infer = { methods: ["POST"], scope: "infer", errors: [...CALL_ERRORS, "ROUTE_NOT_FOUND"] } as const;
  const tokenize = { path: "/tokenize", aliases: ["/v1/tokenize"], body: tokenizeBodySchema, bodyToo: chatBodySchema } as const;
  const summary = "The tokens of a text or of a chat prompt";
  routes.add({ ...infer, ...tokenize, summary, answer: tokensSchema }, (request, reply) => {
    const body = checkBody(tokenizeBodySchema, request.body);
    return askModel(service, body.model, reply, async (model) => {
      const tokens = body.messages ? await model.tokenizeRequest(parseChatRequest(request.body).completion) : await tokensOf(body, model);
      return { tokens: [...tokens], count: tokens.length, max_model_len: model.contextSize };
    });
  });
  const detokenize = { path: "/detokenize", aliases: ["/v1/detokenize"], body: detokenizeBodySchema, answer: textSchema } as const;
  routes.add({ ...infer, ...detokenize, summary: "The text of tokens" }, (request, reply) => {
    const { tokens, model: name } = checkBody(detokenizeBodySchema, request.body);
    return askModel(service, name, reply, async (model) => {
      const text = await inTurn(() => model.detokenize(tokens, { special: true }));
      return { content: text, prompt: text };
    });
  });
}

async function tokensOf(body: z.output<typeof tokenizeBodySchema>, model: ServedModel): Promise<readonly number[]> {
  const text = body.content ?? body.prompt;
  if (typeof text !== "string") {
    throw new LlmopsError("INVALID_ARGUMENT", "The request has nothing to tokenize.", {
      hint: "Give content, prompt or messages.",
      param: "content",
    });
  }
  return model.tokenize(text, { special: body.add_special ?? false });
}
