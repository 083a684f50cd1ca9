import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { planConversion } from "../../src/lib/inference/convert/convert-model.js";
import { readSafetensors } from "../../src/lib/inference/convert/safetensors.js";
import { readVocabulary } from "../../src/lib/inference/convert/read-vocabulary.js";
import { readDataset } from "../../src/lib/experiments/dataset/read-dataset.js";
import { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";
import type { Random } from "../../src/lib/base/math/random.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { FIXTURES, makeTinyModel } from "../helpers/tiny-model.js";
import { BODIES, randomOf } from "./attack.js";
import { mutateBytes } from "./mutate.js";

const FILES = Math.ceil(BODIES / 2);
/** A file that takes longer to read hangs; beside other tests, and other processes, everything takes longer. */
const HANG_MS = Number(process.env["LLMOPS_FUZZ_HANG_MS"] ?? 20_000);

/** Damages a file again and again and reads it: whatever it became, it is read, or refused in words. */
async function fuzz(path: string, random: Random, read: () => Promise<unknown>): Promise<string[]> {
  const whole = readFileSync(path);
  const bad: string[] = [];
  for (let i = 0; i < FILES; i++) {
    writeFileSync(path, mutateBytes(whole, random));
    const begun = performance.now();
    try {
      await read();
    } catch (error) {
      const isRefusal = error instanceof LlmopsError && error.code !== "INTERNAL";
      if (!isRefusal) bad.push(`${basename(path)} ${i}: ${String(error instanceof Error ? error.stack : error).slice(0, 400)}`);
    }
    if (performance.now() - begun > HANG_MS) bad.push(`${basename(path)} ${i}: took ${Math.round(performance.now() - begun)} ms`);
  }
  return bad;
}

describe(`${FILES} damaged files`, () => {
  it("of GGUF are read or refused", async () => {
    const tiny = await makeTinyModel();
    // the header is what is read: most of the file is weights
    const path = join(temporaryFolder(), "m.gguf");
    writeFileSync(path, readFileSync(tiny.base.path));
    tiny.remove();
    expect(await fuzz(path, randomOf("gguf"), () => openModelFile(path))).toEqual([]);
  });

  it.each(["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"])(
    "%s of a Hugging Face folder are converted or refused",
    async (name) => {
      const folder = join(temporaryFolder(), "model");
      cpSync(join(FIXTURES, "llama3"), folder, { recursive: true });
      const read = async () => {
        if (name === "model.safetensors") await readSafetensors(join(folder, name));
        if (name.startsWith("tokenizer")) await readVocabulary(folder);
        await planConversion(folder);
      };
      expect((await fuzz(join(folder, name), randomOf(name), read)).slice(0, 3)).toEqual([]);
      rmSync(folder, { recursive: true });
    },
  );

  const DATASETS: Record<string, string> = {
    "rows.jsonl": '{"question":"Capital of France?","answer":"Paris","n":1.5}\n{"question":"é","answer":["a","b"],"choices":["x","y"]}\n',
    "rows.json": '[{"question":"a","answer":"b"},{"messages":[{"role":"user","content":"hi"}],"answer":"c"}]',
    "rows.csv": 'question,answer\n"a, ""b""",c\nd,"e\nf"\n',
    "rows.tsv": "question\tanswer\na\tb\n",
    "rows.yaml": "- question: a\n  answer: b\n- {question: c, answer: &x d, other: *x}\n",
  };
  it.each(Object.keys(DATASETS))("%s are read or refused", async (name) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, DATASETS[name] ?? "");
    expect((await fuzz(path, randomOf(name), () => readDataset(path))).slice(0, 3)).toEqual([]);
  });

  it("covers every fixture folder's own files", () => expect(readdirSync(join(FIXTURES, "llama3"))).toContain("tokenizer.json"));
});
