import { ENGINE_KEYS, ENGINE_PARAMETERS, type EngineChoice } from "../../lib/base/config/engine-parameters.js";
import type { Settings } from "../../lib/base/config/settings.js";
import type { EngineOptions } from "../../lib/inference/engine/engine-options.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { DEMO_MODEL, type ModelFile } from "../../lib/inference/models/model-file.js";
import type { Host } from "../host/host.js";
import { openModel } from "../models/open-model.js";
import { toEngineOptions } from "../targets/engine-choice.js";
import { planProviders } from "./build-providers.js";

/** A model by the name clients ask for; undefined where its file gives it its name. */
export interface NamedModel {
  name: string | undefined;
  /** As it was typed: a path or a reference. */
  reference: string;
}

/** The models to serve, the default first; none where nothing runs in this process. Throws CONFIG_INVALID. */
export function namedModels(settings: Settings): NamedModel[] {
  if (settings["server.replay"] !== undefined || !planProviders(settings).needsModel) return [];
  const named = settings["models.named"].map(parseNamed);
  const twice = named.find(({ name }, i) => named.findIndex((other) => other.name === name) !== i);
  if (twice)
    throw new LlmopsError("CONFIG_INVALID", `The model "${twice.name}" is named twice.`, { hint: "Give each --model a name of its own." });
  const standard = settings["models.default_model"];
  if (standard === undefined) return named.length > 0 ? named : [{ name: undefined, reference: DEMO_MODEL }];
  const chosen = named.find(({ name }) => name === standard);
  return chosen ? [chosen, ...named.filter((one) => one !== chosen)] : [{ name: undefined, reference: standard }, ...named];
}

function parseNamed(text: string): NamedModel {
  const [, name, reference] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && reference !== undefined && !name.includes(":")) return { name, reference };
  throw new LlmopsError("CONFIG_INVALID", `--model ${text} is not NAME=PATH.`, {
    hint: "For example --model qa=models/qa.gguf; the name has no colon, which separates adapters.",
  });
}

/** The file of a model. Throws MODEL_NOT_FOUND, MODEL_INVALID, or what preparing it throws. */
export async function openNamed({ name, reference }: NamedModel, settings: Settings, host: Host): Promise<ModelFile> {
  const choice = {
    reference,
    trackingUri: settings["tracking.uri"],
    named: settings["models.named"],
    ...engineChoiceOf(settings),
  };
  const file = await openModel(choice, { options: engineOptionsOf(settings), host });
  return name === undefined ? file : { ...file, name };
}

/** The default model's file, where a model runs in this process. Throws before anything is started. */
export async function findModel(settings: Settings, host: Host): Promise<ModelFile | undefined> {
  const [first] = namedModels(settings);
  return first && openNamed(first, settings, host);
}

/** How settings size the engine. Throws INVALID_ARGUMENT for some that exclude each other. */
export function engineOptionsOf(settings: Settings): EngineOptions {
  return toEngineOptions(engineChoiceOf(settings), settings["models.slots"]);
}

function engineChoiceOf(settings: Settings): EngineChoice {
  return Object.fromEntries(ENGINE_KEYS.map((key) => [key, settings[`models.${ENGINE_PARAMETERS[key].name}`]]));
}
