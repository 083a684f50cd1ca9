import { LlmopsError } from "../../base/errors/llmops-error.js";
import { ENGINE_KEYS, ENGINE_PARAMETERS, type EngineParameter } from "../../base/config/engine-parameters.js";
import {
  SAMPLING_KEYS,
  SAMPLING_PARAMETERS,
  type SamplingKey,
  type SamplingName,
  type SamplingParameter,
} from "../../base/config/sampling-parameters.js";
import { didYouMean } from "../../base/errors/nearest.js";

/** A number given to the sampler with every request. */
export interface SamplingSpec {
  kind: "sampling";
  field: SamplingKey;
  min: number;
  max: number;
  integer: boolean;
}

/** Text in the prompt. Every occurrence on the command line is one value, @FILE reads a file. */
export interface PromptSpec {
  kind: "prompt";
}

/** A member of the request that is JSON. */
export interface FormatSpec {
  kind: "format";
}

/** What is asked: another model or endpoint, or the same one sized otherwise. Numbers have a range, some names are given. */
export interface TargetSpec {
  kind: "target";
  range?: { min: number; max: number };
  names?: readonly string[];
  /** A JSON object, which may have commas in it. */
  isJson?: true;
}

export type ParameterSpec = SamplingSpec | PromptSpec | FormatSpec | TargetSpec;

function samplingSpecs(): Record<SamplingName, SamplingSpec> {
  return Object.fromEntries(SAMPLING_KEYS.map((key) => [SAMPLING_PARAMETERS[key].name, samplingSpec(key)])) as Record<
    SamplingName,
    SamplingSpec
  >;
}

function samplingSpec(field: SamplingKey): SamplingSpec {
  const { min, max, integer = false }: SamplingParameter = SAMPLING_PARAMETERS[field];
  return { kind: "sampling", field, min, max, integer };
}

type EngineTable = typeof ENGINE_PARAMETERS;
type SweptName = {
  [Key in keyof EngineTable]: EngineTable[Key]["swept"] extends true ? EngineTable[Key]["name"] : never;
}[keyof EngineTable];

function engineSpecs(): Record<SweptName, TargetSpec> {
  const swept = ENGINE_KEYS.map((key): EngineParameter => ENGINE_PARAMETERS[key]).filter((parameter) => parameter.swept);
  return Object.fromEntries(swept.map((parameter) => [parameter.name, engineSpec(parameter)])) as Record<SweptName, TargetSpec>;
}

function engineSpec(parameter: EngineParameter): TargetSpec {
  if (parameter.kind === "name") return { kind: "target", names: parameter.names };
  if (parameter.kind === "switch") return { kind: "target", names: ["true", "false"] };
  if (parameter.kind === "text") return { kind: "target" };
  if (parameter.kind === "members") return { kind: "target", isJson: true };
  return { kind: "target", range: { min: parameter.min, max: parameter.max } };
}

/** What a study can vary, by the name users and results write. One of kind "target" also needs an entry in study-target.ts, or types do not check. */
const SPECS = {
  ...samplingSpecs(),
  // the same limit, under the name that newer models take
  max_completion_tokens: samplingSpec("maxTokens"),
  system: { kind: "prompt" },
  prompt: { kind: "prompt" },
  response_format: { kind: "format" },
  model: { kind: "target" },
  endpoint: { kind: "target" },
  ...engineSpecs(),
  // members of requests to endpoints that know them, and a JSON object of any others
  reasoning_effort: { kind: "target" },
  verbosity: { kind: "target" },
  service_tier: { kind: "target" },
  body: { kind: "target", isJson: true },
  max_tokens_field: { kind: "target", names: ["max_tokens", "max_completion_tokens"] },
} as const satisfies Record<string, ParameterSpec>;

/** Both names of the longest completion. */
const LIMITS: readonly string[] = ["max_tokens", "max_completion_tokens"] satisfies (keyof typeof SPECS)[];

export const PARAMETERS: Readonly<Record<string, ParameterSpec>> = SPECS;

/** The parameters that say what is asked: whoever opens targets has to know what to do with each of them. */
export type TargetParameter = {
  [Name in keyof typeof SPECS]: (typeof SPECS)[Name]["kind"] extends "target" ? Name : never;
}[keyof typeof SPECS];

/** The parameter of that name (dashes count as underscores). Throws UNKNOWN_PARAMETER with the ones there are, and what to do `otherwise`. */
export function findParameter(name: string, otherwise?: (name: string) => string): { name: string; spec: ParameterSpec } {
  const plain = name.replaceAll("-", "_").toLowerCase();
  const known = plain === "batch" ? "batch_size" : plain;
  const spec = Object.hasOwn(PARAMETERS, known) ? PARAMETERS[known] : undefined;
  if (spec) return { name: known, spec };
  throw new LlmopsError("UNKNOWN_PARAMETER", `Unknown parameter "${name}".`, {
    hint: `${didYouMean(plain, Object.keys(PARAMETERS))}${otherwise ? `${otherwise(name)} ` : ""}Parameters: ${Object.keys(PARAMETERS).join(", ")}.`,
  });
}

/** Throws INVALID_ARGUMENT for parameters that say the same. */
export function checkOneLimit(names: readonly string[]): void {
  if (!LIMITS.every((name) => names.includes(name))) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${LIMITS.join(" and ")} are one limit, under two names.`, {
    hint: "Set only one: max_completion_tokens for models that reject max_tokens.",
  });
}

/** True where two names mean the same parameter. */
export function isSameParameter(one: string, other: string): boolean {
  return one === other || (LIMITS.includes(one) && LIMITS.includes(other));
}

/** The range of a parameter that is a number; undefined for one that is a text or a name. */
export function numericRange(spec: ParameterSpec): { min: number; max: number; integer: boolean } | undefined {
  if (spec.kind === "sampling") return spec;
  return spec.kind === "target" && spec.range ? { ...spec.range, integer: true } : undefined;
}

/** Throws INVALID_RANGE for a name that is none of the parameter's. */
export function checkName(name: string, value: string, spec: ParameterSpec): void {
  if (spec.kind !== "target" || !spec.names || spec.names.includes(value)) return;
  throw new LlmopsError("INVALID_RANGE", `${name} = ${value} is not a known value.`, {
    hint: `${name} is one of: ${spec.names.join(", ")}.`,
  });
}

/** Throws INVALID_RANGE for a number outside its parameter's range. */
export function checkNumber(name: string, value: number, { min, max, integer }: { min: number; max: number; integer: boolean }): void {
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return;
  const kind = integer ? "a whole number " : "";
  const bounds = name === "top_p" ? "above 0, up to 1" : `from ${min} to ${max}`;
  throw new LlmopsError("INVALID_RANGE", `${name} = ${value} is out of range.`, { hint: `${name} must be ${kind}${bounds}.` });
}
