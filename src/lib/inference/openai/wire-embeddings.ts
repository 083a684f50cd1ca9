import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { harmlessFields, refused } from "./other-fields.js";
import { promptsSchema, toPrompts, type Prompt } from "./prompts.js";
import { checkBody } from "./wire-fields.js";

const MOST_INPUTS = 2048;

/** POST /v1/embeddings, as platform.openai.com/docs/api-reference/embeddings/create has it. */
export const embeddingsBodySchema = z.object({
  model: z.string().nullish(),
  input: promptsSchema(MOST_INPUTS).describe("A text, a list of token ids that may contain texts, or a list of several of these."),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.number().int().min(1).nullish(),
  ...harmlessFields,
  truncate_prompt_tokens: refused([], "Send less text, or the tokens to read."),
  add_special_tokens: refused([true], "Send tokens, which are used as is."),
  embd_normalize: refused([2], "Vectors have length 1."),
  pooling: refused([], "The model's own pooling is used."),
  input_type: refused([], "Begin the text with what the model expects, such as query: or passage:."),
});

export interface EmbeddingsRequest {
  inputs: Prompt[];
  encoding: "float" | "base64";
  /** The size of vectors that is wanted, if any is. */
  dimensions: number | undefined;
}

/** Checks a request body. Throws INVALID_ARGUMENT naming the field. */
export function parseEmbeddingsRequest(body: unknown): EmbeddingsRequest {
  const { input, encoding_format: encoding, dimensions } = checkBody(embeddingsBodySchema, body);
  return { inputs: toPrompts(input), encoding: encoding ?? "float", dimensions: dimensions ?? undefined };
}

/** The answer's body. Throws UNSUPPORTED_PARAMETER where vectors of another size were asked for. */
export function toEmbeddingsBody(
  model: string,
  { vectors, tokens }: { vectors: readonly number[][]; tokens: number },
  { encoding, dimensions }: EmbeddingsRequest,
): Record<string, unknown> {
  refuseOtherSize(dimensions, vectors[0]?.length ?? 0);
  const encode = encoding === "base64" ? toBase64 : (vector: number[]) => vector;
  return {
    object: "list",
    data: vectors.map((vector, index) => ({ object: "embedding", index, embedding: encode(vector) })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function refuseOtherSize(asked: number | undefined, size: number): void {
  if (asked === undefined || asked === size) return;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This model's embeddings have ${size} dimensions, not ${asked}.`, { param: "dimensions" });
}

/** Little-endian 32-bit floats, as OpenAI packs them. */
function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}

/** Where one of so many inputs stands in a request: `input`, or `input.2` of several. */
export function inputPlace(index: number, count: number): string {
  return count === 1 ? "input" : `input.${index}`;
}
