import type { GgufEntry } from "../models/gguf-writer.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ModelConfig, RawConfig } from "./model-config.js";
import { refusal } from "./refusal.js";
import { localRopeBase, type RopeKind } from "./rope.js";
import { ATTENTION, FUSED_ATTENTION, FUSED_MLP, MLP, NORMS, OUTER_NORMS, QK_NORMS, type TensorRule } from "./tensor-rules.js";

/** How models of a kind are named and described in a GGUF. */
export interface Family {
  /** llama.cpp's name, which prefixes its numbers. */
  architecture: string;
  /** config.json's fields where they are left out, as transformers' own class has them. */
  defaults: Record<string, unknown>;
  /** Tensors of a layer. */
  layer: readonly TensorRule[];
  /** Norms are kept as what is added to one. */
  normsAddOne?: boolean;
  ropeKinds: readonly RopeKind[];
  /** What llama.cpp computes between the matrices of the feed-forward part. */
  activation: RegExp;
  /** Numbers beside those that all have. */
  entries?: (config: ModelConfig) => [string, GgufEntry][];
  /** Throws for what llmops would compute otherwise than the original. */
  check?: (config: ModelConfig, path: string) => void;
}

const uint = (value: number): GgufEntry => ({ type: "uint32", value });
const float = (value: number): GgufEntry => ({ type: "float32", value });
const SILU = /^(silu|swish)$/;
/** Older files of Gemma say gelu and mean its approximation. */
const GELU = /^gelu(_pytorch_tanh)?$/;
const SCALED: readonly RopeKind[] = ["default", "linear", "yarn"];

const LLAMA: Family = {
  architecture: "llama",
  defaults: { max_position_embeddings: 2048, rms_norm_eps: 1e-6 },
  layer: [...ATTENTION({ interleaved: true, biases: ["q", "k", "v", "o"] }), ...MLP({ biases: true }), ...NORMS],
  ropeKinds: [...SCALED, "llama3"],
  activation: SILU,
};

const QWEN2: Family = {
  architecture: "qwen2",
  defaults: { num_key_value_heads: 32, max_position_embeddings: 32_768, rms_norm_eps: 1e-6 },
  layer: [...ATTENTION({ biases: ["q", "k", "v"] }), ...MLP(), ...NORMS],
  ropeKinds: SCALED,
  activation: SILU,
  check: refuseWindow,
};

const QWEN3: Family = {
  ...QWEN2,
  architecture: "qwen3",
  defaults: { ...QWEN2.defaults, head_dim: 128 },
  layer: [...ATTENTION(), ...QK_NORMS, ...MLP(), ...NORMS],
};

const PHI3: Family = {
  architecture: "phi3",
  defaults: { max_position_embeddings: 4096, original_max_position_embeddings: 4096, rms_norm_eps: 1e-5 },
  layer: [...FUSED_ATTENTION, ...FUSED_MLP, ...NORMS],
  ropeKinds: ["default", "longrope"],
  activation: SILU,
  entries: ({ sliding_window: window }) => [["attention.sliding_window", uint(window ?? 0)]],
};

const GEMMA: Family = {
  architecture: "gemma",
  defaults: { head_dim: 256, num_key_value_heads: 16, max_position_embeddings: 8192, rms_norm_eps: 1e-6 },
  layer: [...ATTENTION(), ...MLP(), ...NORMS],
  normsAddOne: true,
  ropeKinds: ["default"],
  activation: GELU,
};

const GEMMA2: Family = {
  ...GEMMA,
  architecture: "gemma2",
  defaults: {
    ...GEMMA.defaults,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    sliding_window: 4096,
    attn_logit_softcapping: 50,
    final_logit_softcapping: 30,
    query_pre_attn_scalar: 256,
  },
  layer: [...ATTENTION(), ...MLP(), ...OUTER_NORMS],
  entries: ({ attn_logit_softcapping: inner, final_logit_softcapping: last, sliding_window: window }) => [
    ["attn_logit_softcapping", float(inner ?? 0)],
    ["final_logit_softcapping", float(last ?? 0)],
    ["attention.sliding_window", uint(window ?? 0)],
  ],
  check(config, path) {
    checkWindows(config, { path, period: 2 });
    checkQueryScale(config, { path, largestLayers: 46 });
    if (!config.attn_logit_softcapping || !config.final_logit_softcapping)
      throw refusal(path, "has no soft caps, which llama.cpp always applies");
  },
};

const GEMMA3: Family = {
  ...GEMMA,
  architecture: "gemma3",
  defaults: {
    ...GEMMA2.defaults,
    max_position_embeddings: 131_072,
    rope_theta: 1_000_000,
    rope_local_base_freq: 10_000,
    vocab_size: 262_208,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
  },
  layer: [...ATTENTION(), ...QK_NORMS, ...MLP(), ...OUTER_NORMS],
  ropeKinds: ["default", "linear"],
  entries: (config) => [
    ["attention.sliding_window", uint(config.sliding_window ?? 0)],
    ["rope.freq_base_swa", float(localRopeBase(config) ?? 10_000)],
    ...(config.final_logit_softcapping ? [["final_logit_softcapping", float(config.final_logit_softcapping)] as [string, GgufEntry]] : []),
  ],
  check(config, path) {
    checkWindows(config, { path, period: 6 });
    checkQueryScale(config, { path, largestLayers: 62 });
    if (localRopeBase(config) !== 10_000)
      throw refusal(path, `rotates its windows on a base of ${localRopeBase(config)}; llama.cpp takes 10000`);
    if (config.attn_logit_softcapping) throw refusal(path, "caps its attention, which llama.cpp does not for this architecture");
  },
};

/** By Hugging Face's class. */
const FAMILIES: Readonly<Record<string, Family>> = {
  LlamaForCausalLM: LLAMA,
  MistralForCausalLM: { ...LLAMA, defaults: { ...LLAMA.defaults, num_key_value_heads: 8, max_position_embeddings: 131_072 } },
  Qwen2ForCausalLM: QWEN2,
  Qwen3ForCausalLM: QWEN3,
  Phi3ForCausalLM: PHI3,
  GemmaForCausalLM: GEMMA,
  Gemma2ForCausalLM: GEMMA2,
  Gemma3ForCausalLM: GEMMA3,
  Gemma3ForConditionalGeneration: GEMMA3,
};

/** What is known of a model's architecture. Throws MODEL_INVALID naming one that is not known. */
export function findFamily({ path, className }: RawConfig): Family {
  const family = Object.hasOwn(FAMILIES, className) ? FAMILIES[className] : undefined;
  if (family) return family;
  throw new LlmopsError("MODEL_INVALID", `${path} names the architecture ${className}, which cannot be converted here.`, {
    hint: `These can: ${Object.keys(FAMILIES).join(", ")}. For others there is llama.cpp's convert_hf_to_gguf.py.`,
  });
}

/** The family of a GGUF's architecture; undefined for one that is not known here. */
export function familyOf(architecture: string): Family | undefined {
  return Object.values(FAMILIES).find((family) => family.architecture === architecture);
}

/** Throws MODEL_INVALID for what llama.cpp would compute otherwise than the original. */
export function checkFamily(family: Family, config: ModelConfig, path: string): void {
  const activation = config.hidden_activation ?? config.hidden_act;
  if (activation != null && !family.activation.test(activation)) {
    throw refusal(path, `names the activation ${activation}, which llama.cpp does not compute for ${family.architecture}`);
  }
  family.check?.(config, path);
}

/** What is worth knowing of a model that answers as the original only up to some length. */
export function notesOf({ architecture }: Family, config: ModelConfig): string[] {
  const { sliding_window: window, max_position_embeddings: limit } = config;
  if (!["llama", "phi3"].includes(architecture) || window == null || window >= limit) return [];
  return [`The original attends to the last ${window} tokens; llama.cpp attends to all of them, so answers differ in longer contexts.`];
}

function refuseWindow(config: ModelConfig, path: string): void {
  if (config.use_sliding_window && config.layer_types?.includes("sliding_attention")) {
    throw refusal(path, "has layers that see only a window, which llama.cpp does not compute for this architecture");
  }
}

/** Every `period`-th layer sees everything: so it stands in llama.cpp, and not in the file. */
function checkWindows({ layer_types: kinds }: ModelConfig, { path, period }: { path: string; period: number }): void {
  const other = kinds?.findIndex((kind, i) => kind !== ((i + 1) % period === 0 ? "full_attention" : "sliding_attention")) ?? -1;
  if (other >= 0) throw refusal(path, `has layer ${other} as ${kinds?.[other]}; llama.cpp lets every ${period}th layer see everything`);
}

/** llama.cpp knows the scale of queries by the number of layers: the largest model divides by another number than the others. */
function checkQueryScale(config: ModelConfig, { path, largestLayers }: { path: string; largestLayers: number }): void {
  const { num_hidden_layers: layers, num_attention_heads: heads, hidden_size: width, headWidth, query_pre_attn_scalar: scalar } = config;
  const expected = layers === largestLayers ? width / heads : headWidth;
  if (scalar != null && scalar !== expected) {
    throw refusal(path, `scales queries by ${scalar}; llama.cpp takes ${expected} for a model of ${layers} layers`);
  }
}
