import type { BlockCodec } from "./blocks.js";
import { fitOffset, fitSymmetric, type Line } from "./fit-levels.js";
import { fromHalf, toHalf } from "./half-float.js";

/** Weights of a super-block, whose scales are kept together. */
const SUPER = 256;
const GROUP = 32;
const GROUPS = SUPER / GROUP;
/** Scales and offsets of groups have six bits. */
const MOST = 63;
const NEIGHBORS = [0, -1, 1];

interface Groups {
  /** Of the super-block, as 16 bits hold them. */
  scale: number;
  offset: number;
  scales: Uint8Array;
  offsets: Uint8Array;
  levels: Uint8Array;
}

/** 256 weights in groups of 32: level * scale - offset, both of a group's in six bits, and so many levels. */
function toGroups(values: Float32Array, at: number, most: number): Groups {
  const fits = Array.from({ length: GROUPS }, (_, group) => fitOffset(values, { at: at + group * GROUP, count: GROUP, most }));
  const scale = fromHalf(toHalf(Math.max(...fits.map((fit) => fit.scale)) / MOST));
  const offset = fromHalf(toHalf(Math.max(...fits.map((fit) => fit.offset)) / MOST));
  const sixBits = (value: number, unit: number) => (unit > 0 ? Math.min(MOST, Math.round(value / unit)) : 0);
  const scales = Uint8Array.from(fits, (fit) => sixBits(fit.scale, scale));
  const offsets = Uint8Array.from(fits, (fit) => sixBits(fit.offset, offset));
  for (let group = 0; group < GROUPS; group++) {
    const rounded = { scale: scales[group] as number, offset: offsets[group] as number };
    const best = nearestSixBits(values, at + group * GROUP, rounded, { scale, offset, most });
    scales[group] = best.scale;
    offsets[group] = best.offset;
  }
  const levels = new Uint8Array(SUPER);
  for (let i = 0; i < SUPER; i++) {
    const group = i >> 5;
    levels[i] = levelOf(values[at + i] as number, scale * (scales[group] as number), offset * (offsets[group] as number), most);
  }
  return { scale, offset, scales, offsets, levels };
}

function levelOf(value: number, step: number, shift: number, most: number): number {
  const place = (value + shift) / step + 0.5;
  return step === 0 || place < 0 ? 0 : place > most ? most : place | 0;
}

/** Rounding scale and offset apart is not best for both: the neighbors are tried too. */
function nearestSixBits(values: Float32Array, at: number, rounded: Line, units: Line & { most: number }): Line {
  let best = rounded;
  let least = Infinity;
  for (const ds of NEIGHBORS) {
    for (const dm of NEIGHBORS) {
      const [scale, offset] = [rounded.scale + ds, rounded.offset + dm];
      if (scale < 0 || offset < 0 || scale > MOST || offset > MOST) continue;
      const error = errorOf(values, at, { scale: scale * units.scale, offset: offset * units.offset }, units.most);
      if (error >= least) continue;
      least = error;
      best = { scale, offset };
    }
  }
  return best;
}

function errorOf(values: Float32Array, at: number, { scale, offset }: Line, most: number): number {
  let error = 0;
  for (let i = at; i < at + GROUP; i++) {
    const value = values[i] as number;
    const difference = scale * levelOf(value, scale, offset, most) - offset - value;
    error += difference * difference;
  }
  return error;
}

/** Head of Q4_K and Q5_K: two halves, then eight scales and eight offsets of six bits in twelve bytes. */
function writeHead({ scale, offset, scales, offsets }: Groups, out: Uint8Array, at: number): void {
  const view = new DataView(out.buffer, out.byteOffset + at, 16);
  view.setUint16(0, toHalf(scale), true);
  view.setUint16(2, toHalf(offset), true);
  for (let i = 0; i < 4; i++) {
    const [low, high] = [scales[i] as number, scales[i + 4] as number];
    const [lowOffset, highOffset] = [offsets[i] as number, offsets[i + 4] as number];
    out[at + 4 + i] = low | ((high >> 4) << 6);
    out[at + 8 + i] = lowOffset | ((highOffset >> 4) << 6);
    out[at + 12 + i] = (high & 15) | ((highOffset & 15) << 4);
  }
}

function readHead(block: DataView, at: number): { scales: number[]; offsets: number[] } {
  const [scale, offset] = [fromHalf(block.getUint16(at, true)), fromHalf(block.getUint16(at + 2, true))];
  const byte = (i: number) => block.getUint8(at + 4 + i);
  const indices = [0, 1, 2, 3];
  return {
    scales: [...indices.map((i) => byte(i) & 63), ...indices.map((i) => (byte(i + 8) & 15) | ((byte(i) >> 6) << 4))].map(
      (six) => scale * six,
    ),
    offsets: [...indices.map((i) => byte(i + 4) & 63), ...indices.map((i) => (byte(i + 8) >> 4) | ((byte(i + 4) >> 6) << 4))].map(
      (six) => offset * six,
    ),
  };
}

/** Q4_K with 16 levels, or Q5_K with 32, whose fifth bits stand together before the others. */
function offsetCodec(bits: 4 | 5): BlockCodec {
  const upper = bits === 5 ? 32 : 0;
  return {
    elements: SUPER,
    bytes: 16 + upper + 128,
    encode(values, at, out, offset) {
      const groups = toGroups(values, at, 2 ** bits - 1);
      const { levels } = groups;
      out.fill(0, offset, offset + 16 + upper + 128);
      writeHead(groups, out, offset);
      for (let i = 0; i < 128; i++) {
        // two groups share 32 bytes: one the lower half of each, the next the upper
        const [pair, column] = [i >> 5, i & 31];
        const [first, second] = [levels[64 * pair + column] as number, levels[64 * pair + 32 + column] as number];
        out[offset + 16 + upper + i] = (first & 15) | ((second & 15) << 4);
        if (upper > 0) {
          const place = offset + 16 + column;
          out[place] = (out[place] as number) | ((first >> 4) << (2 * pair)) | ((second >> 4) << (2 * pair + 1));
        }
      }
    },
    decode(block, offset, values, at) {
      const { scales, offsets } = readHead(block, offset);
      for (let i = 0; i < SUPER; i++) {
        const [group, column] = [i >> 5, i & 31];
        const pair = block.getUint8(offset + 16 + upper + 32 * (group >> 1) + column);
        const fifth = upper > 0 ? ((block.getUint8(offset + 16 + column) >> group) & 1) << 4 : 0;
        const level = (group % 2 === 0 ? pair & 15 : pair >> 4) | fifth;
        values[at + i] = (scales[group] as number) * level - (offsets[group] as number);
      }
    },
  };
}

export const q4_k: BlockCodec = offsetCodec(4);
export const q5_k: BlockCodec = offsetCodec(5);

const SMALL = 16;

/** 256 weights in groups of 16: 64 levels around 0, scales of groups as signed bytes. */
export const q6_k: BlockCodec = {
  elements: SUPER,
  bytes: 210,
  encode(values, at, out, offset) {
    const fits = Array.from({ length: SUPER / SMALL }, (_, group) =>
      fitSymmetric(values, { at: at + group * SMALL, count: SMALL, most: 32 }),
    );
    const largest = fits.reduce((most, scale) => (Math.abs(scale) > Math.abs(most) ? scale : most), 0);
    const unit = fromHalf(toHalf(largest / -128));
    const scales = fits.map((scale) => (unit === 0 ? 0 : Math.max(-128, Math.min(127, Math.round(scale / unit)))));
    const levels = Uint8Array.from({ length: SUPER }, (_, i) => {
      const step = unit * (scales[i >> 4] as number);
      return step === 0 ? 32 : Math.max(0, Math.min(63, Math.round((values[at + i] as number) / step) + 32));
    });
    for (let half = 0; half < 2; half++) {
      for (let column = 0; column < 32; column++) {
        const [a, b, c, d] = [0, 32, 64, 96].map((more) => levels[128 * half + more + column] as number) as [
          number,
          number,
          number,
          number,
        ];
        out[offset + 64 * half + column] = (a & 15) | ((c & 15) << 4);
        out[offset + 64 * half + 32 + column] = (b & 15) | ((d & 15) << 4);
        out[offset + 128 + 32 * half + column] = (a >> 4) | ((b >> 4) << 2) | ((c >> 4) << 4) | ((d >> 4) << 6);
      }
    }
    scales.forEach((scale, group) => (out[offset + 192 + group] = scale));
    const half = toHalf(unit);
    out[offset + 208] = half & 255;
    out[offset + 209] = half >> 8;
  },
  decode(block, offset, values, at) {
    const unit = fromHalf(block.getUint16(offset + 208, true));
    for (let i = 0; i < SUPER; i++) {
      const [half, quarter, column] = [i >> 7, (i >> 5) & 3, i & 31];
      const low = block.getUint8(offset + 64 * half + 32 * (quarter & 1) + column) >> (quarter > 1 ? 4 : 0);
      const high = block.getUint8(offset + 128 + 32 * half + column) >> (2 * quarter);
      const level = (low & 15) | ((high & 3) << 4);
      values[at + i] = unit * block.getInt8(offset + 192 + (i >> 4)) * (level - 32);
    }
  },
};
