import { describe, expect, it } from "vitest";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertAdapter } from "../../src/lib/inference/convert/convert-adapter.js";
import { planConversion } from "../../src/lib/inference/convert/convert-model.js";
import { createContext, loadModel, type LoadedModel, type LoadOptions } from "../../src/lib/inference/engine/load-llama.js";
import { NativeContext } from "../../src/lib/inference/engine/native-context.js";
import { openAdapterFile } from "../../src/lib/inference/models/adapter-file.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import type { WeightType } from "../../src/lib/inference/quantize/presets.js";
import { errorOf } from "../helpers/error-of.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/convert", import.meta.url));
const FAMILIES = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["tokenizers", "adapters"].includes(entry.name))
  .map(({ name }) => name);

/** What transformers answered; see test/fixtures/convert/record.py. */
interface Expected {
  runs: { tokens: number[]; positions: number[]; logprobs: number[][] }[];
  texts: { text: string; tokens: number[] }[];
  special: { text: string; tokens: number[] };
}

/** Converts a folder and gives the file's path. */
async function convert(folder: string, type: WeightType): Promise<string> {
  const out = join(temporaryFolder(), `model-${type}.gguf`);
  const plan = await planConversion(folder);
  let read = 0;
  await plan.write({ out, type, threads: 1, signal: new AbortController().signal, onBytes: (bytes) => (read += bytes) });
  expect(read).toBe(plan.sizeBytes);
  return out;
}

function loadOptions(contextSize: number): LoadOptions {
  const shape = { slots: 1, contextSize, batchSize: 512, cacheElementBytes: 4 };
  return { slots: 1, contextSize, threads: 1, gpu: "off", flashAttention: false, cacheType: "f32", shape };
}

async function withModel<T>(path: string, contextSize: number, work: (loaded: LoadedModel) => Promise<T> | T): Promise<T> {
  const loaded = await loadModel(await openModelFile(path), loadOptions(contextSize));
  try {
    return await work(loaded);
  } finally {
    await loaded.llama.dispose();
  }
}

/** The log-probabilities of all tokens at some places of a prompt. */
async function logprobs({ model, context }: LoadedModel, tokens: readonly number[], positions: readonly number[]): Promise<number[][]> {
  const native = NativeContext.open(model, context, { inOrder: false });
  const [part] = await native.step([{ sequence: 0, position: 0, tokens, allLogits: true }]);
  const rows: number[][] = [];
  for (const position of positions) {
    const { top, logSumExp } = await native.readLogits(part?.logitIndexes[position] ?? -1, 512, []);
    const row = new Array<number>(top.length);
    for (const [token, logit] of top) row[token] = logit - logSumExp;
    rows.push(row);
  }
  native.clear(0);
  native.dispose();
  return rows;
}

/** The largest difference over the largest size. */
function relativeDifference(ours: readonly number[][], theirs: readonly number[][]): number {
  const pairs = theirs.flatMap((row, i) => row.map((value, token) => [value, ours[i]?.[token] ?? Number.NaN] as const));
  const largest = Math.max(...pairs.map(([value]) => Math.abs(value)));
  return Math.max(...pairs.map(([value, our]) => Math.abs(value - our))) / largest;
}

function expectTokens({ model }: LoadedModel, texts: Expected["texts"]): void {
  for (const { text, tokens } of texts) expect([text, Array.from(model.tokenize(text, false), Number)]).toEqual([text, tokens]);
}

/** GELU comes from a table of 16-bit floats in llama.cpp, and bf16 rounds what goes through the matrices too. */
const BOUNDS = { f32: 1e-5, f16: 1e-3, bf16: 1e-2 } as const;
const TABLE_BOUND = 1e-3;

describe.each(FAMILIES)("a converted %s model", (family) => {
  const folder = join(FIXTURES, family);
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;

  it.each(["f32", "f16", "bf16"] as const)("answers as the original does, kept as %s", async (type) => {
    const path = await convert(folder, type);
    for (const { tokens, positions, logprobs: theirs } of expected.runs) {
      await withModel(path, tokens.length, async (loaded) => {
        const difference = relativeDifference(await logprobs(loaded, tokens, positions), theirs);
        expect(difference).toBeLessThan(family.startsWith("gemma") ? Math.max(TABLE_BOUND, BOUNDS[type]) : BOUNDS[type]);
      });
    }
  });

  it("reads text as the same tokens", async () => {
    await withModel(await convert(folder, "f16"), 256, (loaded) => {
      expectTokens(loaded, expected.texts);
      const { model } = loaded;
      const begun = model.tokens.shouldPrependBosToken ? [Number(model.tokens.bos)] : [];
      expect([...begun, ...Array.from(model.tokenize(expected.special.text, true), Number)]).toEqual(expected.special.tokens);
    });
  });
});

it.each([
  { name: "gpt-2", knowsMarks: true },
  { name: "dbrx", knowsMarks: true },
  { name: "tekken", knowsMarks: false },
  { name: "gpt-4o", knowsMarks: false },
])("text is cut into words as $name does", async ({ name, knowsMarks }) => {
  const folder = temporaryFolder();
  cpSync(join(FIXTURES, "smollm"), folder, { recursive: true });
  cpSync(join(FIXTURES, "tokenizers", name), folder, { recursive: true });
  const path = await convert(folder, "f16");
  expect((await openModelFile(path)).header.metadata.get("tokenizer.ggml.pre")).toBe(name);
  const { texts } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  const { notes } = await planConversion(folder);
  expect(notes.some((note) => note.includes("combining marks"))).toBe(!knowsMarks);
  await withModel(path, 256, (loaded) => {
    const known = texts.filter(({ text }) => knowsMarks || !/\p{M}/u.test(text));
    expectTokens(loaded, known);
  });
});

describe.each(["llama3-lora", "llama3-rslora", "phi3-lora"])("PEFT's adapter %s", (name) => {
  const folder = join(FIXTURES, "adapters", name);
  const base = join(FIXTURES, name.split("-")[0] ?? "");

  it("changes answers as it does in PEFT", async () => {
    const file = await openModelFile(await convert(base, "f32"));
    const out = join(temporaryFolder(), "adapter.gguf");
    await convertAdapter(folder, file, { out, signal: new AbortController().signal });
    await openAdapterFile(out, file);
    const { runs } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
    const [run] = runs;
    if (!run) throw new Error("nothing was recorded");
    await withModel(file.path, run.tokens.length, async (loaded) => {
      const without = relativeDifference(await logprobs(loaded, run.tokens, run.positions), run.logprobs);
      const options = loadOptions(run.tokens.length);
      const adapted = await createContext(loaded.model, options, { filePath: out, scale: 1 });
      const withIt = relativeDifference(await logprobs({ ...loaded, ...adapted }, run.tokens, run.positions), run.logprobs);
      expect(withIt).toBeLessThan(BOUNDS.f32);
      expect(without).toBeGreaterThan(0.01);
    });
  });

  it("is refused by another model", async () => {
    const other = await openModelFile(await convert(join(FIXTURES, name.startsWith("phi3") ? "llama3" : "phi3"), "f16"));
    const out = join(temporaryFolder(), "adapter.gguf");
    const error = await errorOf(() => convertAdapter(folder, other, { out, signal: new AbortController().signal }));
    expect([error.code, error.message]).toEqual(["MODEL_INVALID", expect.stringContaining("does not fit")]);
    expect(existsSync(out)).toBe(false);
  });
});
