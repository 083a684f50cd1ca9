import { Flags } from "@oclif/core";
import { readSecret } from "./lib/config/environment.js";
import { LlmopsError } from "./lib/errors/llmops-error.js";
import { DEMO_MODEL, openModelFile } from "./lib/models/model-file.js";
import type { CompletionTarget } from "./lib/openai/completion-target.js";

/** The flag that names a local model. */
export const modelPathFlag = Flags.string({
  aliases: ["model-path"],
  char: "m",
  description: `GGUF file, or "${DEMO_MODEL}" for the embedded demo model [default: ${DEMO_MODEL}]`,
  helpValue: "FILE",
});

/** The flags that size the engine. */
export const engineFlags = {
  "ctx-size": Flags.integer({ default: 2048, min: 16, description: "context in tokens for each request, at most what the model has" }),
};

/** The flags that choose what a study asks. */
export const targetFlags = {
  model_path: modelPathFlag,
  endpoint: Flags.string({
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
  ...engineFlags,
};

export interface TargetChoice {
  model_path?: string | undefined;
  endpoint?: string | undefined;
  model?: string | undefined;
  "api-key-env"?: string | undefined;
  "ctx-size": number;
}

/** Connects to the endpoint, or loads the model with `slots` slots. */
export async function openTarget(choice: TargetChoice, slots: number, signal: AbortSignal): Promise<CompletionTarget> {
  if (choice.endpoint === undefined) return loadEngine(choice.model_path ?? DEMO_MODEL, choice["ctx-size"], slots, signal);
  const { EndpointTarget } = await import("./lib/openai/endpoint-target.js");
  const variable = choice["api-key-env"];
  return EndpointTarget.connect(
    {
      url: choice.endpoint,
      ...(choice.model === undefined ? {} : { model: choice.model }),
      ...(variable === undefined ? {} : { apiKey: readSecret(variable) }),
    },
    signal,
  );
}

/** Loads a GGUF model into this process. */
export async function loadEngine(reference: string, contextSize: number, slots: number, signal: AbortSignal): Promise<CompletionTarget> {
  if (reference === "") throw new LlmopsError("INVALID_ARGUMENT", "The model path is empty.", { hint: "Name a GGUF file." });
  const file = await openModelFile(reference);
  const { Engine } = await import("./lib/engine/engine.js");
  return Engine.load(file, { slots, contextSize, signal });
}
