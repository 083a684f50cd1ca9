import { Flags, type Interfaces } from "@oclif/core";
import { ENGINE_RANGES } from "../../lib/base/config/engine-ranges.js";
import { readSecret } from "../../lib/base/config/environment.js";
import { CACHE_TYPES, GPU_CHOICES, type EngineOptions } from "../../lib/inference/engine/engine-options.js";
import type { Engine } from "../../lib/inference/engine/engine.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { DEMO_MODEL } from "../../lib/inference/models/model-file.js";
import { countOrAutoFlag } from "./number-flag.js";
import type { Host } from "../../app/host/host.js";
import { openModel } from "../../app/models/open-model.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import { extraBody, requestFlags, type RequestChoice } from "./request-body.js";

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
    default: 2048,
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
    default: 512,
    description: "tokens evaluated in one step",
    helpGroup: ENGINE,
  }),
  gpu: Flags.option({
    options: GPU_CHOICES,
    default: "auto",
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
    default: "f16",
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

/** The values of `engineFlags`. */
export interface EngineChoice {
  "ctx-size": number;
  threads?: number | "auto" | undefined;
  "batch-size": number;
  gpu: (typeof GPU_CHOICES)[number];
  "flash-attn"?: boolean | undefined;
  "cache-type": (typeof CACHE_TYPES)[number];
  deterministic: boolean;
  load_in_8bit?: boolean | undefined;
  load_in_4bit?: boolean | undefined;
}

export interface TargetChoice extends EngineChoice, RequestChoice {
  model_path?: string | undefined;
  endpoint?: string | undefined;
  model?: string | undefined;
  "api-key-env"?: string | undefined;
  "tracking-uri": string;
  /** Seconds one attempt may take. */
  timeout?: number | undefined;
  /** Told what an endpoint refuses and gets otherwise, and that it limits the rate. */
  onNote?: (text: string) => void;
  /** Counts what endpoints refuse for their rate. */
  rates?: RateWatch;
}

/** Connects to the endpoint, or loads the model with `slots` slots. */
export async function openTarget(choice: TargetChoice, slots: number, host: Host): Promise<CompletionTarget> {
  const body = extraBody(choice);
  if (choice.endpoint === undefined) {
    checkLocal(choice, body);
    return loadEngine(choice, toEngineOptions(choice, slots), host);
  }
  const { EndpointTarget } = await import("../../lib/inference/openai/endpoint-target.js");
  const variable = choice["api-key-env"];
  return EndpointTarget.connect(
    {
      url: choice.endpoint,
      ...(body && { body }),
      ...(choice["max-tokens-field"] !== undefined && { maxTokensField: choice["max-tokens-field"] }),
      ...(choice.onNote && { onNote: choice.onNote }),
      ...(choice.rates && { rates: choice.rates }),
      ...(choice.timeout !== undefined && { timeoutMs: choice.timeout * 1000 }),
      ...(choice.model === undefined ? {} : { model: choice.model }),
      ...(variable === undefined ? {} : { apiKey: readSecret(variable) }),
    },
    host.signal,
  );
}

/** The engine in this process takes no members it does not know. Throws UNSUPPORTED_PARAMETER. */
function checkLocal({ "max-tokens-field": field }: TargetChoice, body: object | undefined): void {
  if (field === undefined && body === undefined) return;
  const what = body === undefined ? "--max-tokens-field" : Object.keys(body).join(", ");
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `${what} would do nothing: a model in this process does not know it.`, {
    hint: "It is for endpoints: name one with --endpoint, or leave it out.",
  });
}

/** The engine's options from its flags. Throws INVALID_ARGUMENT for flags that exclude each other. */
export function toEngineOptions(choice: EngineChoice, slots: number): EngineOptions {
  if (choice["cache-type"] === "q8_0" && choice["flash-attn"] === false) {
    throw new LlmopsError("INVALID_ARGUMENT", "--cache-type q8_0 needs flash attention, which --no-flash-attn turns off.", {
      hint: "Leave one of them out.",
    });
  }
  return {
    slots,
    contextSize: choice["ctx-size"],
    batchSize: choice["batch-size"],
    gpu: choice.gpu,
    cacheType: choice["cache-type"],
    deterministic: choice.deterministic,
    ...(typeof choice.threads === "number" && { threads: choice.threads }),
    ...(choice["flash-attn"] === undefined ? {} : { flashAttention: choice["flash-attn"] }),
  };
}

/** Loads the model that was chosen, by default the demo model, into this process. */
async function loadEngine(choice: TargetChoice, options: EngineOptions, host: Host): Promise<Engine> {
  const { model_path: reference, "tracking-uri": trackingUri, load_in_8bit, load_in_4bit } = choice;
  const file = await openModel({ reference, trackingUri, load_in_8bit, load_in_4bit }, { options, host });
  const { Engine } = await import("../../lib/inference/engine/engine.js");
  return Engine.load(file, { ...options, signal: host.signal });
}
