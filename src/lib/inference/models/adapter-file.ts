import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { GgufHeader } from "./gguf-header.js";
import { architectureOf } from "./model-facts.js";
import { openModelFile, type ModelFile } from "./model-file.js";

/**
 * Finds a LoRA adapter (GGUF) and checks that it changes the tensors of this model. Throws MODEL_NOT_FOUND, or MODEL_INVALID for a file
 * that is not an adapter, or one of another base.
 */
export async function openAdapterFile(path: string, base: ModelFile): Promise<ModelFile> {
  const adapter = await openModelFile(path);
  const { metadata } = adapter.header;
  if (metadata.get("general.type") !== "adapter" || metadata.get("adapter.type") !== "lora") {
    throw new LlmopsError(
      "MODEL_INVALID",
      `${adapter.path} is not a LoRA adapter, but a file of type ${JSON.stringify(metadata.get("general.type") ?? "model")}.`,
      {
        hint: "Name a GGUF adapter, or a folder written by PEFT (adapter_config.json, adapter_model.safetensors).",
      },
    );
  }
  if (architectureOf(adapter.header) !== architectureOf(base.header)) {
    throw otherBase(adapter.path, base, `it is for the architecture ${architectureOf(adapter.header)}, not ${architectureOf(base.header)}`);
  }
  for (const { name, dimensions } of adapter.header.tensors) {
    const [, tensor = "", side = ""] = /^(.+)\.lora_([ab])$/.exec(name) ?? [];
    checkSide({ path: adapter.path, base }, tensor, { side, dimensions });
  }
  return adapter;
}

/** Throws MODEL_INVALID where the base has no such matrix, or one of another shape. `a` has its columns, `b` its rows. */
function checkSide(
  { path, base }: { path: string; base: ModelFile },
  tensor: string,
  { side, dimensions }: { side: string; dimensions: readonly number[] },
): void {
  const [columns, rows] = matrixOf(base.header, tensor) ?? [];
  if (columns === undefined || rows === undefined) throw otherBase(path, base, `it changes ${tensor || "something"}, which that has not`);
  const [expected, found] = side === "a" ? [columns, dimensions[0]] : [rows, dimensions[1]];
  if (expected !== found) {
    throw otherBase(path, base, `its ${tensor} has ${found} ${side === "a" ? "columns" : "rows"}, that of the model ${expected}`);
  }
}

function matrixOf({ tensors }: GgufHeader, name: string): readonly number[] | undefined {
  return tensors.find((tensor) => tensor.name === name)?.dimensions;
}

/** A MODEL_INVALID error about an adapter that does not belong to a model. */
export function otherBase(path: string, base: ModelFile, why: string): LlmopsError {
  return new LlmopsError("MODEL_INVALID", `The adapter ${path} does not fit ${base.name}: ${why}.`, {
    hint: "Load it with the model it was trained on.",
  });
}
