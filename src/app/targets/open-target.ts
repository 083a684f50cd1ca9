import type { EngineChoice } from "../../lib/base/config/engine-parameters.js";
import { readSecret } from "../../lib/base/config/environment.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Engine } from "../../lib/inference/engine/engine.js";
import type { EngineOptions } from "../../lib/inference/engine/engine-options.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import { openModel } from "../models/open-model.js";
import { toEngineOptions } from "./engine-choice.js";
import { extraBody, type RequestOptions } from "./request-body.js";

/** The MLflow store where nobody names one: in the current folder. */
export const DEFAULT_TRACKING_URI = ".";

/** What is asked: an endpoint, or a model that is loaded into this process; the demo model where neither is named. */
export interface TargetOptions extends Omit<EngineChoice, "slots">, RequestOptions {
  /** A GGUF file, a Hugging Face folder, a runs:/, models:/ or hf: reference. */
  modelPath?: string | undefined;
  /** The URL of an OpenAI-compatible endpoint. */
  endpoint?: string | undefined;
  /** The model's name at the endpoint; its first when absent. */
  model?: string | undefined;
  /** The environment variable that has the endpoint's API key. */
  apiKeyEnv?: string | undefined;
  /** The MLflow store: of runs:/ and models:/ references, and where runs are recorded. */
  trackingUri?: string | undefined;
  /** Seconds one attempt may take. */
  timeout?: number | undefined;
}

/** How a target is opened. */
export interface Opening {
  /** Requests that a local model answers at a time. */
  slots: number;
  /** Counts what endpoints refuse for their rate. */
  rates?: RateWatch | undefined;
}

/**
 * Connects to the endpoint, or loads the model; the host is told what an endpoint refuses and gets otherwise. Throws
 * ENDPOINT_UNREACHABLE, MODEL_NOT_FOUND, MODEL_INVALID, OUT_OF_MEMORY, or INVALID_ARGUMENT for options that exclude each other.
 */
export async function openTarget(options: TargetOptions, { slots, rates }: Opening, host: Host): Promise<CompletionTarget> {
  const body = extraBody(options);
  const { endpoint: url, model, apiKeyEnv, maxTokensField, timeout } = options;
  if (url === undefined) {
    checkLocal(options, body);
    return loadEngine(options, toEngineOptions(options, slots), host);
  }
  const { EndpointTarget } = await import("../../lib/inference/openai/endpoint-target.js");
  return EndpointTarget.connect(
    {
      ...{ url, onNote: host.note },
      ...(body && { body }),
      ...(maxTokensField !== undefined && { maxTokensField }),
      ...(rates && { rates }),
      ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
      ...(model === undefined ? {} : { model }),
      ...(apiKeyEnv === undefined ? {} : { apiKey: readSecret(apiKeyEnv) }),
    },
    host.signal,
  );
}

/** The engine in this process takes no members it does not know. Throws UNSUPPORTED_PARAMETER. */
function checkLocal({ maxTokensField }: TargetOptions, body: object | undefined): void {
  if (maxTokensField === undefined && body === undefined) return;
  const what = body === undefined ? "--max-tokens-field" : Object.keys(body).join(", ");
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `${what} would do nothing: a model in this process does not know it.`, {
    hint: "It is for endpoints: name one with --endpoint, or leave it out.",
  });
}

/** Loads the model that was chosen, by default the demo model, into this process. */
async function loadEngine(choice: TargetOptions, options: EngineOptions, host: Host): Promise<Engine> {
  const { modelPath: reference, trackingUri = DEFAULT_TRACKING_URI, loadIn8Bit, loadIn4Bit } = choice;
  const file = await openModel({ reference, trackingUri, loadIn8Bit, loadIn4Bit }, { options, host });
  const { Engine } = await import("../../lib/inference/engine/engine.js");
  return Engine.load(file, { ...options, signal: host.signal, onNote: host.note });
}
