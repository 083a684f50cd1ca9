import { cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { prepareModel, type PrepareOptions } from "../../src/lib/inference/convert/prepared-model.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { quantizationOf } from "../../src/lib/inference/models/model-facts.js";
import { quantizeFile } from "../../src/lib/inference/quantize/quantize-file.js";
import { errorOf } from "../helpers/error-of.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/convert", import.meta.url));

function options(folder: string, weights?: PrepareOptions["weights"]): PrepareOptions {
  const signal = new AbortController().signal;
  return { weights, folder, threads: 1, signal, withProgress: (_total, work) => work(() => undefined) };
}

describe("a model that is prepared to be loaded", () => {
  it("is made of a folder once for every kind of weights, and anew when the folder changes", async () => {
    const [cache, model] = [temporaryFolder(), join(temporaryFolder(), "tiny")];
    cpSync(join(FIXTURES, "smollm"), model, { recursive: true });
    const plain = await prepareModel(model, options(cache));
    expect([plain.file.name, quantizationOf(plain.file.header)]).toEqual(["tiny", "F16"]);
    const eight = await prepareModel(model, options(cache, "q8_0"));
    expect([quantizationOf(eight.file.header), eight.from?.quantization]).toEqual(["Q8_0", "LlamaForCausalLM"]);
    const before = statSync(eight.file.path).mtimeMs;
    expect((await prepareModel(model, options(cache, "q8_0"))).file.path).toBe(eight.file.path);
    expect(statSync(eight.file.path).mtimeMs).toBe(before);
    expect(readdirSync(cache)).toHaveLength(2);
    const weights = join(model, "model.safetensors");
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(weights, bytes);
    expect((await prepareModel(model, options(cache, "q8_0"))).file.path).not.toBe(eight.file.path);
  });

  it("is quantized once from a file of floats, and made anew where the cache's file is broken", async () => {
    const cache = temporaryFolder();
    const { file } = await prepareModel(join(FIXTURES, "llama3"), options(cache));
    const four = await prepareModel(file.path, options(cache, "q4_k_m"));
    expect(four.from).toEqual({ sizeBytes: file.sizeBytes, quantization: "F16" });
    truncateSync(four.file.path, 5000);
    const again = await prepareModel(file.path, options(cache, "q4_k_m"));
    expect(again.file.sizeBytes).toBe(four.file.sizeBytes);
    expect(readdirSync(cache)).toHaveLength(2);
  });

  it("is loaded as it is where its weights are that small already, and refused where they would be rounded twice", async () => {
    const cache = temporaryFolder();
    const { file, notes, from } = await prepareModel((await openModelFile("demo")).path, options(cache, "q8_0"));
    expect([file.path, from, notes[0]]).toEqual([expect.stringContaining("demo-q8_0"), undefined, expect.stringContaining("as it is")]);
    const error = await errorOf(() => prepareModel(file.path, options(cache, "q4_k_m")));
    expect([error.code, error.message]).toEqual(["MODEL_INVALID", expect.stringContaining("lose twice")]);
    expect(readdirSync(cache)).toEqual([]);
  });

  it("leaves nothing where it cannot be kept", async () => {
    const blocked = join(temporaryFolder(), "file");
    writeFileSync(blocked, "");
    const error = await errorOf(() => prepareModel(join(FIXTURES, "llama3"), options(join(blocked, "cache"))));
    expect([error.code, error.hint]).toEqual(["STORE_UNWRITABLE", expect.stringContaining("LLMOPS_CACHE_DIR")]);
  });

  it.runIf(existsSync("/dev/full"))("says that the disk is full, and leaves nothing", async () => {
    const folder = temporaryFolder();
    const { file } = await prepareModel(join(FIXTURES, "llama3"), options(folder));
    const out = join(folder, "out.gguf");
    symlinkSync("/dev/full", out);
    const { signal } = options(folder);
    const error = await errorOf(() => quantizeFile(file, { out, preset: "q8_0", threads: 1, signal, onBytes: () => undefined }));
    expect([error.code, error.message]).toEqual(["STORE_UNWRITABLE", expect.stringContaining("the disk is full")]);
    expect(readdirSync(folder)).toHaveLength(2); // the model that was prepared, and the link
  });
});
