import { describe, expect, it } from "vitest";
import { checkMemory } from "./check-memory.js";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { GgufHeader, GgufValue } from "../models/gguf-header.js";
import { estimateMemory } from "../models/memory-estimate.js";

function header(values: Record<string, GgufValue>): GgufHeader {
  const metadata = new Map<string, GgufValue>([["general.architecture", "llama"], ...Object.entries(values)]);
  return { version: 3, metadata, tensors: [], metadataRange: { start: 24, end: 24, fileTypeAt: undefined }, headerSize: 0, dataOffset: 0 };
}

/** SmolLM2-135M's shape. */
const SMOL = header({
  "llama.block_count": 30,
  "llama.embedding_length": 576,
  "llama.attention.head_count": 9,
  "llama.attention.head_count_kv": 3,
  "llama.feed_forward_length": 1536,
  "tokenizer.ggml.tokens": { arrayLength: 49152 },
});
const shape = { slots: 4, contextSize: 1024, batchSize: 512, cacheElementBytes: 2 };

describe("estimateMemory", () => {
  it("counts a key and a value of every key-value head and layer for each token", () => {
    const estimate = estimateMemory(SMOL, 144_000_000, shape);
    expect(estimate.cachePerToken).toBe(30 * 3 * 64 * 2 * 2);
    expect(estimate.cache).toBe(estimate.cachePerToken * 4096);
    expect(estimate.total).toBe(estimate.weights + estimate.cache + estimate.compute);
  });

  it("takes layers with different heads, and head sizes of their own", () => {
    const mixed = header({
      ...Object.fromEntries(SMOL.metadata),
      "llama.attention.head_count_kv": [3, 1],
      "llama.attention.key_length": 128,
    });
    expect(estimateMemory(mixed, 0, shape).cachePerToken).toBe((3 + 1) * (128 + 64) * 2);
  });
});

describe("checkMemory", () => {
  const file = { name: "m", path: "/m.gguf", sizeBytes: 144_000_000, header: SMOL };
  const big = { ...shape, slots: 64, contextSize: 8192 };

  it("lets through what fits", () => expect(() => checkMemory(file, shape, 4e9)).not.toThrow());

  it("refuses what does not, with the numbers and what would fit", async () => {
    const error = await errorOf(() => checkMemory(file, big, 4 * 2 ** 30));
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY", exitCode: 3 });
    expect(error.message).toMatch(/needs 11\.\d GiB.*64 x 8192 tokens.*but 3\.8 GiB/);
    expect(error.hint).toMatch(/--ctx-size \d+ or --slots \d+/);
    const [, context, slots] = /--ctx-size (\d+) or --slots (\d+)/.exec(error.hint ?? "")?.map(Number) ?? [];
    expect(() => checkMemory(file, { ...big, contextSize: context ?? 0 }, 4 * 2 ** 30)).not.toThrow();
    expect(() => checkMemory(file, { ...big, slots: slots ?? 0 }, 4 * 2 ** 30)).not.toThrow();
  });

  it("says so when not even the weights fit", async () => {
    expect((await errorOf(() => checkMemory(file, shape, 300_000_000))).hint).toContain("smaller");
  });
});
