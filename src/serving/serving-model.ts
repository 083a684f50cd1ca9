import type { Settings } from "../lib/config/settings.js";
import type { ModelFile } from "../lib/models/model-file.js";
import { openModel } from "../open-model.js";
import { toEngineOptions } from "../target-flags.js";
import type { EngineOptions } from "../lib/engine/engine-options.js";
import { planProviders } from "./build-providers.js";

/** The model file, where the model runs in this process. Throws MODEL_NOT_FOUND or MODEL_INVALID before anything is started. */
export async function findModel(settings: Settings, signal: AbortSignal): Promise<ModelFile | undefined> {
  if (settings["server.replay"] !== undefined || !planProviders(settings).needsModel) return undefined;
  const choice = {
    reference: settings["models.default_model"],
    trackingUri: settings["tracking.uri"],
    load_in_8bit: settings["models.load_in_8bit"],
    load_in_4bit: settings["models.load_in_4bit"],
  };
  return openModel(choice, { options: engineOptionsOf(settings), signal });
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
