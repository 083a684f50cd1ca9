import type { Settings } from "../../lib/base/config/settings.js";
import type { Engine } from "../../lib/inference/engine/engine.js";
import { memoryShapeOf } from "../../lib/inference/engine/memory-shape.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { estimateMemory } from "../../lib/inference/models/memory-estimate.js";
import type { ModelFile } from "../../lib/inference/models/model-file.js";
import { modelIdentity } from "../../lib/inference/models/model-identity.js";
import type { ModelSource } from "../../lib/serving/server/model-source.js";
import type { ServedModel } from "../../lib/serving/server/served-model.js";
import type { Host } from "../host/host.js";
import { preparedFolder } from "../models/open-model.js";
import { resolveModelReference } from "../models/model-reference.js";
import { engineOptionsOf, namedModels, openNamed, type NamedModel } from "./serving-model.js";

/** A source with the reference it came from. */
export interface ReferencedSource {
  source: ModelSource;
  model: NamedModel;
  file: ModelFile;
}

interface AdapterName {
  /** The default one when absent. */
  model: string | undefined;
  name: string;
  path: string;
  scale: number;
}

/**
 * Everything that can be asked for: models first, the default at their head, then adapters. Opens the files' headers; nothing is loaded.
 * Throws CONFIG_INVALID for adapters of models nobody named, and what opening files throws.
 */
export async function findSources(settings: Settings, host: Host): Promise<{ models: ReferencedSource[]; adapters: ModelSource[] }> {
  const models: ReferencedSource[] = [];
  for (const model of namedModels(settings)) models.push(await openSource(model, settings, host));
  const adapters: ModelSource[] = [];
  for (const text of settings["models.adapters"]) adapters.push(await openAdapter(parseAdapter(text), models, { settings, host }));
  const ids = [...models.map(({ source }) => source), ...adapters].map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice === undefined) return { models, adapters };
  throw new LlmopsError("CONFIG_INVALID", `Two models would be named "${twice}".`, {
    hint: "Give each a unique name: --model NAME=PATH.",
  });
}

/** A model's source, as its reference stands now. */
export async function openSource(model: NamedModel, settings: Settings, host: Host): Promise<ReferencedSource> {
  const file = await openNamed(model, settings, host);
  const options = engineOptionsOf(settings);
  const source: ModelSource = {
    ...{ name: file.name, version: settings["models.default_version"], id: file.name, identity: await modelIdentity(file) },
    memoryBytes: estimateMemory(file.header, file.sizeBytes, memoryShapeOf(file.header, options)).total,
    async load() {
      const { Engine } = await import("../../lib/inference/engine/engine.js");
      return Engine.load(file, { ...options, queueLimit: settings["server.queue"], signal: host.signal, onNote: host.note });
    },
  };
  return { source, model, file };
}

function parseAdapter(text: string): AdapterName {
  const [, names = "", rest = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const [, path = rest, scale = "1"] = /^(.+):(\d*\.?\d+)$/.exec(rest) ?? [];
  const [, model, name] = /^(?:([^:]+):)?([^:]+)$/.exec(names) ?? [];
  if (name !== undefined && path !== "") return { model, name, path, scale: Number(scale) };
  throw new LlmopsError("CONFIG_INVALID", `--adapter ${text} is not [MODEL:]NAME=PATH[:SCALE].`, {
    hint: "For example --adapter v1=adapters/v1.gguf, or --adapter qa:v2=adapters/v2:0.5.",
  });
}

async function openAdapter(
  adapter: AdapterName,
  models: readonly ReferencedSource[],
  { settings, host }: { settings: Settings; host: Host },
): Promise<ModelSource> {
  const base = adapter.model === undefined ? models[0] : models.find(({ source }) => source.name === adapter.model);
  if (!base) {
    const why = adapter.model === undefined ? "no model runs in this process" : `no model is named "${adapter.model}"`;
    throw new LlmopsError("CONFIG_INVALID", `The adapter ${adapter.name} has no model to apply to: ${why}.`, {
      hint: "Name its model with --model_path or --model NAME=PATH.",
    });
  }
  const { prepareAdapter } = await import("../../lib/inference/convert/prepared-model.js");
  const path = (await resolveModelReference(adapter.path, settings["tracking.uri"], host)) ?? adapter.path;
  const file = await prepareAdapter(path, base.file, { folder: preparedFolder(), signal: host.signal });
  const { cache, compute } = estimateMemory(base.file.header, 0, memoryShapeOf(base.file.header, engineOptionsOf(settings)));
  return {
    ...{ name: base.source.name, version: adapter.name, id: `${base.source.id}:${adapter.name}`, base: base.source.id },
    identity: `${base.source.identity}+${await modelIdentity(file)}*${adapter.scale}`,
    memoryBytes: cache + compute + file.sizeBytes,
    load: (model: ServedModel | undefined) => (model as Engine).adapt({ name: adapter.name, file, scale: adapter.scale }),
  };
}
