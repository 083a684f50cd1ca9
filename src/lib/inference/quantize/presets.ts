import { GGML_TYPE } from "../models/ggml-types.js";
import { q4_0, q8_0, type BlockCodec } from "./blocks.js";
import { q4_k, q5_k, q6_k } from "./k-blocks.js";

/** A type of tensors with what writes it. */
export interface BlockKind {
  type: number;
  codec: BlockCodec;
}

const Q8_0: BlockKind = { type: GGML_TYPE.Q8_0, codec: q8_0 };
const Q4_0: BlockKind = { type: GGML_TYPE.Q4_0, codec: q4_0 };
const Q4_K: BlockKind = { type: GGML_TYPE.Q4_K, codec: q4_k };
const Q5_K: BlockKind = { type: GGML_TYPE.Q5_K, codec: q5_k };
const Q6_K: BlockKind = { type: GGML_TYPE.Q6_K, codec: q6_k };

interface Preset {
  usual: BlockKind;
  /** For the tensors that answers depend on most; the usual one where it is absent. */
  finer?: BlockKind;
  /** Its number in general.file_type, as llama.cpp counts them. */
  fileType: number;
}

/** What weights can be turned into; the names are llama.cpp's. */
export const PRESETS = {
  q8_0: { usual: Q8_0, fileType: 7 },
  q6_k: { usual: Q6_K, fileType: 18 },
  q5_k_m: { usual: Q5_K, finer: Q6_K, fileType: 17 },
  q4_k_m: { usual: Q4_K, finer: Q6_K, fileType: 15 },
  q4_0: { usual: Q4_0, finer: Q6_K, fileType: 2 },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** What a weight can be without blocks, with the file's number for it. */
export const FLOATS = {
  f16: { type: GGML_TYPE.F16, fileType: 1 },
  bf16: { type: GGML_TYPE.BF16, fileType: 32 },
  f32: { type: GGML_TYPE.F32, fileType: 0 },
} as const;

export type WeightType = keyof typeof FLOATS | PresetName;
export const WEIGHT_TYPES = [...Object.keys(FLOATS), ...PRESET_NAMES] as WeightType[];

/** What writes a type's blocks. Throws RangeError for a type that nothing here writes. */
export function codecOf(type: number): BlockCodec {
  const kind = [Q8_0, Q4_0, Q4_K, Q5_K, Q6_K].find((one) => one.type === type);
  if (kind) return kind.codec;
  throw new RangeError(`tensors of type ${type} are not written here`);
}

/** What is known of a model around a tensor. */
export interface ModelShape {
  layers: number;
  /** The output has its own matrix; else the embedding's is used twice. */
  hasOutput: boolean;
}

/**
 * How a matrix is kept, by its name and row length. As in llama.cpp's mixtures the output is finer, and with q4_k_m and q5_k_m so are
 * values and down projections in the first and last eighth of the layers and every third between. Rows that are not whole
 * super-blocks are kept as Q8_0; undefined where even those do not fit.
 */
export function kindFor(name: PresetName, tensor: { name: string; columns: number }, shape: ModelShape): BlockKind | undefined {
  const { usual, finer = usual }: Preset = PRESETS[name];
  const wanted = isOutput(tensor.name, shape) || (name.endsWith("_m") && isSensitive(tensor.name, shape)) ? finer : usual;
  return [wanted, Q8_0].find(({ codec }) => tensor.columns % codec.elements === 0);
}

function isOutput(name: string, { hasOutput }: ModelShape): boolean {
  return name === (hasOutput ? "output.weight" : "token_embd.weight");
}

function isSensitive(name: string, { layers }: ModelShape): boolean {
  const [, layer] = /^blk\.(\d+)\.(?:attn_v|ffn_down)\.weight$/.exec(name) ?? [];
  if (layer === undefined) return false;
  const index = Number(layer);
  const eighth = Math.floor(layers / 8);
  return index < eighth || index >= Math.floor((7 * layers) / 8) || (index - eighth) % 3 === 2;
}

/** The type a matrix of a converted model is kept as. */
export function matrixType(wanted: WeightType, tensor: { name: string; columns: number }, shape: ModelShape): number {
  if (wanted === "f16" || wanted === "bf16" || wanted === "f32") return FLOATS[wanted].type;
  return kindFor(wanted, tensor, shape)?.type ?? GGML_TYPE.F16;
}

/** A type's number in general.file_type. */
export function fileTypeOf(type: WeightType): number {
  return { ...FLOATS, ...PRESETS }[type].fileType;
}

/** Bits that the largest of a preset's blocks take for a weight. */
export function bitsOf(preset: PresetName): number {
  const { usual, finer = usual }: Preset = PRESETS[preset];
  return Math.max(...[usual, finer].map(({ codec }) => (8 * codec.bytes) / codec.elements));
}
