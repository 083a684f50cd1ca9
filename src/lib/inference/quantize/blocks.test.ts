import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeBlocks, encodeBlocks, q4_0, q8_0, type BlockCodec } from "./blocks.js";
import { q4_k, q5_k, q6_k } from "./k-blocks.js";
import { fromHalf, toHalf } from "./half-float.js";

interface Recorded {
  weights: string;
  blocks: Record<string, string>;
  halves: { floats: string; bits: string };
}

const recorded = JSON.parse(readFileSync(new URL("../../../../test/fixtures/quantize/blocks.json", import.meta.url), "utf8")) as Recorded;

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

const weights = new Float32Array(bytesOf(recorded.weights).buffer);

function encoded(codec: BlockCodec, values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / codec.elements) * codec.bytes);
  encodeBlocks(codec, values, out);
  return out;
}

describe("half precision", () => {
  it("is rounded as everywhere else, also where it overflows and where there is no leading one", () => {
    const floats = [...new Float32Array(bytesOf(recorded.halves.floats).buffer)];
    expect(floats.map(toHalf)).toEqual([...new Uint16Array(bytesOf(recorded.halves.bits).buffer)]);
  });

  it("comes back as it was, for every number there is", () => {
    for (let half = 0; half < 65_536; half++) {
      const value = fromHalf(half);
      if (!Number.isNaN(value)) expect(toHalf(value)).toBe(half);
    }
    expect(Number.isNaN(fromHalf(toHalf(Number.NaN)))).toBe(true);
  });
});

describe.each([
  ["Q8_0", q8_0],
  ["Q4_0", q4_0],
] as const)("%s", (name, codec) => {
  it("has the same bytes as llama.cpp's own", () => {
    expect(Buffer.from(encoded(codec, weights)).toString("base64")).toBe(recorded.blocks[name]);
  });

  it("comes back within half a step, and the same when it is kept again", () => {
    const once = decodeBlocks(codec, encoded(codec, weights));
    const twice = decodeBlocks(codec, encoded(codec, once));
    for (let block = 0; block < weights.length; block += codec.elements) {
      const own = weights.subarray(block, block + codec.elements);
      const largest = Math.max(...own.map(Math.abs));
      if (largest < 1e-4) continue; // its scale is too small for 16 bits to hold exactly
      const step = largest / (name === "Q8_0" ? 127 : 8);
      // half a step, and what rounding the scale to 16 bits adds; Q4_0 has no level at +8, so its far end is off by a whole one
      for (let i = 0; i < own.length; i++)
        expect(Math.abs((once[block + i] ?? 0) - (own[i] ?? 0))).toBeLessThanOrEqual(step * (name === "Q8_0" ? 0.6 : 1.1));
    }
    const difference = Math.max(...twice.map((value, i) => Math.abs(value - (once[i] ?? 0))));
    expect(difference).toBeLessThan(2e-3);
  });
});

describe.each([
  ["Q4_K", q4_k],
  ["Q5_K", q5_k],
  ["Q6_K", q6_k],
] as const)("%s", (name, codec) => {
  const reference = decodeBlocks(codec, bytesOf(recorded.blocks[name] ?? ""));
  const own = decodeBlocks(codec, encoded(codec, weights));
  const meanSquare = (values: Float32Array, row: number) => {
    let sum = 0;
    for (let i = 256 * row; i < 256 * (row + 1); i++) sum += ((values[i] ?? 0) - (weights[i] ?? 0)) ** 2;
    return sum / 256;
  };

  it("reads llama.cpp's blocks: they are near the weights", () => {
    const steps = { Q4_K: 15, Q5_K: 31, Q6_K: 63 }[name];
    for (const row of [0, 1, 2, 3, 4]) {
      const range = Math.max(...weights.subarray(256 * row, 256 * (row + 1)).map(Math.abs));
      expect(Math.sqrt(meanSquare(reference, row)), `row ${row}`).toBeLessThan((2 * range) / steps);
    }
  });

  it("errs no more than llama.cpp's own, by 2 %, on every kind of weights", () => {
    const rows = weights.length / 256;
    for (let row = 0; row < rows; row++) {
      const [ours, theirs] = [meanSquare(own, row), meanSquare(reference, row)];
      // what the 16 bits of a scale cannot hold is luck
      const luck = (Math.max(...weights.subarray(256 * row, 256 * (row + 1)).map(Math.abs)) * 2 ** -11) ** 2;
      expect(ours, `row ${row}: ${ours} against ${theirs}`).toBeLessThanOrEqual(1.02 * theirs + Math.max(luck, 1e-14));
    }
  });

  it("has as many bytes as llama.cpp's", () => {
    expect(encoded(codec, weights).length).toBe(bytesOf(recorded.blocks[name] ?? "").length);
  });
});
