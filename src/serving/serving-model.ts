import type { Settings } from "../lib/config/settings.js";
import { openModelFile, type ModelFile } from "../lib/models/model-file.js";
import { resolveModelReference } from "../model-reference.js";
import { toEngineOptions } from "../target-flags.js";
import type { EngineOptions } from "../lib/engine/engine-options.js";
import { planProviders } from "./build-providers.js";

/** The model file, where the model runs in this process. Throws MODEL_NOT_FOUND or MODEL_INVALID before anything is started. */
export async function findModel(settings: Settings): Promise<ModelFile | undefined> {
  if (settings["server.replay"] !== undefined || !planProviders(settings).needsModel) return undefined;
  const reference = await resolveModelReference(settings["models.default_model"], settings["tracking.uri"]);
  return openModelFile(reference ?? settings["models.default_model"]);
}

/** How settings size the engine. Throws INVALID_ARGUMENT for some that exclude each other. */
export function engineOptionsOf(settings: Settings): EngineOptions {
  const choice = {
    "ctx-size": settings["models.ctx_size"],
    threads: settings["models.threads"],
    "batch-size": settings["models.batch_size"],
    gpu: settings["models.gpu"],
    "flash-attn": settings["models.flash_attn"],
    "cache-type": settings["models.cache_type"],
    deterministic: settings["models.deterministic"],
  };
  return toEngineOptions(choice, settings["models.slots"]);
}
