import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertAdapter } from "../../src/lib/inference/convert/convert-adapter.js";
import { planConversion } from "../../src/lib/inference/convert/convert-model.js";
import { openAdapterFile } from "../../src/lib/inference/models/adapter-file.js";
import { openModelFile, type ModelFile } from "../../src/lib/inference/models/model-file.js";

/** Models as Hugging Face keeps them; see record.py there. */
export const FIXTURES = fileURLToPath(new URL("../fixtures/convert", import.meta.url));

export interface TinyModel {
  folder: string;
  /** A random Llama model of 127,296 weights, F16. */
  base: ModelFile;
  /** A LoRA adapter of it. */
  adapter: ModelFile;
  remove: () => void;
}

/** Makes the GGUF files of a tiny random model and of an adapter, in a folder that `remove` removes. */
export async function makeTinyModel(): Promise<TinyModel> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
  const { signal } = new AbortController();
  const out = join(folder, "tiny.gguf");
  await (await planConversion(join(FIXTURES, "llama3"))).write({ out, type: "f16", threads: 1, signal, onBytes: () => undefined });
  const base = await openModelFile(out);
  const path = join(folder, "adapter.gguf");
  await convertAdapter(join(FIXTURES, "adapters", "llama3-lora"), base, { out: path, signal });
  return { folder, base, adapter: await openAdapterFile(path, base), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
