import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { openAdapterFile } from "../models/adapter-file.js";
import { tensorSizeBytes } from "../models/ggml-types.js";
import { openModelFile, type ModelFile } from "../models/model-file.js";
import { parameterCount, quantizationOf } from "../models/model-facts.js";
import { modelIdentity } from "../models/model-identity.js";
import { floatBytes } from "../quantize/float-rows.js";
import { bitsOf, type PresetName } from "../quantize/presets.js";
import { quantizeFile } from "../quantize/quantize-file.js";
import { convertAdapter } from "./convert-adapter.js";
import { folderIdentity } from "./folder-identity.js";
import { planConversion } from "./convert-model.js";
import { makeOnce } from "./made-file.js";

export interface PrepareOptions {
  /** What weights are to be kept as; as they are when absent, which is F16 for a folder. */
  weights?: PresetName | undefined;
  /** Where files that were made are kept. */
  folder: string;
  threads: number;
  signal: AbortSignal;
  /** Does work that goes through so many bytes, and may show how far it is. */
  withProgress: <T>(totalBytes: number, work: (onBytes: (bytes: number) => void) => Promise<T>) => Promise<T>;
}

/** A model as it is to be loaded. */
export interface PreparedModel {
  file: ModelFile;
  /** What it was made of; undefined where the file itself is loaded. */
  from?: { sizeBytes: number; quantization: string };
  notes: readonly string[];
}

/**
 * A GGUF file of what a path names: the file itself, or one that is made of a Hugging Face folder, or with smaller weights. Made files
 * are kept under names of their content, so that each is made once. Throws what opening, converting and quantizing throw, and
 * MODEL_INVALID for weights that are rounded already to fewer bits than a file has.
 */
export async function prepareModel(path: string, options: PrepareOptions): Promise<PreparedModel> {
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return convertOnce(path, options);
  const file = await openModelFile(path);
  if (options.weights === undefined) return { file, notes: [] };
  if (file.header.tensors.some(({ type, dimensions }) => dimensions.length > 1 && floatBytes(type) !== undefined)) {
    return quantizeOnce(file, options.weights, options);
  }
  const bits = bitsPerWeight(file);
  const kept = `${quantizationOf(file.header)}, ${bits.toFixed(1)} bits a weight`;
  if (bits <= bitsOf(options.weights) + 0.1) return { file, notes: [`${file.name} is loaded as it is: ${kept}.`] };
  throw new LlmopsError(
    "MODEL_INVALID",
    `${file.path} is quantized already (${kept}): rounded again to ${options.weights} it would lose twice.`,
    {
      hint: "Name the original file (F16, BF16, or F32), or load this one as is.",
    },
  );
}

/**
 * A GGUF adapter for a model: the file itself, or one that is made of PEFT's folder, once. Throws what opening and converting throw, and
 * MODEL_INVALID for an adapter of another model.
 */
export async function prepareAdapter(
  path: string,
  base: ModelFile,
  { folder, signal }: Pick<PrepareOptions, "folder" | "signal">,
): Promise<ModelFile> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return openAdapterFile(path, base);
  const target = join(folder, `${basename(resolve(path))}-adapter-${await folderIdentity(path)}-${await modelIdentity(base)}.gguf`);
  await makeOnce(target, (out) => convertAdapter(path, base, { out, signal }));
  return openAdapterFile(target, base);
}

async function quantizeOnce(file: ModelFile, weights: PresetName, options: PrepareOptions): Promise<PreparedModel> {
  const { threads, signal, folder, withProgress } = options;
  const from = { sizeBytes: file.sizeBytes, quantization: quantizationOf(file.header) };
  const target = join(folder, `${file.name}-${weights}-${await modelIdentity(file)}.gguf`);
  const made = await makeOnce(target, (out) =>
    withProgress(file.sizeBytes, (onBytes) => quantizeFile(file, { out, preset: weights, threads, signal, onBytes })),
  );
  return { file: { ...made, name: file.name }, from, notes: [] };
}

async function convertOnce(path: string, options: PrepareOptions): Promise<PreparedModel> {
  const { weights: type = "f16", folder, threads, signal, withProgress } = options;
  const plan = await planConversion(path);
  const name = basename(resolve(path));
  const target = join(folder, `${name}-${type}-${await folderIdentity(path)}.gguf`);
  const made = await makeOnce(target, (out) =>
    withProgress(plan.sizeBytes, (onBytes) => plan.write({ out, type, threads, signal, onBytes })),
  );
  return { file: { ...made, name }, from: { sizeBytes: plan.sizeBytes, quantization: plan.className }, notes: plan.notes };
}

function bitsPerWeight({ header }: ModelFile): number {
  const bytes = header.tensors.reduce((sum, { type, dimensions }) => sum + tensorSizeBytes(type, dimensions), 0);
  return (8 * bytes) / Math.max(1, parameterCount(header));
}
