import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ServedModel } from "./served-model.js";

/** A model, or a model with an adapter, that can be loaded. */
export interface ModelSource {
  /** What clients call the model, without the adapter. */
  name: string;
  /** The adapter's name, or what a model without one is called. */
  version: string;
  /** The id clients ask for: the model's name, or "name:adapter". */
  id: string;
  /** What tells its answers from others'. */
  identity: string;
  /** The id of the model an adapter is put on. */
  base?: string;
  /** What it will need, as far as its file tells. */
  memoryBytes: number;
  load: (base: ServedModel | undefined) => Promise<ServedModel>;
}

/**
 * The source of an id, or of a model's name with an adapter's. Where there is one source only, any id means it: clients send names of
 * their own. Throws MODEL_NOT_FOUND.
 */
export function findSource(sources: readonly ModelSource[], { name, version }: { name: string; version: string | undefined }): ModelSource {
  const found = sources.find((source) => (version === undefined ? source.id === name : source.name === name && source.version === version));
  if (found) return found;
  const [only] = sources;
  if (only && sources.length === 1 && version === undefined) return only;
  throw new LlmopsError("MODEL_NOT_FOUND", `The model "${name}"${version === undefined ? "" : ` with "${version}"`} does not exist.`, {
    hint: `Available: ${sources.map(({ id }) => `"${id}"`).join(", ")}.`,
    param: "model",
  });
}
