import type { GgufEntry } from "../models/gguf-writer.js";
import type { ModelConfig, RopeParameters } from "./model-config.js";
import { refusal } from "./refusal.js";

export type RopeKind = "default" | "linear" | "llama3" | "yarn" | "longrope";

/** Positions as they are rotated: what a GGUF says of them, and tensors of factors by frequency. */
export interface RopePlan {
  entries: Map<string, GgufEntry>;
  factors: { name: string; values: Float32Array }[];
  /** Tokens the rotation reaches, where that is more than config.json's limit. */
  reach: number;
}

interface Place {
  /** config.json, for messages. */
  path: string;
  kinds: readonly RopeKind[];
}

/** How the layers that see everything rotate. Throws MODEL_INVALID for a kind of scaling that the architecture does not know in llama.cpp. */
export function planRope(config: ModelConfig, { path, kinds }: Place): RopePlan {
  const rope = globalRope(config);
  const kind = kindOf(rope);
  const known = kinds.find((one) => one === kind);
  if (known === undefined) {
    throw refusal(path, `scales positions by "${kind}"; llama.cpp knows ${kinds.join(", ")} for this architecture`, {
      hint: "This model needs another engine.",
    });
  }
  const width = rotaryWidth(config, rope);
  const entries = new Map<string, GgufEntry>([
    ["rope.dimension_count", { type: "uint32", value: width }],
    ["rope.freq_base", { type: "float32", value: rope.rope_theta ?? config.rope_theta ?? 10_000 }],
  ]);
  const plan = { entries, factors: [], reach: config.max_position_embeddings };
  if (known === "default") return plan;
  return SCALINGS[known]({ rope, config, path, width, theta: rope.rope_theta ?? config.rope_theta ?? 10_000 }, plan);
}

/** The base of layers that see only a window, where they have their own. */
export function localRopeBase({ rope_parameters: ropes, rope_local_base_freq: base }: ModelConfig): number | undefined {
  return ropes && "sliding_attention" in ropes ? (ropes.sliding_attention as RopeParameters).rope_theta : base;
}

function globalRope({ rope_parameters: ropes, rope_scaling: scaling }: ModelConfig): RopeParameters {
  if (ropes && "full_attention" in ropes) return ropes.full_attention as RopeParameters;
  return ropes ?? scaling ?? {};
}

function kindOf({ rope_type: kind, type = "default" }: RopeParameters): string {
  const name = kind ?? type;
  return name === "su" ? "longrope" : name;
}

function rotaryWidth(config: ModelConfig, rope: RopeParameters): number {
  return 2 * Math.floor(((rope.partial_rotary_factor ?? config.partial_rotary_factor ?? 1) * config.headWidth) / 2);
}

interface Scaling {
  rope: RopeParameters;
  config: ModelConfig;
  path: string;
  width: number;
  theta: number;
}

const SCALINGS: Record<Exclude<RopeKind, "default">, (scaling: Scaling, plan: RopePlan) => RopePlan> = {
  linear({ rope, path }, { entries, ...plan }) {
    const factor = needed(rope.factor, "factor", path);
    return { ...plan, entries: new Map([...entries, ...scalingEntries("linear", factor)]) };
  },

  llama3({ rope, path, width, theta }, plan) {
    const original = needed(rope.original_max_position_embeddings, "original_max_position_embeddings", path);
    const values = llama3Factors({
      width,
      theta,
      original,
      factor: needed(rope.factor, "factor", path),
      low: needed(rope.low_freq_factor, "low_freq_factor", path),
      high: needed(rope.high_freq_factor, "high_freq_factor", path),
    });
    return { ...plan, factors: [{ name: "rope_freqs.weight", values }] };
  },

  yarn({ rope, config, path }, { entries, ...plan }) {
    const factor = needed(rope.factor, "factor", path);
    const original = rope.original_max_position_embeddings ?? config.max_position_embeddings;
    const unusual = rope["mscale"] !== undefined || rope["mscale_all_dim"] !== undefined || rope["truncate"] === false;
    if (unusual || (rope.beta_fast ?? 32) !== 32 || (rope.beta_slow ?? 1) !== 1) {
      throw refusal(path, "scales positions by a variant of yarn (mscale, truncate, beta_fast or beta_slow) that is not converted");
    }
    const more = new Map<string, GgufEntry>([
      ...scalingEntries("yarn", factor),
      ["rope.scaling.original_context_length", { type: "uint32", value: original }],
    ]);
    // llama.cpp multiplies by the usual factor itself
    const usual = 0.1 * Math.log(factor) + 1;
    if (rope.attention_factor != null) more.set("rope.scaling.attn_factor", { type: "float32", value: rope.attention_factor / usual });
    return { ...plan, entries: new Map([...entries, ...more]), reach: Math.max(plan.reach, Math.floor(factor * original)) };
  },

  longrope({ rope, config, path, width }, { entries, ...plan }) {
    const original = rope.original_max_position_embeddings ?? config.original_max_position_embeddings;
    const from = needed(original, "original_max_position_embeddings", path);
    const scale = config.max_position_embeddings / from;
    const usual = scale <= 1 ? 1 : Math.sqrt(1 + Math.log(scale) / Math.log(from));
    const factors = (["long", "short"] as const).map((length) => {
      const values = needed(rope[`${length}_factor`], `${length}_factor`, path);
      if (values.length !== width / 2) throw refusal(path, `has ${values.length} numbers in ${length}_factor; ${width / 2} are needed`);
      return { name: `rope_factors_${length}.weight`, values: Float32Array.from(values) };
    });
    const more: [string, GgufEntry][] = [
      ["rope.scaling.original_context_length", { type: "uint32", value: from }],
      ["rope.scaling.attn_factor", { type: "float32", value: rope.attention_factor ?? usual }],
    ];
    return { ...plan, entries: new Map([...entries, ...more]), factors };
  },
};

function scalingEntries(kind: string, factor: number): [string, GgufEntry][] {
  return [
    ["rope.scaling.type", { type: "string", value: kind }],
    ["rope.scaling.factor", { type: "float32", value: factor }],
  ];
}

interface Llama3Scaling {
  width: number;
  theta: number;
  original: number;
  factor: number;
  low: number;
  high: number;
}

/**
 * What frequencies are divided by in Llama 3.1's scaling: slow ones by `factor`, quick ones by 1, those between by something
 * between. Formula: transformers, modeling_rope_utils.py, _compute_llama3_parameters.
 */
function llama3Factors({ width, theta, original, factor, low, high }: Llama3Scaling): Float32Array {
  return Float32Array.from({ length: width / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * i) / width);
    if (wavelength < original / high) return 1;
    if (wavelength > original / low) return factor;
    const smooth = (original / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

function needed<T>(value: T | undefined, name: string, path: string): T {
  if (value !== undefined) return value;
  throw refusal(path, `scales positions, but does not say ${name}`);
}
