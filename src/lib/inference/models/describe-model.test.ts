import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { createRandom } from "../../base/math/random.js";
import { describeModel } from "./describe-model.js";
import { GgufFormatError, readGgufHeader } from "./gguf-header.js";
import { openModelFile } from "./model-file.js";

describe("describeModel", () => {
  it("says what the demo model is, and what it needs", async () => {
    const file = await openModelFile("demo");
    const model = describeModel(file, { slots: 2, context: 1024, cacheElementBytes: 2 });
    expect(model).toMatchObject({ architecture: "llama", quantization: "Q8_0", chat_template: true, vocabulary: 4096 });
    expect(model.parameters).toBeGreaterThan(6_000_000);
    expect(model.bits_per_weight).toBeCloseTo(8.5, 1);
    expect(model.tensors.reduce((sum, { count }) => sum + count, 0)).toBe(file.header.tensors.length);
    const [memory] = model.memory;
    expect(memory).toMatchObject({ slots: 2, context: 1024, weights: file.sizeBytes });
    const [twice] = describeModel(file, { slots: 4, context: 1024, cacheElementBytes: 2 }).memory;
    expect(twice?.cache).toBe(2 * (memory?.cache ?? 0));
  });
});

describe("a header somebody tampered with", () => {
  const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const u64 = (value: number | bigint) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
  const text = (value: string) => Buffer.concat([u64(value.length), Buffer.from(value)]);
  const file = (...parts: Buffer[]) => {
    const path = join(temporaryFolder(), "m.gguf");
    writeFileSync(path, Buffer.concat([Buffer.from("GGUF"), u32(3), ...parts]));
    return path;
  };
  const depth = (levels: number) => Array.from({ length: levels }, () => Buffer.concat([u32(9), u64(1)]));

  it.each([
    ["more tensors than bytes", () => file(u64(1n << 50n), u64(0))],
    ["more metadata than bytes", () => file(u64(0), u64(1n << 40n))],
    ["a count beyond all numbers", () => file(u64(0), u64(1n << 63n))],
    ["a string of gigabytes", () => file(u64(0), u64(1), u64(1n << 33n), Buffer.from("x"))],
    ["an array of gigabytes", () => file(u64(0), u64(1), text("a"), u32(9), u32(0), u64(1n << 40n), Buffer.alloc(64))],
    ["arrays in arrays without end", () => file(u64(0), u64(1), text("a"), u32(9), ...depth(2000), u32(0), u64(0), Buffer.alloc(64))],
    ["no alignment", () => file(u64(0), u64(1), text("general.alignment"), u32(4), u32(0), Buffer.alloc(64))],
    ["a type nobody knows", () => file(u64(0), u64(1), text("a"), u32(99), Buffer.alloc(64))],
    ["a tensor of a hundred dimensions", () => file(u64(1), u64(0), text("t"), u32(100), Buffer.alloc(900))],
  ])("is refused: %s", async (_, make) => {
    await expect(readGgufHeader(make())).rejects.toThrow(GgufFormatError);
  });

  it("is refused or read, whatever bytes are changed, and never anything else", async () => {
    const { path } = await openModelFile("demo");
    const whole = readFileSync(path).subarray(0, 200_000);
    const random = createRandom(7);
    const mutant = join(temporaryFolder(), "mutant.gguf");
    for (let trial = 0; trial < 60; trial++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change < 3; change++) bytes[Math.floor(random() ** 3 * bytes.length)] = Math.floor(random() * 256);
      writeFileSync(mutant, bytes);
      const error = await readGgufHeader(mutant).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(GgufFormatError);
    }
  });
});
