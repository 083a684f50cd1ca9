import { z } from "zod";
import { optionalNumber, type ConfigSetting } from "./setting.js";

/** A number given to the sampler with every request. */
export interface SamplingParameter {
  /** In requests, in llmops.yaml below `serving`, and in sweeps. */
  name: string;
  /** Further names requests may have it by. */
  aliases?: readonly string[];
  /** What studies and llmops.yaml may give. */
  min: number;
  max: number;
  integer?: boolean;
  /** What clients may send, where that is more; undefined for what kinds of requests declare themselves. */
  request: { min?: number; above?: number; max?: number } | undefined;
  /** For people who send requests. */
  about: string;
  /** For people who write llmops.yaml; the name alone where it says enough. */
  serving?: string;
}

/**
 * Every number of the sampler, by its name among the options of programs. What studies vary, the defaults a server can have, the
 * fields of requests, and what endpoints are sent follow from this table; a new entry needs its effect in the engine's sampler, and
 * nothing else.
 */
export const SAMPLING_PARAMETERS = {
  temperature: {
    name: "temperature",
    min: 0,
    max: 2,
    request: { min: 0 },
    about: "0 is greedy, whatever else is set; default 1.",
    serving: "temperature {}; before providers.temperature",
  },
  topP: {
    name: "top_p",
    min: 1e-6,
    max: 1,
    request: { min: 0, max: 1 },
    about: "Keep the most likely tokens that make up this probability.",
  },
  topK: {
    name: "top_k",
    min: 0,
    max: 1_000_000,
    integer: true,
    request: { min: -1 },
    about: "Keep this many of the most likely tokens; 0 and -1 keep all.",
  },
  minP: {
    name: "min_p",
    min: 0,
    max: 1,
    request: { min: 0, max: 1 },
    about: "Keep tokens at least this likely, relative to the most likely token.",
  },
  frequencyPenalty: {
    name: "frequency_penalty",
    min: -2,
    max: 2,
    request: { min: -2, max: 2 },
    about: "Subtracted from a token's logit for each earlier occurrence in the completion.",
  },
  presencePenalty: {
    name: "presence_penalty",
    min: -2,
    max: 2,
    request: { min: -2, max: 2 },
    about: "Subtracted once from the logit of a token that occurred in the completion.",
  },
  repeatPenalty: {
    name: "repeat_penalty",
    aliases: ["repetition_penalty"],
    min: 0.01,
    max: 10,
    request: { min: 0.01, max: 10 },
    about: "Divides the logits of tokens that occurred in the completion; 1 is off. Also: repetition_penalty.",
  },
  repeatLastN: {
    name: "repeat_last_n",
    min: -1,
    max: 1_000_000,
    integer: true,
    request: { min: -1 },
    about: "The three penalties consider this many of the completion's last tokens; -1 (the default) considers all, 0 turns them off.",
  },
  typicalP: {
    name: "typical_p",
    aliases: ["typ_p"],
    min: 1e-6,
    max: 1,
    request: { above: 0, max: 1 },
    about: "Keep the tokens nearest the expected surprise that make up this probability; 1 keeps all.",
  },
  topNSigma: {
    name: "top_n_sigma",
    min: 0,
    max: 100,
    request: { min: -1 },
    about: "Keep tokens whose logit is at most this many standard deviations below the highest; 0 and -1 keep all.",
  },
  xtcProbability: {
    name: "xtc_probability",
    min: 0,
    max: 1,
    request: { min: 0, max: 1 },
    about: "Probability of excluding the most likely tokens (XTC); 0 is off.",
  },
  xtcThreshold: {
    name: "xtc_threshold",
    min: 0,
    max: 1,
    request: { min: 0, max: 1 },
    about: "XTC excludes tokens above this probability, except the least likely of them; default 0.1; above 0.5 is off.",
  },
  dynatempRange: {
    name: "dynatemp_range",
    min: 0,
    max: 2,
    request: { min: 0 },
    about: "Lets the temperature vary with the entropy, by up to this much below and above; 0 is off.",
  },
  dynatempExponent: {
    name: "dynatemp_exponent",
    min: 0,
    max: 10,
    request: { min: 0 },
    about: "Exponent of the normalized entropy in that range; default 1.",
  },
  mirostat: {
    name: "mirostat",
    min: 0,
    max: 2,
    integer: true,
    request: { min: 0, max: 2 },
    about: "Keeps the surprise of tokens at a target, with Mirostat 1 or 2, instead of truncating samplers; 0 is off.",
  },
  mirostatTau: {
    name: "mirostat_tau",
    min: 0,
    max: 20,
    request: { min: 0 },
    about: "Mirostat's target surprise in bits; default 5.",
  },
  mirostatEta: {
    name: "mirostat_eta",
    min: 0,
    max: 1,
    request: { min: 0, max: 1 },
    about: "Mirostat's learning rate; default 0.1.",
  },
  dryMultiplier: {
    name: "dry_multiplier",
    min: 0,
    max: 10,
    request: { min: 0 },
    about: "How strongly tokens that would continue a repetition are penalized (DRY); 0 is off.",
  },
  dryBase: {
    name: "dry_base",
    min: 1,
    max: 10,
    request: { min: 1 },
    about: "Growth of the DRY penalty with each repeated token; default 1.75.",
  },
  dryAllowedLength: {
    name: "dry_allowed_length",
    min: 0,
    max: 1_000_000,
    integer: true,
    request: { min: 0 },
    about: "DRY penalizes repetitions longer than this; default 2.",
  },
  dryPenaltyLastN: {
    name: "dry_penalty_last_n",
    min: -1,
    max: 1_000_000,
    integer: true,
    request: { min: -1 },
    about: "DRY looks for repetitions in this many of the completion's last tokens; -1 (the default) means all, 0 turns DRY off.",
  },
  minTokens: {
    name: "min_tokens",
    aliases: ["min_new_tokens"],
    min: 0,
    max: 1_000_000,
    integer: true,
    request: { min: 0 },
    about: "Tokens before the answer may end on its own.",
  },
  maxTokens: {
    name: "max_tokens",
    aliases: ["max_completion_tokens", "n_predict", "max_new_tokens"],
    min: 1,
    max: 1_000_000,
    integer: true,
    request: undefined,
    about: "Maximum tokens of the answer.",
    serving: "longest answer {}; before providers.max_tokens",
  },
  seed: {
    name: "seed",
    min: 0,
    max: 2 ** 32 - 1,
    integer: true,
    request: {},
    about: "The same seed gives the same answer (guaranteed with serve --deterministic).",
    serving: "seed {}: the same request then gets the same answer",
  },
} as const satisfies Record<string, SamplingParameter>;

type Table = typeof SAMPLING_PARAMETERS;
export type SamplingKey = keyof Table;
export type SamplingName = Table[SamplingKey]["name"];

/** The names among options, in the order of the table. */
export const SAMPLING_KEYS = Object.keys(SAMPLING_PARAMETERS) as SamplingKey[];

/** The names users write, in the order of the table. */
export const SAMPLING_NAMES: readonly string[] = SAMPLING_KEYS.map((key) => SAMPLING_PARAMETERS[key].name);

/** All names a request may have a parameter by, its own first. */
export function requestNames(parameter: SamplingParameter): readonly string[] {
  return [parameter.name, ...(parameter.aliases ?? [])];
}

type Field = z.ZodOptional<z.ZodNullable<z.ZodNumber>>;
type NameOf<Entry> = Entry extends { name: infer Name extends string; aliases: readonly (infer Alias extends string)[] }
  ? Name | Alias
  : Entry extends { name: infer Name extends string }
    ? Name
    : never;
type SamplingFields = {
  [Key in SamplingKey as Table[Key]["request"] extends undefined ? never : NameOf<Table[Key]>]: Field;
};

/** The fields of a request's body, and their further names. */
export function samplingFields(): SamplingFields {
  const fields = SAMPLING_KEYS.flatMap((key) => {
    const parameter: SamplingParameter = SAMPLING_PARAMETERS[key];
    const { name, request, about } = parameter;
    if (!request) return [];
    return requestNames(parameter).map((one) => {
      const text = one === name ? about : `The same as ${name}.`;
      return [
        one,
        numberField(request, parameter.integer ?? false)
          .nullish()
          .describe(text),
      ] as const;
    });
  });
  return Object.fromEntries(fields) as SamplingFields;
}

function numberField({ min, above, max }: NonNullable<SamplingParameter["request"]>, integer: boolean): z.ZodNumber {
  let field = integer ? z.number().int() : z.number();
  if (min !== undefined) field = field.min(min);
  if (above !== undefined) field = field.gt(above);
  return max === undefined ? field : field.max(max);
}

/** The settings of a server for requests that say nothing of them; `where` says which those are. */
export function samplingSettings(where: string): Record<SamplingName, ConfigSetting<number | undefined>> {
  const settings = SAMPLING_KEYS.map((key) => {
    const { name, min, max, integer = false, serving = `${name} {}` }: SamplingParameter = SAMPLING_PARAMETERS[key];
    return [name, optionalNumber({ min, max, whole: integer }, { about: serving.replace("{}", where) })] as const;
  });
  return Object.fromEntries(settings) as Record<SamplingName, ConfigSetting<number | undefined>>;
}
