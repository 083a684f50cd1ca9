import { SERVING_NAMES } from "../lib/config/serving.js";
import type { GivenSettings } from "../lib/config/load-settings.js";
import type { SettingName } from "../lib/config/settings.js";
import { LlmopsError } from "../lib/errors/llmops-error.js";
import { readSearchFile } from "../lib/study/search-file.js";
import { parseFixed } from "../lib/study/search-space.js";

/** What a study varies beside the requests: where serve has it. */
const SIZES: Record<string, SettingName> = {
  slots: "models.slots",
  threads: "models.threads",
  batch_size: "models.batch_size",
  cache_type: "models.cache_type",
};

/**
 * What `serve --set` gives: parameters as a study has them, NAME=VALUE or @FILE as sweep and optimize write it, by the settings of serve.
 * Throws what reading parameters throws, and INVALID_ARGUMENT for a template, which has no rows here.
 */
export function servedSetting(words: readonly string[]): GivenSettings {
  const read = words.map((word) => ({
    place: `--set ${word}`,
    values: parseFixed(word.startsWith("@") ? readSearchFile(word.slice(1)) : [word]),
  }));
  const isRemote = read.some(({ values }) => values["endpoint"] !== undefined);
  const found = new Map<SettingName, { value: unknown; place: string }>();
  for (const { place, values } of read) {
    for (const [name, value] of Object.entries(values)) found.set(settingOf(name, { place, isRemote }), { value, place });
  }
  return found;
}

function settingOf(name: string, { place, isRemote }: { place: string; isRemote: boolean }): SettingName {
  if (SERVING_NAMES.includes(name)) return `serving.${name}` as SettingName;
  if (name === "endpoint") return "providers.upstream";
  if (name === "model") return isRemote ? "providers.upstream_model" : "models.default_model";
  const size = SIZES[name];
  if (size !== undefined) return size;
  throw new LlmopsError("INVALID_ARGUMENT", `${place} has the parameter ${name}, which serve cannot give a request.`, {
    hint:
      name === "prompt"
        ? "A prompt is a template for rows of a dataset: have your clients fill it in, or put what is fixed of it into system, and leave it out here."
        : `serve takes: ${[...SERVING_NAMES, "model", "endpoint", ...Object.keys(SIZES)].join(", ")}.`,
  });
}
