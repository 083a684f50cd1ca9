import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { createRandom } from "../../base/math/random.js";
import { planConversion } from "./convert-model.js";
import { readSafetensors } from "./safetensors.js";

const FIXTURES = fileURLToPath(new URL("../../../../test/fixtures/convert", import.meta.url));

function folderOf(family: string): string {
  const folder = temporaryFolder();
  cpSync(join(FIXTURES, family), folder, { recursive: true });
  return folder;
}

type Json = Record<string, unknown>;

function edit(folder: string, name: string, change: (content: Json) => void): void {
  const path = join(folder, name);
  const content = JSON.parse(readFileSync(path, "utf8")) as Json;
  change(content);
  writeFileSync(path, JSON.stringify(content));
}

/** A safetensors file of a header and so many bytes. */
function safetensors(path: string, header: unknown, bytes = 0, headerBytes?: bigint): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(bytes)]));
  return path;
}

describe("a folder that cannot be converted is refused, and nothing is written", () => {
  it.each<[what: string, family: string, spoil: (folder: string) => void, message: RegExp]>([
    [
      "an unknown architecture",
      "llama3",
      (f) => edit(f, "config.json", (c) => (c["architectures"] = ["MixtralForCausalLM"])),
      /MixtralForCausalLM/,
    ],
    ["a name every object has", "llama3", (f) => edit(f, "config.json", (c) => (c["architectures"] = ["constructor"])), /constructor/],
    ["no config", "llama3", (f) => rmSync(join(f, "config.json")), /config\.json is missing/],
    ["a config that is not JSON", "llama3", (f) => writeFileSync(join(f, "config.json"), "{"), /config\.json is not JSON/],
    ["a config without a width", "llama3", (f) => edit(f, "config.json", (c) => delete c["hidden_size"]), /hidden_size/],
    [
      "another width than the weights",
      "llama3",
      (f) => edit(f, "config.json", (c) => (c["intermediate_size"] = 97)),
      /by config.json it is 97 x 64/,
    ],
    [
      "weights that are quantized",
      "llama3",
      (f) => edit(f, "config.json", (c) => (c["quantization_config"] = { quant_method: "gptq" })),
      /gptq/,
    ],
    ["another activation", "llama3", (f) => edit(f, "config.json", (c) => (c["hidden_act"] = "relu")), /relu/],
    [
      "unknown scaling",
      "qwen2",
      (f) => edit(f, "config.json", (c) => (c["rope_parameters"] = { rope_type: "dynamic", factor: 2 })),
      /"dynamic"/,
    ],
    [
      "windows elsewhere",
      "gemma3",
      (f) => edit(f, "config.json", (c) => ((c["layer_types"] as string[])[0] = "full_attention")),
      /layer 0/,
    ],
    ["another query scale", "gemma2", (f) => edit(f, "config.json", (c) => (c["query_pre_attn_scalar"] = 100)), /scales queries by 100/],
    ["a missing shard", "qwen3", (f) => rmSync(join(f, "model-00002-of-00004.safetensors")), /lacks 1 of 4 files of weights: model-00002/],
    ["a shard cut off", "qwen3", (f) => truncateSync(join(f, "model-00002-of-00004.safetensors"), 50_000), /00002.*truncated/],
    [
      "an index into other folders",
      "qwen3",
      (f) => edit(f, "model.safetensors.index.json", (c) => (c["weight_map"] = { x: "../../../x.safetensors" })),
      /\.\.\/\.\.\/x/,
    ],
    ["weights cut off", "llama3", (f) => truncateSync(join(f, "model.safetensors"), 9000), /truncated/],
    ["no weights", "llama3", (f) => rmSync(join(f, "model.safetensors")), /has no model\.safetensors/],
    [
      "pickled weights",
      "llama3",
      (f) => (rmSync(join(f, "model.safetensors")), writeFileSync(join(f, "pytorch_model.bin"), "")),
      /pickles/,
    ],
    ["no tokenizer", "llama3", (f) => rmSync(join(f, "tokenizer.json")), /neither tokenizer\.json nor tokenizer\.model/],
    ["a tokenizer without merges", "llama3", (f) => edit(f, "tokenizer.json", (c) => delete (c["model"] as Json)["merges"]), /no merges/],
    ["another kind of tokenizer", "llama3", (f) => edit(f, "tokenizer.json", (c) => ((c["model"] as Json)["type"] = "Unigram")), /Unigram/],
    [
      "an unknown way to cut text",
      "llama3",
      (f) => edit(f, "tokenizer.json", (c) => (c["pre_tokenizer"] = { type: "ByteLevel", add_prefix_space: true })),
      /not known here/,
    ],
    [
      "a tokenizer.model that is none",
      "llama2",
      (f) => writeFileSync(join(f, "tokenizer.model"), "no pieces at all"),
      /tokenizer\.model is not a SentencePiece/,
    ],
  ])("%s", async (_, family, spoil, message) => {
    const folder = folderOf(family);
    spoil(folder);
    const before = readdirSync(folder);
    const error = await errorOf(() => planConversion(folder));
    expect(error).toMatchObject({ code: "MODEL_INVALID", exitCode: 2 });
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
    expect(readdirSync(folder)).toEqual(before);
  });

  it("a tensor nobody knows", async () => {
    const folder = folderOf("smollm");
    const path = join(folder, "model.safetensors");
    const bytes = readFileSync(path);
    const end = 8 + Number(bytes.readBigUInt64LE());
    const header = bytes.subarray(8, end).toString().replaceAll("mlp.up_proj", "mlp.experts");
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 8), Buffer.from(header), bytes.subarray(end)]));
    expect((await errorOf(() => planConversion(folder))).message).toMatch(/lacks the tensor model\.layers\.0\.mlp\.up_proj\.weight/);
  });

  it("a weight that F16 does not reach", async () => {
    const folder = folderOf("llama3");
    const path = join(folder, "model.safetensors");
    const bytes = readFileSync(path);
    bytes.writeUInt16LE(0x7f00, bytes.length - 1000); // 1.7e38 as bf16
    writeFileSync(path, bytes);
    const out = join(temporaryFolder(), "model.gguf");
    const plan = await planConversion(folder);
    const options = { out, threads: 1, signal: new AbortController().signal, onBytes: () => undefined };
    const error = await errorOf(() => plan.write({ ...options, type: "f16" }));
    expect(error.message).toMatch(/beyond 65504/);
    expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false);
    await (await planConversion(folder)).write({ ...options, type: "bf16" });
    expect(existsSync(out)).toBe(true);
  });
});

describe("a file somebody tampered with", () => {
  const tensor = (more: Json) => ({ x: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16], ...more } });

  it.each<[what: string, make: (path: string) => string, message: RegExp]>([
    ["is too short", (path) => (writeFileSync(path, "abc"), path), /truncated/],
    ["claims a header of exabytes", (path) => safetensors(path, {}, 0, 1n << 60n), /claims a header/],
    ["claims a header longer than itself", (path) => safetensors(path, {}, 0, 5000n), /truncated/],
    ["has no JSON", (path) => safetensors(path, "{nothing"), /not JSON/],
    ["has a list", (path) => safetensors(path, []), /not an object/],
    ["has deep JSON", (path) => safetensors(path, `${"[".repeat(200_000)}${"]".repeat(200_000)}`), /not (JSON|an object)/],
    ["has negative sizes", (path) => safetensors(path, tensor({ shape: [-2, -2] }), 16), /cannot be/],
    ["has endless sizes", (path) => safetensors(path, tensor({ shape: [2 ** 40, 2 ** 40] }), 16), /16 bytes/],
    ["goes beyond its end", (path) => safetensors(path, tensor({ data_offsets: [1e9, 1e9 + 16] }), 16), /truncated/],
    ["begins before its beginning", (path) => safetensors(path, tensor({ data_offsets: [-16, 0] }), 16), /cannot be/],
    ["has bytes that are too few", (path) => safetensors(path, tensor({ data_offsets: [0, 12] }), 16), /12 bytes/],
    ["has integers", (path) => safetensors(path, tensor({ dtype: "I8" }), 16), /as I8/],
    ["has null for a tensor", (path) => safetensors(path, { x: null }), /cannot be/],
  ])("%s", async (_, make, message) => {
    const error = await errorOf(() => readSafetensors(make(join(temporaryFolder(), "model.safetensors"))));
    expect(error).toMatchObject({ code: "MODEL_INVALID" });
    expect(error.message).toMatch(message);
  });

  it.each([
    ["qwen2", "model.safetensors"],
    ["llama2", "tokenizer.model"],
    ["llama3", "tokenizer.json"],
    ["gemma3", "config.json"],
  ])("is refused or read, whatever bytes are changed, and never anything else: %s, %s", async (family, name) => {
    const folder = folderOf(family);
    const path = join(folder, name);
    const whole = readFileSync(path);
    const end = name.endsWith(".safetensors") ? 8 + Number(whole.readBigUInt64LE()) : whole.length;
    const random = createRandom(11);
    for (let trial = 0; trial < 60; trial++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change < 3; change++) bytes[Math.floor(random() * end)] = Math.floor(random() * 256);
      writeFileSync(path, bytes);
      const thrown = await planConversion(folder).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (thrown !== undefined) expect(thrown).toBeInstanceOf(LlmopsError);
    }
  });
});
