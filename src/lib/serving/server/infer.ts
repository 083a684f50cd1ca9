import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import { checkBody, maxTokens } from "../../inference/openai/wire-fields.js";
import { answerCall } from "./answer.js";
import { withDefaults } from "./request-defaults.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

/** Of requests that do not say themselves, where this server has no defaults of its own. */
const INFER_DEFAULTS = { max_tokens: 128, temperature: 1 };

const inferBodySchema = z.object({
  prompt: z.string().min(1),
  max_new_tokens: maxTokens.nullish().describe("Default: the server's serving.max_tokens, otherwise 128."),
  adapter_version: z.string().nullish(),
  base_model: z.string().nullish(),
  temperature: z.number().min(0).nullish().describe("0 is greedy; default: the server's serving.temperature, otherwise 1."),
});

const inferAnswerSchema = z.object({
  result: z.string(),
  metadata: z.object({
    model: z.string(),
    version: z.string(),
    tokens_generated: z.number().int(),
    response_time: z.number().describe("Seconds."),
    generation_time: z.number().describe("Seconds, without waiting for a slot."),
    request_id: z.string(),
  }),
});

/** POST /infer: a prompt in, its answer out. */
export function addInfer(routes: RouteTable, service: Service): void {
  const summary = "Answer one prompt, in a shape of two fields";
  const infer = { methods: ["POST"], path: "/infer", scope: "infer", summary, body: inferBodySchema, errors: CALL_ERRORS } as const;
  routes.add({ ...infer, answer: inferAnswerSchema }, async (request, reply) => {
    const body = checkBody(inferBodySchema, request.body);
    const source = findSource(service, body);
    request.body = withDefaults(toChat(body, source.id), { ...INFER_DEFAULTS, ...service.defaultsOf({ model: source.id }) });
    const begun = performance.now();
    const answer = (await answerCall(service, { path: "/v1/chat/completions" }, request, reply)) as WireAnswer;
    const generatedMs = 1000 * ((answer.performance?.generation_time_seconds ?? 0) - (answer.performance?.queue_seconds ?? 0));
    return {
      result: answer.choices?.[0]?.message?.content ?? "",
      metadata: {
        model: source.name,
        version: source.version,
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
  return { model, messages, max_tokens: most, temperature };
}

/** What of an answer's body is read here. */
interface WireAnswer {
  choices?: { message?: { content?: string | null } }[];
  usage?: { completion_tokens?: number };
  performance?: { generation_time_seconds?: number; queue_seconds?: number };
}

/** The model and adapter that are asked for; without a model of its own a server has one pair of names only. Throws MODEL_NOT_FOUND. */
function findSource(service: Service, body: z.output<typeof inferBodySchema>): { id: string; name: string; version: string } {
  const { base_model: name, adapter_version: version } = body;
  const { pool, model, version: base } = service;
  if (pool) return pool.find(name ?? model, version ?? base);
  refuseOther("base_model", name, model);
  refuseOther("adapter_version", version, base);
  return { id: model, name: model, version: base };
}

function refuseOther(param: string, asked: string | null | undefined, there: string): void {
  if (!asked || asked === there) return;
  throw new LlmopsError("MODEL_NOT_FOUND", `The ${param} "${asked}" does not exist.`, {
    hint: `It is "${there}"; leave ${param} out to use it.`,
    param,
  });
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
