import { Flags, type Interfaces } from "@oclif/core";
import { engineChoiceOf, engineFlags } from "./engine-flags.js";
import type { TargetOptions } from "../../app/targets/open-target.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { DEMO_MODEL } from "../../lib/inference/models/model-file.js";
import type { Complete } from "./complete.js";
import { requestFlags, requestOf } from "./request-flags.js";

/** The flag that names a local model. */
export const modelPathFlag = Flags.string({
  aliases: ["model-path"],
  char: "m",
  description: `GGUF file or Hugging Face folder, runs:/RUN/PATH or models:/NAME/VERSION (or STAGE, or NAME@ALIAS) of the MLflow store, or "${DEMO_MODEL}" for the embedded demo model [default: ${DEMO_MODEL}]`,
  helpValue: "FILE",
});

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
    throw new LlmopsError("INVALID_ARGUMENT", "The endpoint or model is named twice.", {
      hint: "Name it once: as the argument, with --endpoint, or with --model_path.",
    });
  }
  const endpoint = url ?? flags.endpoint;
  const idle = (endpoint === undefined ? ["model", "api-key-env"] : Object.keys(engineFlags)).find((name) =>
    raw.some((token) => token.type === "flag" && token.flag === name),
  );
  if (idle === undefined) return endpoint === undefined ? flags : { ...flags, endpoint };
  const [why, hint] =
    endpoint === undefined
      ? ["no endpoint was given", "Name one as the argument or with --endpoint."]
      : [`${endpoint} has its own sizes`, "Leave it out, or name a file with --model_path."];
  throw new LlmopsError("INVALID_ARGUMENT", `--${idle} would do nothing: ${why}.`, { hint });
}

/** An endpoint has its own sizes: these flags would do nothing beside it. */
function onlyWithoutEndpoint(flags: typeof engineFlags): typeof engineFlags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, { ...flag, exclusive: [...(flag.exclusive ?? []), "endpoint"] }]),
  ) as typeof engineFlags;
}

type TargetFlags = Interfaces.InferredFlags<typeof targetFlags> & { "tracking-uri": string; timeout: number };

/** What `targetFlags` say is asked, with the store and the timeout beside them. */
export function targetOf(flags: Partial<TargetFlags>): Complete<TargetOptions> {
  return {
    ...engineChoiceOf(flags),
    ...requestOf(flags),
    modelPath: flags.model_path,
    endpoint: flags.endpoint,
    model: flags.model,
    apiKeyEnv: flags["api-key-env"],
    trackingUri: flags["tracking-uri"],
    timeout: flags.timeout,
  };
}
