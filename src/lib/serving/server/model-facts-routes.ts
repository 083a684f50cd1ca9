import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { inTurn } from "../../base/slices/slices.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { chatBodySchema, parseChatRequest } from "../../inference/openai/wire-chat.js";
import { askModel } from "./ask-model.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

const text = z.string().optional();
const tokenizerSchema = z.object({
  tokenizer_class: z.string().describe("llama.cpp's name: gpt2 (byte pairs), llama (SentencePiece), bert, ..."),
  vocab_size: z.number().int(),
  model_max_length: z.number().int().describe("Tokens of context."),
  add_bos_token: z.boolean(),
  bos_token: text,
  eos_token: text,
  pad_token: text,
  unk_token: text,
  chat_template: z.string().describe("Jinja."),
});

const promptSchema = z.object({ prompt: z.string() });
/** Messages, and whatever else of a chat's body changes its prompt. */
const applyBodySchema = chatBodySchema.describe("As a chat has it.");

const countSchema = z.object({ input_tokens: z.number().int() });

const slotSchema = z.object({
  id: z.number().int(),
  n_ctx: z.number().int(),
  is_processing: z.boolean(),
  n_prompt_tokens: z.number().int(),
  n_prompt_tokens_cache: z.number().int(),
  next_token: z.array(z.object({ n_decoded: z.number().int() })),
});

const propsSchema = z.object({
  default_generation_settings: z.object({ n_ctx: z.number().int(), params: z.record(z.string(), z.number()) }),
  total_slots: z.number().int(),
  model_alias: z.string(),
  model_path: z.string().describe("The name of the file, without its folder."),
  model_ftype: z.string(),
  modalities: z.object({ vision: z.boolean(), audio: z.boolean() }),
  chat_template: z.string(),
  chat_template_caps: z.record(z.string(), z.boolean()),
  bos_token: z.string(),
  eos_token: z.string(),
  endpoint_slots: z.boolean(),
  endpoint_props: z.boolean(),
  endpoint_metrics: z.boolean(),
});

const modelQuery = z.object({ model: z.string().optional().describe("By default, the default model.") });
const slotsQuery = modelQuery.extend({ fail_on_no_slot: z.string().optional().describe("1: 503 while every slot is busy.") });

/** What clients ask of a model before they use it: llama-server's GET /props and /slots, POST /apply-template and /chat/completions/input_tokens, vLLM's GET /tokenizer_info. */
export function addModelFacts(routes: RouteTable, service: Service): void {
  const errors = [...CALL_ERRORS, "ROUTE_NOT_FOUND"] as const;
  const get = { methods: ["GET"], scope: "key", query: modelQuery, errors } as const;
  const tokenizer = { path: "/tokenizer_info", aliases: ["/v1/tokenizer_info"], answer: tokenizerSchema } as const;
  routes.add({ ...get, ...tokenizer, summary: "The tokenizer and chat template of a model" }, (request, reply) =>
    askModel(service, checkBody(modelQuery, request.query).model, reply, tokenizerOf),
  );
  const props = { path: "/props", summary: "What a model is and how it is asked, as llama-server tells it", answer: propsSchema } as const;
  routes.add({ ...get, ...props }, (request, reply) =>
    askModel(service, checkBody(modelQuery, request.query).model, reply, (model) => propsOf(service, model)),
  );
  const slots = { path: "/slots", summary: "What each slot of a model is doing", answer: z.array(slotSchema), statuses: [503] } as const;
  routes.add({ ...get, ...slots, query: slotsQuery }, (request, reply) => {
    const { model: name, fail_on_no_slot: fails } = checkBody(slotsQuery, request.query);
    return askModel(service, name, reply, (model) => {
      const states = slotsOf(model);
      if (fails === "1" && states.every((slot) => slot.is_processing)) void reply.status(503);
      return states;
    });
  });
  const apply = {
    path: "/apply-template",
    summary: "The prompt a chat becomes, without the defaults of the server",
    body: applyBodySchema,
    answer: promptSchema,
  } as const;
  routes.add({ ...apply, methods: ["POST"], scope: "infer", errors }, (request, reply) =>
    askOfPrompt(service, request, reply, async (model, tokens) => ({
      prompt: await inTurn(() => model.detokenize(tokens, { special: true })),
    })),
  );
  const count = {
    ...{ path: "/v1/chat/completions/input_tokens", aliases: ["/chat/completions/input_tokens"] },
    ...{
      summary: "How many tokens the prompt of a chat has, without the defaults of the server",
      body: applyBodySchema,
      answer: countSchema,
    },
  } as const;
  routes.add({ ...count, methods: ["POST"], scope: "infer", errors }, (request, reply) =>
    askOfPrompt(service, request, reply, (_, tokens) => ({ input_tokens: tokens.length })),
  );
}

/** What the model that a chat's body names says of the tokens of its prompt. Throws what a chat of this body would throw. */
function askOfPrompt<T>(
  service: Service,
  { body }: FastifyRequest,
  reply: FastifyReply,
  ask: (model: ServedModel, tokens: readonly number[]) => T | Promise<T>,
): Promise<T> {
  const { completion } = parseChatRequest(body);
  const { model: name } = body as { model?: string | null };
  return askModel(service, name, reply, async (model) => ask(model, await model.tokenizeRequest(completion)));
}

function tokenizerOf({ vocabulary, chatTemplate, contextSize }: ServedModel): z.input<typeof tokenizerSchema> {
  const { bosToken, eosToken, padToken, unknownToken } = vocabulary;
  return {
    tokenizer_class: vocabulary.model,
    vocab_size: vocabulary.size,
    model_max_length: contextSize,
    add_bos_token: vocabulary.addsBos,
    ...(bosToken !== undefined && { bos_token: bosToken }),
    ...(eosToken !== undefined && { eos_token: eosToken }),
    ...(padToken !== undefined && { pad_token: padToken }),
    ...(unknownToken !== undefined && { unk_token: unknownToken }),
    chat_template: chatTemplate.source,
  };
}

function propsOf(service: Service, model: ServedModel): z.input<typeof propsSchema> {
  const { vocabulary, chatTemplate, contextSize, state, facts } = model;
  const { shows, takesParts, takesObjects } = chatTemplate;
  return {
    default_generation_settings: { n_ctx: contextSize, params: samplingDefaults(service, model) },
    total_slots: state.slots,
    model_alias: model.model,
    model_path: model.location.split(/[\\/]/).at(-1) ?? model.model,
    model_ftype: facts.quantization,
    modalities: { vision: false, audio: false },
    chat_template: chatTemplate.source,
    chat_template_caps: {
      supports_system_role: shows.system,
      supports_tools: shows.tools,
      supports_tool_calls: shows.toolCalls,
      supports_preserve_reasoning: shows.thoughts,
      supports_object_arguments: takesObjects,
      supports_typed_content: takesParts,
      supports_string_content: !takesParts,
    },
    bos_token: vocabulary.bosToken ?? "",
    eos_token: vocabulary.eosToken ?? "",
    endpoint_slots: true,
    endpoint_props: false,
    endpoint_metrics: true,
  };
}

/** The numbers alone: an operator's system message is not for every key. */
function samplingDefaults(service: Service, { model }: ServedModel): Record<string, number> {
  return Object.fromEntries(
    Object.entries(service.defaultsOf({ model })).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

function slotsOf({ slotStates, contextSize }: ServedModel): z.input<typeof slotSchema>[] {
  return slotStates.map(({ id, isProcessing, promptTokens, cachedTokens, generatedTokens }) => ({
    id,
    n_ctx: contextSize,
    is_processing: isProcessing,
    n_prompt_tokens: promptTokens,
    n_prompt_tokens_cache: cachedTokens,
    next_token: [{ n_decoded: generatedTokens }],
  }));
}
