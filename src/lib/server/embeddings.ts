import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../errors/llmops-error.js";
import { checkBody } from "../openai/wire-fields.js";
import { abortOnDisconnect } from "./answer.js";
import { passOn } from "./passed-routes.js";
import type { Service } from "./service.js";

const MOST_INPUTS = 2048;
const tokenIds = z.array(z.number().int().min(0)).min(1);

/** POST /v1/embeddings, as platform.openai.com/docs/api-reference/embeddings/create has it. */
export const embeddingsBodySchema = z.object({
  model: z.string().nullish(),
  input: z.union([z.string(), tokenIds, z.array(z.string()).min(1).max(MOST_INPUTS), z.array(tokenIds).min(1).max(MOST_INPUTS)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().min(1).nullish(),
  user: z.string().nullish(),
});

/** Where the model is elsewhere, the request is passed on to it. */
export function addEmbeddings(app: FastifyInstance, service: Service): void {
  app.post("/v1/embeddings", async (request, reply) => {
    if (service.phase !== "loading" && !service.local) return passOn(service, "/v1/embeddings", request, reply);
    const model = service.requireLocal();
    const body = checkBody(embeddingsBodySchema, request.body);
    const inputs = toInputs(body.input).map((input) => (typeof input === "string" ? model.tokenize(input, { special: true }) : input));
    if (inputs.some((tokens) => tokens.length === 0)) throw new LlmopsError("INVALID_ARGUMENT", "An input is empty.", { param: "input" });
    const vectors = await model.embed(inputs, { signal: abortOnDisconnect(reply) });
    refuseOtherSize(body.dimensions, vectors[0]?.length ?? 0);
    const tokens = inputs.reduce((sum, input) => sum + input.length, 0);
    const encode = body.encoding_format === "base64" ? toBase64 : (vector: number[]) => vector;
    return {
      object: "list",
      data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: encode(vector) })),
      model: model.model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  });
}

function toInputs(input: z.output<typeof embeddingsBodySchema>["input"]): (string | number[])[] {
  if (typeof input === "string") return [input];
  return typeof input[0] === "number" ? [input as number[]] : (input as string[] | number[][]);
}

function refuseOtherSize(asked: number | null | undefined, size: number): void {
  if (!asked || asked === size) return;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This model's embeddings have ${size} dimensions, not ${asked}.`, { param: "dimensions" });
}

/** Little-endian 32-bit floats, as OpenAI packs them. */
function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}
