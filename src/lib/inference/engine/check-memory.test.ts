import { describe, expect, it } from "vitest";
import { checkCardMemory, checkMemory } from "./check-memory.js";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { GgufHeader, GgufValue } from "../models/gguf-header.js";
import { estimateMemory, largestCacheTensorBytes } from "../models/memory-estimate.js";

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

describe("checkCardMemory", () => {
  const file = { name: "m", path: "/m.gguf", sizeBytes: 144_000_000, header: SMOL };
  const card = { gpu: "cuda", freeBytes: 2 ** 33, share: 1 };

  it("lets through what fits, and models that are not on the card", () => {
    expect(() => checkCardMemory(file, shape, card)).not.toThrow();
    expect(() => checkCardMemory(file, { ...shape, slots: 1000, contextSize: 8192 }, { ...card, share: 0 })).not.toThrow();
  });

  it("refuses a context larger than what is free, with what would fit", async () => {
    const wanted = { ...shape, slots: 64, contextSize: 8192 };
    const error = await errorOf(() => checkCardMemory(file, wanted, card));
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
    expect(error.message).toMatch(/of the card's memory \(cuda\).*64 x 8192 tokens/);
    expect(error.message).not.toContain("weights");
    const slots = Number(/--slots (\d+)/.exec(error.hint ?? "")?.[1]);
    expect(() => checkCardMemory(file, { ...wanted, slots }, card)).not.toThrow();
    expect(() => checkCardMemory(file, wanted, { ...card, share: 0.5 })).not.toThrow();
  });

  it("refuses a cache that Vulkan cannot hold in one piece, however much is free", async () => {
    const wanted = { ...shape, slots: 256, contextSize: 65536 };
    expect(largestCacheTensorBytes(SMOL, wanted)).toBe(3 * 64 * 2 * 256 * 65536);
    const roomy = { ...card, freeBytes: 2 ** 45 };
    expect(() => checkCardMemory(file, wanted, roomy)).not.toThrow();
    const error = await errorOf(() => checkCardMemory(file, wanted, { ...roomy, gpu: "vulkan" }));
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
    expect(error.message).toMatch(/6\.0 GiB.*Vulkan/);
    const slots = Number(/--slots (\d+)/.exec(error.hint ?? "")?.[1]);
    expect(() => checkCardMemory(file, { ...wanted, slots }, { ...roomy, gpu: "vulkan" })).not.toThrow();
  });
});
