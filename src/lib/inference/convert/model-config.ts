import { join } from "node:path";
import { z } from "zod";
import { readJson } from "./checkpoint.js";
import { refusal } from "./refusal.js";

const count = z
  .int()
  .positive()
  .max(2 ** 31 - 1);
const tokenIds = z
  .union([z.int(), z.array(z.int())])
  .nullish()
  .transform((ids) => (ids == null ? [] : [ids].flat()));

const ropeSchema = z.looseObject({
  rope_type: z.string().optional(),
  /** How it was called before. */
  type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
  factor: z.number().positive().optional(),
  attention_factor: z.number().positive().nullish(),
  beta_fast: z.number().nullish(),
  beta_slow: z.number().nullish(),
  low_freq_factor: z.number().optional(),
  high_freq_factor: z.number().optional(),
  original_max_position_embeddings: count.optional(),
  partial_rotary_factor: z.number().gt(0).max(1).optional(),
  short_factor: z.array(z.number()).optional(),
  long_factor: z.array(z.number()).optional(),
});
const ropesSchema = z.looseObject({ full_attention: ropeSchema, sliding_attention: ropeSchema });

const configSchema = z.looseObject({
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count.max(10_000),
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  vocab_size: count,
  max_position_embeddings: count,
  rms_norm_eps: z.number().positive(),
  hidden_act: z.string().nullish(),
  hidden_activation: z.string().nullish(),
  tie_word_embeddings: z.boolean().optional(),
  rope_theta: z.number().positive().optional(),
  rope_local_base_freq: z.number().positive().optional(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: z.union([ropesSchema, ropeSchema]).nullish(),
  original_max_position_embeddings: count.optional(),
  partial_rotary_factor: z.number().gt(0).max(1).optional(),
  sliding_window: count.nullish(),
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
  attn_logit_softcapping: z.number().nullish(),
  final_logit_softcapping: z.number().nullish(),
  query_pre_attn_scalar: z.number().nullish(),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
  pad_token_id: tokenIds,
});

/** The fields of config.json that a conversion needs. */
export type ModelConfig = z.output<typeof configSchema> & { kvHeads: number; headWidth: number };
export type RopeParameters = z.output<typeof ropeSchema>;

const outerSchema = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  model_type: z.string().optional(),
  text_config: z.looseObject({}).nullish(),
  quantization_config: z.looseObject({ quant_method: z.string().optional() }).nullish(),
});

/** config.json before it is known what its fields mean. */
export interface RawConfig {
  path: string;
  /** Hugging Face's class, such as LlamaForCausalLM. */
  className: string;
  /** Fields of the language model. */
  fields: Record<string, unknown>;
}

/** Reads config.json. Throws MODEL_INVALID where it names no architecture, or weights that are quantized already. */
export async function readRawConfig(folder: string): Promise<RawConfig> {
  const path = join(folder, "config.json");
  const { text_config: text, ...outer } = await readJson(path, outerSchema);
  const className = outer.architectures?.[0] ?? outer.model_type;
  if (className === undefined) throw refusal(path, "names no architecture");
  const method = outer.quantization_config?.quant_method;
  if (outer.quantization_config) {
    throw refusal(path, `describes weights that are quantized already${method === undefined ? "" : ` (${method})`}`, {
      hint: "Use the original model, and quantize it here: --type q8_0.",
    });
  }
  return { path, className, fields: { ...outer, ...text } };
}

/** The fields with a family's defaults where they are absent. Throws MODEL_INVALID naming the field. */
export function parseConfig({ path, fields }: RawConfig, defaults: Record<string, unknown>): ModelConfig {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const result = configSchema.safeParse({ ...defaults, ...given });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refusal(path, `does not say what is needed: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const config = result.data;
  const heads = config.num_attention_heads;
  const headWidth = config.head_dim ?? config.hidden_size / heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  if (!Number.isInteger(headWidth) || headWidth % 2 !== 0 || heads % kvHeads !== 0) {
    throw refusal(path, `has ${heads} heads over ${config.hidden_size} numbers and ${kvHeads} heads of keys, which do not divide`);
  }
  return { ...config, headWidth, kvHeads };
}
