// How quickly a Hugging Face folder of F16 weights becomes a GGUF file: every type, with one thread and with one a core, disk included.
// Usage: npm run bench -- convert [MB]
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync, openSync, writeSync, closeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { planConversion } from "../dist/lib/inference/convert/convert-model.js";
import { WEIGHT_TYPES } from "../dist/lib/inference/quantize/presets.js";
import { toHalf } from "../dist/lib/inference/quantize/half-float.js";

const WIDTH = 2048;
const INNER = 5632;
const VOCABULARY = 2048;
const megabytes = Number(process.argv[2] ?? 256);
const layerBytes = 2 * (4 * WIDTH * WIDTH + 3 * WIDTH * INNER);
const layers = Math.max(1, Math.round((megabytes * 1e6) / layerBytes));
const folder = mkdtempSync(join(tmpdir(), "llmops-bench-"));

/** Writes a Llama model of normally distributed weights. */
function makeModel() {
  const config = {
    architectures: ["LlamaForCausalLM"],
    hidden_size: WIDTH,
    intermediate_size: INNER,
    num_hidden_layers: layers,
    num_attention_heads: 32,
    vocab_size: VOCABULARY,
    tie_word_embeddings: true,
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  copyFileSync(new URL("../test/fixtures/convert/smollm/tokenizer.json", import.meta.url), join(folder, "tokenizer.json"));
  const shapes = { "model.embed_tokens.weight": [VOCABULARY, WIDTH], "model.norm.weight": [WIDTH] };
  for (let i = 0; i < layers; i++) {
    const name = (part) => `model.layers.${i}.${part}.weight`;
    for (const part of ["q", "k", "v", "o"]) shapes[name(`self_attn.${part}_proj`)] = [WIDTH, WIDTH];
    for (const part of ["gate", "up"]) shapes[name(`mlp.${part}_proj`)] = [INNER, WIDTH];
    shapes[name("mlp.down_proj")] = [WIDTH, INNER];
    for (const part of ["input_layernorm", "post_attention_layernorm"]) shapes[name(part)] = [WIDTH];
  }
  let end = 0;
  const header = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = 2 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F16", shape, data_offsets: [end, end + bytes] };
    end += bytes;
  }
  const normal = () => 0.02 * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const chunk = Buffer.from(Uint16Array.from({ length: WIDTH * 512 }, () => toHalf(normal())).buffer);
  const file = openSync(join(folder, "model.safetensors"), "w");
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeSync(file, Buffer.concat([length, text]));
  for (let left = end; left > 0; left -= chunk.length) writeSync(file, chunk, 0, Math.min(left, chunk.length));
  closeSync(file);
  return end;
}

try {
  const bytes = makeModel();
  const results = [];
  for (const type of process.argv[3]?.split(",") ?? WEIGHT_TYPES) {
    const result = { from: "F16", to: type, MB: Math.round(bytes / 1e6) };
    for (const threads of new Set([1, availableParallelism()])) {
      const out = join(folder, "out.gguf");
      let peak = 0;
      const onBytes = () => (peak = Math.max(peak, process.memoryUsage().rss));
      const begun = performance.now();
      const plan = await planConversion(folder);
      await plan.write({ out, type, threads, signal: new AbortController().signal, onBytes });
      const seconds = (performance.now() - begun) / 1000;
      result[`MB/s, ${threads} threads`] = Math.round(bytes / 1e6 / seconds);
      result[`peak MB, ${threads} threads`] = Math.round(peak / 1e6);
      result["out MB"] = Math.round(statSync(out).size / 1e6);
    }
    results.push(result);
  }
  console.table(results);
} finally {
  rmSync(folder, { recursive: true });
}
