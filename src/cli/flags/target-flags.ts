import { Flags, type Interfaces } from "@oclif/core";
import { ENGINE_DEFAULTS, type EngineChoice } from "../../app/targets/engine-choice.js";
import type { TargetOptions } from "../../app/targets/open-target.js";
import { ENGINE_RANGES } from "../../lib/base/config/engine-ranges.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { CACHE_TYPES, GPU_CHOICES } from "../../lib/inference/engine/engine-options.js";
import { DEMO_MODEL } from "../../lib/inference/models/model-file.js";
import type { Complete } from "./complete.js";
import { countOrAutoFlag } from "./number-flag.js";
import { requestFlags, requestOf } from "./request-flags.js";

/** The flag that names a local model. */
export const modelPathFlag = Flags.string({
  aliases: ["model-path"],
  char: "m",
  description: `GGUF file or Hugging Face folder, runs:/RUN/PATH or models:/NAME/VERSION (or STAGE, or NAME@ALIAS) of the MLflow store, or "${DEMO_MODEL}" for the embedded demo model [default: ${DEMO_MODEL}]`,
  helpValue: "FILE",
});

const ENGINE = "ENGINE";

/** The flags that size the engine. */
export const engineFlags = {
  "ctx-size": Flags.integer({
    default: ENGINE_DEFAULTS.contextSize,
    min: 16,
    description: "context in tokens for each request, at most what the model has",
    helpGroup: ENGINE,
  }),
  threads: countOrAutoFlag({
    ...ENGINE_RANGES.threads,
    description: "compute threads; auto measures at start what is fastest and adapts while it runs [default: auto]",
    helpValue: "N|auto",
    helpGroup: ENGINE,
  }),
  "batch-size": Flags.integer({
    ...ENGINE_RANGES.batchSize,
    default: ENGINE_DEFAULTS.batchSize,
    description: "tokens evaluated in one step",
    helpGroup: ENGINE,
  }),
  gpu: Flags.option({
    options: GPU_CHOICES,
    default: ENGINE_DEFAULTS.gpu,
    description: "what to compute with",
    helpGroup: ENGINE,
  })(),
  "flash-attn": Flags.boolean({
    allowNo: true,
    description: "flash attention [default: where it works]",
    helpGroup: ENGINE,
  }),
  "cache-type": Flags.option({
    options: CACHE_TYPES,
    default: ENGINE_DEFAULTS.cacheType,
    description: "how the context is kept; q8_0 takes about half the memory",
    helpGroup: ENGINE,
  })(),
  load_in_8bit: Flags.boolean({
    description: "keep weights in 8 bits: a file of F16, BF16 or F32 is quantised once (Q8_0), about half of F16",
    helpGroup: ENGINE,
    exclusive: ["load_in_4bit"],
  }),
  load_in_4bit: Flags.boolean({
    description: "keep weights in 4 bits (Q4_K_M), less than a third of F16",
    helpGroup: ENGINE,
  }),
  deterministic: Flags.boolean({
    description: "same request and seed, same bytes: one request at a time, no reuse of earlier prompts",
    helpGroup: ENGINE,
  }),
};

/** The flags that choose what a study asks. */
export const targetFlags = {
  model_path: modelPathFlag,
  endpoint: Flags.string({
    aliases: ["url"],
    description: "OpenAI-compatible endpoint to use instead of a local model",
    helpValue: "URL",
    exclusive: ["model_path"],
  }),
  model: Flags.string({ description: "model name at the endpoint [default: its first]", dependsOn: ["endpoint"] }),
  "api-key-env": Flags.string({
    description: "environment variable with the endpoint's API key",
    helpValue: "VAR",
    dependsOn: ["endpoint"],
  }),
  ...requestFlags,
  ...onlyWithoutEndpoint(engineFlags),
};

/** The same where the endpoint may also be named as an argument: `targetOfArgument` then checks what goes together. */
export const argumentTargetFlags = {
  ...targetFlags,
  ...withoutRelations({ model: targetFlags.model, "api-key-env": targetFlags["api-key-env"] }),
};

function withoutRelations<T extends object>(flags: T): T {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { ...flag, dependsOn: [] }])) as T;
}

/**
 * What an argument or --endpoint names, with the flags beside it; `raw` is what was typed. Throws INVALID_ARGUMENT for two names,
 * and for flags that would do nothing.
 */
export function targetOfArgument<F extends { endpoint?: string | undefined; model_path?: string | undefined }>(
  url: string | undefined,
  { flags, raw }: { flags: F; raw: Interfaces.ParserOutput["raw"] },
): F {
  if (url !== undefined && (flags.endpoint !== undefined || flags.model_path !== undefined)) {
    throw new LlmopsError("INVALID_ARGUMENT", "What to ask is named twice.", {
      hint: "Name it as argument, with --endpoint, or with --model_path.",
    });
  }
  const endpoint = url ?? flags.endpoint;
  const idle = (endpoint === undefined ? ["model", "api-key-env"] : Object.keys(engineFlags)).find((name) =>
    raw.some((token) => token.type === "flag" && token.flag === name),
  );
  if (idle === undefined) return endpoint === undefined ? flags : { ...flags, endpoint };
  const [why, hint] =
    endpoint === undefined
      ? ["no endpoint is given", "Name one as argument or with --endpoint."]
      : [`${endpoint} has its own sizes`, "Leave it out, or name a file with --model_path."];
  throw new LlmopsError("INVALID_ARGUMENT", `--${idle} would do nothing: ${why}.`, { hint });
}

/** An endpoint has its own sizes: these flags would do nothing beside it. */
function onlyWithoutEndpoint(flags: typeof engineFlags): typeof engineFlags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, { ...flag, exclusive: [...(flag.exclusive ?? []), "endpoint"] }]),
  ) as typeof engineFlags;
}

type EngineFlags = Omit<Interfaces.InferredFlags<typeof engineFlags>, "load_in_8bit" | "load_in_4bit">;

/** How `engineFlags` size the engine. */
export function engineChoiceOf(flags: Partial<EngineFlags>): Complete<EngineChoice> {
  return {
    contextSize: flags["ctx-size"],
    threads: flags.threads,
    batchSize: flags["batch-size"],
    gpu: flags.gpu,
    flashAttention: flags["flash-attn"],
    cacheType: flags["cache-type"],
    deterministic: flags.deterministic,
  };
}

type TargetFlags = Interfaces.InferredFlags<typeof targetFlags> & { "tracking-uri": string; timeout: number };

/** What `targetFlags` say is asked, with the store and the timeout beside them. */
export function targetOf(flags: Partial<TargetFlags>): Complete<TargetOptions> {
  return {
    ...engineChoiceOf(flags),
    ...requestOf(flags),
    modelPath: flags.model_path,
    loadIn8Bit: flags.load_in_8bit,
    loadIn4Bit: flags.load_in_4bit,
    endpoint: flags.endpoint,
    model: flags.model,
    apiKeyEnv: flags["api-key-env"],
    trackingUri: flags["tracking-uri"],
    timeout: flags.timeout,
  };
}
