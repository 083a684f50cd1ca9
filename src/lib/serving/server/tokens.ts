import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { chatBodySchema, parseChatRequest } from "../../inference/openai/wire-chat.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { inTurn } from "../../base/slices/slices.js";
import { askModel } from "./ask-model.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

const modelName = z.string().nullish().describe("By default, the default model.");

/** Fields of llama-server's and of vLLM's endpoints of this name. */
const tokenizeBodySchema = z.object({
  model: modelName,
  content: z.string().nullish(),
  prompt: z.string().nullish().describe("The same as content."),
  messages: z
    .array(z.unknown())
    .nullish()
    .describe("Count the tokens of the whole chat prompt; tools and template fields work as in chats."),
  add_special: z.boolean().nullish().describe("Add the BOS token, as for prompts."),
  add_special_tokens: z.boolean().nullish().describe("The same as add_special (vLLM's name)."),
  parse_special: z.boolean().nullish().describe("false: treat the names of control tokens as text (llama-server's name)."),
  with_pieces: z.boolean().nullish().describe("Return each token with its text, or its bytes if they are part of a character."),
  return_token_strs: z.boolean().nullish().describe("Also return the texts of the tokens (vLLM's name)."),
});

/** Looked at as a whole: a check of zod's for each would take long where there are 100,000. */
const tokenIds = z
  .custom<number[]>(
    (value) => Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0),
    "a list of token ids is expected",
  )
  .meta({ type: "array", items: { type: "integer", minimum: 0 } });

const detokenizeBodySchema = z.object({ model: modelName, tokens: tokenIds });

const piece = z.union([z.string(), z.array(z.number().int())]);
const tokensSchema = z.object({
  tokens: z
    .union([tokenIds, z.array(z.object({ id: z.number().int(), piece }))])
    .describe("With with_pieces: the id and piece of each token."),
  token_strs: z.array(z.string()).optional(),
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
      return {
        tokens: body.with_pieces ? tokens.map((id) => ({ id, piece: pieceOf(model.bytesOf(id)) })) : [...tokens],
        ...(body.return_token_strs && { token_strs: tokens.map((id) => Buffer.from(model.bytesOf(id)).toString()) }),
        count: tokens.length,
        max_model_len: model.contextSize,
      };
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
  const begins = body.add_special ?? body.add_special_tokens ?? false;
  // as llama-server and vLLM read a text: harnesses ask for the token of "<|im_end|>" by its name
  return model.tokenize(text, { special: body.parse_special ?? true, begins });
}

/** The text of a token, or its bytes where they are part of a character. */
function pieceOf(bytes: Uint8Array): string | number[] {
  return isUtf8(bytes) ? Buffer.from(bytes).toString() : [...bytes];
}
