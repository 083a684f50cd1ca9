import { existsSync } from "node:fs";
import { join } from "node:path";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { availableCores } from "../../lib/inference/engine/machine.js";
import { architectureOf, quantizationOf } from "../../lib/inference/models/model-facts.js";
import { openModelFile } from "../../lib/inference/models/model-file.js";
import type { WeightType } from "../../lib/inference/quantize/presets.js";
import type { ConvertDocument } from "../documents/models.js";
import type { Host } from "../host/host.js";
import { withByteProgress } from "./byte-progress.js";

export interface ConvertOptions {
  /** A model's folder as Hugging Face keeps it, or a LoRA adapter's as PEFT does. */
  folder: string;
  /** The GGUF file to write. */
  out: string;
  /** How weights are kept; f16 when absent. */
  type?: WeightType | undefined;
  /** The GGUF file of the model an adapter belongs to. */
  base?: string | undefined;
  /** llama.cpp's name for the tokenizer's splitting of text into words, if llmops does not know it. */
  preTokenizer?: string | undefined;
  /** Threads that encode; one a core when absent. */
  threads?: number | undefined;
}

/** What was made of what. */
export type Conversion = Omit<ConvertDocument, "schema"> & { isAdapter: boolean };

interface Source {
  className: string;
  sizeBytes: number;
  notes: ConvertDocument["notes"];
}

/** Makes a GGUF file of a folder. Throws INVALID_ARGUMENT, MODEL_INVALID for what is not understood, and what writing throws. */
export async function convert(options: ConvertOptions, host: Host): Promise<Conversion> {
  const { folder, out } = options;
  const begun = performance.now();
  const isAdapter = existsSync(join(folder, "adapter_config.json"));
  const { className, sizeBytes, notes } = isAdapter ? await convertAdapter(options, host.signal) : await convertModel(options, host);
  const made = await openModelFile(out);
  const to = { path: made.path, architecture: architectureOf(made.header), quantization: quantizationOf(made.header) };
  return {
    from: { path: folder, class: className, size_bytes: sizeBytes },
    to: { ...to, size_bytes: made.sizeBytes },
    notes,
    seconds: Math.round(performance.now() - begun) / 1000,
    isAdapter,
  };
}

async function convertModel({ folder, out, type, base, preTokenizer, threads }: ConvertOptions, host: Host): Promise<Source> {
  if (base !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `${folder} is a model, which has no --base.`, { hint: "Leave --base out." });
  }
  const { planConversion } = await import("../../lib/inference/convert/convert-model.js");
  const plan = await planConversion(folder, { preTokenizer });
  for (const note of plan.notes) host.note(`Note: ${note}`);
  const options = { out, type: type ?? "f16", threads: threads ?? availableCores(), signal: host.signal };
  await withByteProgress(host, plan.sizeBytes, (onBytes) => plan.write({ ...options, onBytes }));
  return plan;
}

async function convertAdapter(options: ConvertOptions, signal: AbortSignal): Promise<Source> {
  const { folder, out, base, type, preTokenizer, threads } = options;
  if (base === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `${folder} is an adapter, so --base must name its model.`, {
      hint: "Pass the GGUF file of the model it was trained on: --base FILE.",
    });
  }
  const idle = Object.entries({ type, "pre-tokenizer": preTokenizer, threads }).find(([, value]) => value !== undefined);
  if (idle) throw new LlmopsError("INVALID_ARGUMENT", `--${idle[0]} does nothing for an adapter.`, { hint: "Leave it out." });
  const { convertAdapter: write } = await import("../../lib/inference/convert/convert-adapter.js");
  const sizeBytes = await write(folder, await openModelFile(base), { out, signal });
  return { className: "LoRA", sizeBytes, notes: [] };
}
