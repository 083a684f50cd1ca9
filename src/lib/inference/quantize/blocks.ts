import { fromHalf, toHalf } from "./half-float.js";

/** A way to keep weights in blocks. Layouts are those of ggml (ggml-common.h): what llama.cpp reads. */
export interface BlockCodec {
  /** Weights of a block. */
  elements: number;
  bytes: number;
  /** Writes the block of `values` from `at` on. */
  encode(values: Float32Array, at: number, out: Uint8Array, offset: number): void;
  /** The weights a block stands for, into `values` from `at` on. */
  decode(block: DataView, offset: number, values: Float32Array, at: number): void;
}

const { fround } = Math;
const SIZE = 32;

/** 32 weights as signed bytes and one scale: the largest is 127 steps. */
export const q8_0: BlockCodec = {
  elements: SIZE,
  bytes: 34,
  encode(values, at, out, offset) {
    let largest = 0;
    for (let i = at; i < at + SIZE; i++) {
      const magnitude = Math.abs(values[i] as number);
      if (magnitude > largest) largest = magnitude;
    }
    const scale = fround(largest / 127);
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    writeHalf(out, offset, scale);
    for (let i = 0; i < SIZE; i++) out[offset + 2 + i] = awayFromZero(fround((values[at + i] as number) * inverse));
  },
  decode(block, offset, values, at) {
    const scale = fromHalf(block.getUint16(offset, true));
    for (let i = 0; i < SIZE; i++) values[at + i] = scale * block.getInt8(offset + 2 + i);
  },
};

/** 32 weights as 4 bits and one scale: the one that is largest is -8 steps, whatever its sign. */
export const q4_0: BlockCodec = {
  elements: SIZE,
  bytes: 18,
  encode(values, at, out, offset) {
    let largest = 0;
    for (let i = 0; i < SIZE; i++) {
      const value = values[at + i] as number;
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    const scale = fround(largest / -8);
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    writeHalf(out, offset, scale);
    for (let i = 0; i < SIZE / 2; i++) {
      out[offset + 2 + i] = level(values[at + i] as number, inverse) | (level(values[at + i + SIZE / 2] as number, inverse) << 4);
    }
  },
  decode(block, offset, values, at) {
    const scale = fromHalf(block.getUint16(offset, true));
    for (let i = 0; i < SIZE / 2; i++) {
      const pair = block.getUint8(offset + 2 + i);
      values[at + i] = scale * ((pair & 15) - 8);
      values[at + i + SIZE / 2] = scale * ((pair >> 4) - 8);
    }
  },
};

/** To the nearest whole number, halves away from zero, as C's roundf; of numbers a byte holds. Without a choice that depends on the sign. */
function awayFromZero(value: number): number {
  const up = ((value + 256.5) | 0) - 256;
  return up - value === 0.5 && value < 0 ? up - 1 : up;
}

/** 0..15, 8 standing for 0. */
function level(value: number, inverse: number): number {
  const shifted = fround(fround(value * inverse) + 8.5) | 0;
  return shifted > 15 ? 15 : shifted;
}

function writeHalf(out: Uint8Array, offset: number, value: number): void {
  const half = toHalf(value);
  out[offset] = half & 255;
  out[offset + 1] = half >> 8;
}

/** Writes all of the weights as blocks; their number has to be a multiple of the block's. */
export function encodeBlocks(codec: BlockCodec, values: Float32Array, out: Uint8Array): void {
  const blocks = values.length / codec.elements;
  for (let block = 0; block < blocks; block++) codec.encode(values, block * codec.elements, out, block * codec.bytes);
}

/** The weights that blocks stand for. */
export function decodeBlocks(codec: BlockCodec, bytes: Uint8Array): Float32Array {
  const blocks = bytes.length / codec.bytes;
  const values = new Float32Array(blocks * codec.elements);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0; block < blocks; block++) codec.decode(view, block * codec.bytes, values, block * codec.elements);
  return values;
}
