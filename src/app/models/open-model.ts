import { join } from "node:path";
import type { EngineChoice } from "../../lib/base/config/engine-parameters.js";
import { cacheFolder } from "../../lib/base/config/mlflow-environment.js";
import type { EngineOptions } from "../../lib/inference/engine/engine-options.js";
import { availableCores } from "../../lib/inference/engine/machine.js";
import { memoryShapeOf } from "../../lib/inference/engine/memory-shape.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { estimateMemory } from "../../lib/inference/models/memory-estimate.js";
import { DEMO_MODEL, openModelFile, type ModelFile } from "../../lib/inference/models/model-file.js";
import { quantizationOf } from "../../lib/inference/models/model-facts.js";
import type { PresetName } from "../../lib/inference/quantize/presets.js";
import type { Host } from "../host/host.js";
import { withByteProgress } from "./byte-progress.js";
import { resolveModelReference } from "./model-reference.js";

/** A model as it is named. */
export interface ModelChoice extends Pick<EngineChoice, "loadIn8Bit" | "loadIn4Bit"> {
  /** A GGUF file, a Hugging Face folder, a runs:/ or models:/ reference; the demo model when absent. */
  reference: string | undefined;
  trackingUri: string;
  /** Pairs NAME=PATH that the reference may be a name of; the project's when absent. */
  named?: readonly string[] | undefined;
}

/** Where files made for loading are kept. */
export function preparedFolder(): string {
  return join(cacheFolder(), "prepared");
}

/**
 * The file of a model, made before where it is a folder or its weights are to be smaller; what was made is said to the host, with
 * the memory it needs for engines of these sizes. Throws INVALID_ARGUMENT, MODEL_NOT_FOUND, MODEL_INVALID or STORE_UNWRITABLE.
 */
export async function openModel(choice: ModelChoice, { options, host }: { options: EngineOptions; host: Host }): Promise<ModelFile> {
  const weights = weightsOf(choice);
  if (choice.reference === "") throw new LlmopsError("INVALID_ARGUMENT", "The model path is empty.", { hint: "Name a GGUF file." });
  const path = (await resolveModelReference(choice.reference, choice.trackingUri, host, choice.named)) ?? DEMO_MODEL;
  if (path === DEMO_MODEL && !weights) return openModelFile(path);
  const { prepareModel } = await import("../../lib/inference/convert/prepared-model.js");
  const { file, from, notes } = await prepareModel(path, {
    ...{
      weights,
      folder: preparedFolder(),
      threads: availableCores(),
      signal: host.signal,
      withProgress: (totalBytes, work) => withByteProgress(host, totalBytes, work),
    },
  });
  refuseAdapter(file);
  for (const note of notes) host.note(`Note: ${note}`);
  if (from) host.note(describeMaking(file, { from, options }));
  return file;
}

/** What weights are to be kept as; as they are when undefined. */
function weightsOf({ loadIn8Bit: eight, loadIn4Bit: four }: ModelChoice): PresetName | undefined {
  if (eight && four) {
    throw new LlmopsError("INVALID_ARGUMENT", "--load_in_8bit and --load_in_4bit were both given.", { hint: "Leave one of them out." });
  }
  return eight ? "q8_0" : four ? "q4_k_m" : undefined;
}

function refuseAdapter({ name, path, header }: ModelFile): void {
  if (header.metadata.get("general.type") !== "adapter") return;
  throw new LlmopsError("MODEL_INVALID", `${path} is a LoRA adapter, not a model.`, {
    hint: `Serve it with its model: llmops serve --model_path MODEL --adapter ${name}=${path}`,
  });
}

function describeMaking(
  file: ModelFile,
  { from, options }: { from: { sizeBytes: number; quantization: string }; options: EngineOptions },
): string {
  const shape = memoryShapeOf(file.header, options);
  const memory = (weightBytes: number) => formatSize(estimateMemory(file.header, weightBytes, shape).total);
  return (
    `${file.name}: ${from.quantization}, ${formatSize(from.sizeBytes)} -> ${quantizationOf(file.header)}, ${formatSize(file.sizeBytes)}; ` +
    `in memory with ${shape.slots} x ${shape.contextSize} tokens ${memory(from.sizeBytes)} -> ${memory(file.sizeBytes)} (${file.path})`
  );
}
