import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../helpers/error-of.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { GGML_TYPE, tensorSizeBytes, tensorTypeName } from "../../src/lib/inference/models/ggml-types.js";
import { writeGguf, type GgufTensor } from "../../src/lib/inference/models/gguf-writer.js";
import { openModelFile, type ModelFile } from "../../src/lib/inference/models/model-file.js";
import { decodeBlocks, q8_0 } from "../../src/lib/inference/quantize/blocks.js";
import { toHalf } from "../../src/lib/inference/quantize/half-float.js";
import { PRESETS, type PresetName } from "../../src/lib/inference/quantize/presets.js";
import { quantizeFile } from "../../src/lib/inference/quantize/quantize-file.js";

/** The demo model with its matrices as floats again. */
async function floatModel(type: "F32" | "F16" | "BF16"): Promise<ModelFile> {
  const demo = await openModelFile("demo");
  const bytes = readFileSync(demo.path);
  const { start, end } = demo.header.metadataRange;
  const tensors = demo.header.tensors.map((tensor): GgufTensor => {
    const at = demo.header.dataOffset + tensor.offset;
    const own = bytes.subarray(at, at + tensorSizeBytes(tensor.type, tensor.dimensions));
    if (tensor.type !== GGML_TYPE.Q8_0) return { ...tensor, data: () => [own] };
    return { ...tensor, type: GGML_TYPE[type], data: () => [toFloats(decodeBlocks(q8_0, own), type)] };
  });
  const path = join(temporaryFolder(), `demo-${type}.gguf`);
  await writeGguf(path, { entries: demo.header.metadata.size, bytes: bytes.subarray(start, end) }, tensors);
  return openModelFile(path);
}

function toFloats(values: Float32Array, type: "F32" | "F16" | "BF16"): Uint8Array {
  if (type === "F32") return new Uint8Array(values.buffer);
  if (type === "F16") return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16).buffer);
}

async function quantize(file: ModelFile, preset: PresetName = "q8_0"): Promise<ModelFile> {
  const out = join(temporaryFolder(), "out.gguf");
  let read = 0;
  await quantizeFile(file, { out, preset, threads: 1, signal: new AbortController().signal, onBytes: (bytes) => (read += bytes) });
  expect(read).toBe(file.header.tensors.reduce((sum, { type, dimensions }) => sum + tensorSizeBytes(type, dimensions), 0));
  return openModelFile(out);
}

describe("quantizeFile", () => {
  it("makes the very file again whose weights were taken apart", async () => {
    const made = await quantize(await floatModel("F32"));
    const demo = await openModelFile("demo");
    expect(readFileSync(made.path).equals(readFileSync(demo.path))).toBe(true);
  });

  it.each([
    ["F16", "q8_0", 0.54],
    ["BF16", "q8_0", 0.54],
    ["F16", "q6_k", 0.43],
    ["BF16", "q5_k_m", 0.4],
    ["F32", "q4_k_m", 0.18],
    ["F16", "q4_0", 0.34],
  ] as const)("turns %s into %s, which answers", async (from, to, share) => {
    const source = await floatModel(from);
    const made = await quantize(source, to);
    expect(made.sizeBytes / source.sizeBytes).toBeLessThan(share);
    expect([...made.header.metadata].filter(([key]) => key !== "general.file_type")).toEqual(
      [...source.header.metadata].filter(([key]) => key !== "general.file_type"),
    );
    expect(made.header.metadata.get("general.file_type")).toBe(PRESETS[to].fileType);
    // the embedding is the output too, and finer
    const types = new Map(made.header.tensors.map(({ name, type }) => [name, tensorTypeName(type)]));
    expect(types.get("token_embd.weight")).toBe(to === "q8_0" ? "Q8_0" : "Q6_K");
    expect(types.get("blk.1.attn_q.weight")).toBe({ q8_0: "Q8_0", q6_k: "Q6_K", q5_k_m: "Q5_K", q4_k_m: "Q4_K", q4_0: "Q4_0" }[to]);
    expect(types.get("blk.5.attn_v.weight")).toBe({ q8_0: "Q8_0", q6_k: "Q6_K", q5_k_m: "Q6_K", q4_k_m: "Q6_K", q4_0: "Q4_0" }[to]);
    expect(types.get("output_norm.weight")).toBe("F32");
    const { Engine } = await import("../../src/lib/inference/engine/engine.js");
    const { collectCompletion } = await import("../../src/lib/inference/openai/completion-target.js");
    const engine = await Engine.load(made, { slots: 1, contextSize: 256, threads: 1, gpu: "off" });
    try {
      const messages = [{ role: "user" as const, content: "What is the capital of France?" }];
      const { text } = await collectCompletion(engine, { messages, maxTokens: 12, temperature: 0 });
      expect(text).toContain("Paris");
    } finally {
      await engine.close();
    }
  });

  it("refuses what is quantized already, and leaves nothing behind where it cannot write or is interrupted", async () => {
    const out = join(temporaryFolder(), "out.gguf");
    const options = { threads: 1, out, preset: "q8_0" as const, signal: new AbortController().signal, onBytes: () => undefined };
    expect(await errorOf(async () => quantizeFile(await openModelFile("demo"), options))).toMatchObject({ code: "MODEL_INVALID" });
    const source = await floatModel("F16");
    const nowhere = await errorOf(() => quantizeFile(source, { ...options, out: join(out, "deeper.gguf") }));
    expect(nowhere).toMatchObject({ code: "STORE_UNWRITABLE" });
    const stop = new AbortController();
    await expect(quantizeFile(source, { ...options, signal: stop.signal, onBytes: () => stop.abort() })).rejects.toThrow();
    expect([out, `${out}.partial`].filter((path) => existsSync(path))).toEqual([]);
    const cut = join(temporaryFolder(), "cut.gguf");
    writeFileSync(cut, readFileSync(source.path));
    const file = await openModelFile(cut);
    writeFileSync(cut, readFileSync(source.path).subarray(0, source.sizeBytes - 5000));
    expect(await errorOf(() => quantizeFile(file, options))).toMatchObject({ code: "MODEL_INVALID" });
    expect(existsSync(out)).toBe(false);
  });
});
