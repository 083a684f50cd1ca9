import { SWEPT_ENGINE_NAMES } from "../../lib/base/config/engine-parameters.js";
import { SERVING_NAMES } from "../../lib/base/config/serving.js";
import type { GivenSettings } from "../../lib/base/config/load-settings.js";
import type { SettingName } from "../../lib/base/config/settings.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { readSearchFile } from "../../lib/experiments/study/search-file.js";
import { placesOf, readPromptText } from "../../lib/experiments/study/prompt-template.js";
import { parseFixed } from "../../lib/experiments/study/search-space.js";

/** What a study varies of the engine: where serve has it. */
const SIZES = Object.fromEntries(SWEPT_ENGINE_NAMES.map((name) => [name, `models.${name}`])) as Readonly<Record<string, SettingName>>;

/** What `serve --set` gives: values by the settings of serve, and what a file has that is not served, in words. */
export interface ServedSetting {
  given: GivenSettings;
  leftOut: string[];
}

/**
 * Reads `serve --set`: parameters as a study has them, NAME=VALUE or @FILE as sweep and optimize write it, by the settings of serve. A
 * template of a file has no rows here: it is left out, which `leftOut` says. Throws what reading parameters throws, and INVALID_ARGUMENT
 * for a template that was typed.
 */
export function servedSetting(words: readonly string[]): ServedSetting {
  const read = words.map((word) => ({
    place: `--set ${word}`,
    isFile: word.startsWith("@"),
    values: parseFixed(word.startsWith("@") ? readSearchFile(word.slice(1)) : [word], {
      several: "serve gives requests one value of it: --set NAME=VALUE.",
    }),
  }));
  const isRemote = read.some(({ values }) => values["endpoint"] !== undefined);
  const given = new Map<SettingName, { value: unknown; place: string }>();
  const leftOut: string[] = [];
  for (const { place, isFile, values } of read) {
    const templates = Object.entries(values).filter(([name, value]) => isTemplate(name, String(value)));
    if (isFile && templates.length > 0) leftOut.push(describeLeftOut(place, templates, values));
    for (const [name, value] of Object.entries(values)) {
      const left = templates.some(([template]) => template === name);
      if (left && isFile) continue;
      if (left) throw templateTyped(name, place);
      given.set(settingOf(name, { place, isRemote }), { value, place });
    }
  }
  return { given, leftOut };
}

/** A prompt, and a system prompt that asks for columns of a row. */
function isTemplate(name: string, value: string): boolean {
  return name === "prompt" || (name === "system" && placesOf(readPromptText(value)).length > 0);
}

function describeLeftOut(place: string, templates: readonly (readonly [string, unknown])[], values: object): string {
  const served = Object.keys(values).filter((name) => !templates.some(([template]) => template === name));
  const parts = templates.map(([name, value]) => {
    const text = String(value);
    return `${name} (${JSON.stringify(text.length > 50 ? `${text.slice(0, 49)}…` : text)})`;
  });
  const plain = templates.every(([name, value]) => name === "prompt" && String(value).trim() === "{{question}}");
  if (plain) return `${place}: the prompt is the question alone, which is what clients send.`;
  return (
    `Warning: ${place}: served is ${served.length === 0 ? "nothing" : served.join(", ")}; left out is ${parts.join(" and ")}, a template for rows ` +
    "of a dataset: answers are as measured only where clients fill it in themselves."
  );
}

function templateTyped(name: string, place: string): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `${place} has the parameter ${name}, which serve cannot give a request.`, {
    hint: `A ${name === "prompt" ? "prompt" : "system prompt with places"} is a template for rows of a dataset: have your clients fill it in, or put what is fixed of it into system.`,
  });
}

function settingOf(name: string, { place, isRemote }: { place: string; isRemote: boolean }): SettingName {
  if (SERVING_NAMES.includes(name)) return `serving.${name}` as SettingName;
  if (name === "max_completion_tokens") return "serving.max_tokens";
  if (name === "endpoint") return "providers.upstream";
  if (name === "model") return isRemote ? "providers.upstream_model" : "models.default_model";
  const size = SIZES[name];
  if (size !== undefined) return size;
  throw new LlmopsError("INVALID_ARGUMENT", `${place} has the parameter ${name}, which serve cannot give a request.`, {
    hint: `serve takes: ${[...SERVING_NAMES, "model", "endpoint", ...Object.keys(SIZES)].join(", ")}.`,
  });
}
