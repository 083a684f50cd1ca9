import type { ModelConfig } from "./model-config.js";

type Projection = "q" | "k" | "v" | "o";

/** How a tensor of a layer is called there and here, and what shape it has to have. */
export interface TensorRule {
  /** In the layer, without "weight". */
  from: string;
  to: string;
  /** Rows, and columns where it is a matrix. */
  shape: (config: ModelConfig) => number[];
  /** It has a bias beside it in some models. */
  bias?: boolean;
  /** Whose heads have their rows reordered from halves to pairs; see `pairRows`. */
  pairedHeads?: "queries" | "keys";
}

const queries = ({ num_attention_heads: heads, headWidth }: ModelConfig) => heads * headWidth;
const keys = ({ kvHeads, headWidth }: ModelConfig) => kvHeads * headWidth;
const width = ({ hidden_size: size }: ModelConfig) => size;
const inner = ({ intermediate_size: size }: ModelConfig) => size;

/** Attention with four matrices. `interleaved`: llama.cpp rotates neighboring numbers, where Hugging Face rotates halves. */
export function ATTENTION({ interleaved = false, biases = [] as readonly Projection[] } = {}): TensorRule[] {
  const bias = (which: Projection) => biases.includes(which);
  const paired = (whose: "queries" | "keys") => (interleaved ? { pairedHeads: whose } : {});
  return [
    { from: "self_attn.q_proj", to: "attn_q", shape: (c) => [queries(c), width(c)], bias: bias("q"), ...paired("queries") },
    { from: "self_attn.k_proj", to: "attn_k", shape: (c) => [keys(c), width(c)], bias: bias("k"), ...paired("keys") },
    { from: "self_attn.v_proj", to: "attn_v", shape: (c) => [keys(c), width(c)], bias: bias("v") },
    { from: "self_attn.o_proj", to: "attn_output", shape: (c) => [width(c), queries(c)], bias: bias("o") },
  ];
}

export const FUSED_ATTENTION: readonly TensorRule[] = [
  { from: "self_attn.qkv_proj", to: "attn_qkv", shape: (c) => [queries(c) + 2 * keys(c), width(c)] },
  { from: "self_attn.o_proj", to: "attn_output", shape: (c) => [width(c), queries(c)] },
];

/** Norms of every head's queries and keys. */
export const QK_NORMS: readonly TensorRule[] = [
  { from: "self_attn.q_norm", to: "attn_q_norm", shape: (c) => [c.headWidth] },
  { from: "self_attn.k_norm", to: "attn_k_norm", shape: (c) => [c.headWidth] },
];

export function MLP({ biases: bias = false } = {}): TensorRule[] {
  return [
    { from: "mlp.gate_proj", to: "ffn_gate", shape: (c) => [inner(c), width(c)], bias },
    { from: "mlp.up_proj", to: "ffn_up", shape: (c) => [inner(c), width(c)], bias },
    { from: "mlp.down_proj", to: "ffn_down", shape: (c) => [width(c), inner(c)], bias },
  ];
}

export const FUSED_MLP: readonly TensorRule[] = [
  { from: "mlp.gate_up_proj", to: "ffn_up", shape: (c) => [2 * inner(c), width(c)] },
  { from: "mlp.down_proj", to: "ffn_down", shape: (c) => [width(c), inner(c)] },
];

/** Norms before attention and before the feed-forward part. */
export const NORMS: readonly TensorRule[] = [
  { from: "input_layernorm", to: "attn_norm", shape: (c) => [width(c)] },
  { from: "post_attention_layernorm", to: "ffn_norm", shape: (c) => [width(c)] },
];

/** Norms before and after each. */
export const OUTER_NORMS: readonly TensorRule[] = [
  { from: "input_layernorm", to: "attn_norm", shape: (c) => [width(c)] },
  { from: "post_attention_layernorm", to: "post_attention_norm", shape: (c) => [width(c)] },
  { from: "pre_feedforward_layernorm", to: "ffn_norm", shape: (c) => [width(c)] },
  { from: "post_feedforward_layernorm", to: "post_ffw_norm", shape: (c) => [width(c)] },
];

/** Rows that are reordered together: those of a head; undefined where rows stay where they are. */
export function headRowsOf({ pairedHeads }: TensorRule, rows: number, heads: { queries: number; keys: number }): number | undefined {
  return pairedHeads && rows / heads[pairedHeads];
}

/** Rows of so many heads in llama.cpp's order; `chunk` has whole heads. */
export function pairRows(chunk: Uint8Array, headRows: number, rowBytes: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(chunk.byteLength);
  const order = rowOrder(headRows);
  const headBytes = headRows * rowBytes;
  for (let head = 0; head < chunk.byteLength; head += headBytes) {
    for (const [row, from] of order.entries()) {
      const start = head + from * rowBytes;
      result.set(chunk.subarray(start, start + rowBytes), head + row * rowBytes);
    }
  }
  return result;
}

/**
 * Which row comes where when halves become pairs: in every head, row 2i is row i of the first half and row 2i + 1 row i of the
 * second.
 */
function rowOrder(headRows: number): number[] {
  return Array.from({ length: headRows }, (_, row) => (row >> 1) + (row & 1) * (headRows / 2));
}
