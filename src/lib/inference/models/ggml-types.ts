/** [elements per block, bytes per block, name] by ggml tensor type (ggml.h, GGML_TYPE_*); types not listed have an unknown size. */
const BLOCKS: Record<number, readonly [number, number, string]> = {
  0: [1, 4, "F32"],
  1: [1, 2, "F16"],
  2: [32, 18, "Q4_0"],
  3: [32, 20, "Q4_1"],
  6: [32, 22, "Q5_0"],
  7: [32, 24, "Q5_1"],
  8: [32, 34, "Q8_0"],
  10: [256, 84, "Q2_K"],
  11: [256, 110, "Q3_K"],
  12: [256, 144, "Q4_K"],
  13: [256, 176, "Q5_K"],
  14: [256, 210, "Q6_K"],
  30: [1, 2, "BF16"],
};

/** Tensor types by name, for those this project writes. */
export const GGML_TYPE = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 8, Q4_K: 12, Q5_K: 13, Q6_K: 14, BF16: 30 } as const;

/** The size in bytes of a tensor; 0 for a type whose blocks are not known here. */
export function tensorSizeBytes(type: number, dimensions: readonly number[]): number {
  const [elements, bytes] = BLOCKS[type] ?? [1, 0];
  return (dimensions.reduce((product, d) => product * d, 1) / elements) * bytes;
}

/** The name of a tensor type, "type N" for one not known here. */
export function tensorTypeName(type: number): string {
  return BLOCKS[type]?.[2] ?? `type ${type}`;
}
