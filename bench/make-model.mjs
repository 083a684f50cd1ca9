// Writes GGUF files with random weights and the shapes of real models, to measure speed without downloading one:
//   node bench/make-model.mjs tiny|135m|0.5b|1.5b [file]
// The tokenizer is a real byte-level BPE with made-up merges: any text can be encoded.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GGML_TYPE } from "../dist/lib/inference/models/ggml-types.js";
import { writeGguf } from "../dist/lib/inference/models/gguf-writer.js";

/** Shapes: tiny is the demo model's class; 135m is SmolLM2-135M's; 0.5b and 1.5b are Qwen2.5's. */
const SHAPES = {
  tiny: { layers: 6, width: 256, heads: 4, kvHeads: 4, ffn: 704, vocabulary: 8192 },
  "135m": { layers: 30, width: 576, heads: 9, kvHeads: 3, ffn: 1536, vocabulary: 49152 },
  "0.5b": { layers: 24, width: 896, heads: 14, kvHeads: 2, ffn: 4864, vocabulary: 151936 },
  "1.5b": { layers: 28, width: 1536, heads: 12, kvHeads: 2, ffn: 8960, vocabulary: 151936 },
};
const CONTEXT = 32768;
const SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** The model file of a shape; made on the first use. */
export async function benchModel(name, path = fileURLToPath(new URL(`./models/${name}.gguf`, import.meta.url))) {
  const shape = SHAPES[name];
  if (!shape) throw new Error(`unknown shape ${name}: ${Object.keys(SHAPES).join(", ")}`);
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  await writeGguf(path, metadataOf(name, shape), tensorsOf(shape));
  return path;
}

function metadataOf(name, { layers, width, heads, kvHeads, ffn, vocabulary }) {
  const { tokens, merges } = byteLevelBpe(vocabulary);
  const u32 = (value) => ({ type: "uint32", value });
  const text = (value) => ({ type: "string", value });
  return new Map([
    ["general.architecture", text("llama")],
    ["general.name", text(`random-${name}`)],
    ["general.file_type", u32(7)],
    ["llama.context_length", u32(CONTEXT)],
    ["llama.embedding_length", u32(width)],
    ["llama.block_count", u32(layers)],
    ["llama.feed_forward_length", u32(ffn)],
    ["llama.attention.head_count", u32(heads)],
    ["llama.attention.head_count_kv", u32(kvHeads)],
    ["llama.rope.dimension_count", u32(width / heads)],
    ["llama.rope.freq_base", { type: "float32", value: 100_000 }],
    ["llama.attention.layer_norm_rms_epsilon", { type: "float32", value: 1e-5 }],
    ["llama.vocab_size", u32(vocabulary)],
    ["general.quantization_version", u32(2)],
    ["tokenizer.ggml.model", text("gpt2")],
    ["tokenizer.ggml.pre", text("gpt-2")],
    ["tokenizer.ggml.tokens", { type: "string[]", value: tokens }],
    ["tokenizer.ggml.token_type", { type: "int32[]", value: tokens.map((token) => (SPECIAL.includes(token) ? 3 : 1)) }],
    ["tokenizer.ggml.merges", { type: "string[]", value: merges }],
    ["tokenizer.ggml.bos_token_id", u32(0)],
    ["tokenizer.ggml.eos_token_id", u32(2)],
    ["tokenizer.ggml.add_bos_token", { type: "bool", value: false }],
    ["tokenizer.chat_template", text(CHATML)],
  ]);
}

/** Special tokens, the 256 bytes, then every pair, triple, ... of lower-case letters, with and without a space before. */
function byteLevelBpe(size) {
  const tokens = [...SPECIAL, ...byteCharacters()];
  const merges = [];
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const add = (left, right) => {
    if (tokens.length >= size) return;
    tokens.push(left + right);
    merges.push(`${left} ${right}`);
  };
  let words = letters;
  while (tokens.length < size) {
    for (const word of words) add("Ġ", word);
    const longer = [];
    for (const word of words) {
      for (const letter of letters) {
        if (tokens.length >= size) break;
        add(word, letter);
        longer.push(word + letter);
      }
    }
    words = longer;
  }
  return { tokens, merges };
}

/** GPT-2's printable stand-ins for the 256 bytes (openai/gpt-2, encoder.py, the published table). */
function byteCharacters() {
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  let next = 256;
  return range(0, 255).map((byte) => String.fromCharCode(printable.includes(byte) ? byte : next++));
}

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

function tensorsOf({ layers, width, heads, kvHeads, ffn, vocabulary }) {
  const kv = (width / heads) * kvHeads;
  const matrix = (name, input, output) => ({
    name: `${name}.weight`,
    dimensions: [input, output],
    type: GGML_TYPE.Q8_0,
    data: () => randomQ8(input, output),
  });
  const norm = (name) => ({
    name: `${name}.weight`,
    dimensions: [width],
    type: GGML_TYPE.F32,
    data: () => [new Uint8Array(new Float32Array(width).fill(1).buffer)],
  });
  const blocks = range(0, layers - 1).flatMap((i) => [
    norm(`blk.${i}.attn_norm`),
    matrix(`blk.${i}.attn_q`, width, width),
    matrix(`blk.${i}.attn_k`, width, kv),
    matrix(`blk.${i}.attn_v`, width, kv),
    matrix(`blk.${i}.attn_output`, width, width),
    norm(`blk.${i}.ffn_norm`),
    matrix(`blk.${i}.ffn_gate`, width, ffn),
    matrix(`blk.${i}.ffn_up`, width, ffn),
    matrix(`blk.${i}.ffn_down`, ffn, width),
  ]);
  return [matrix("token_embd", width, vocabulary), norm("output_norm"), ...blocks];
}

let state = 0x9e3779b9;

/** Rows of Q8_0 blocks: a 16-bit float scale, then 32 signed bytes; their standard deviation is about 1 / sqrt(input). */
function* randomQ8(input, output) {
  const scale = toFloat16(1 / (74 * Math.sqrt(input)));
  const row = Buffer.alloc((input / 32) * 34);
  for (let r = 0; r < output; r++) {
    for (let i = 0; i < row.length; i++) {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
      row[i] = state >>> 24;
    }
    for (let block = 0; block < row.length; block += 34) row.writeUInt16LE(scale, block);
    yield row;
  }
}

/** Positive normal numbers only. */
function toFloat16(value) {
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name = "135m", path] = process.argv.slice(2);
  console.log(await benchModel(name, path));
}
