import { Flags, type Interfaces } from "@oclif/core";
import type { JudgeOptions } from "../../app/judging/judge-options.js";
import { LAYOUTS, REASONS } from "../../lib/experiments/judge/judge-prompt.js";
import { BUILT_IN_JUDGES } from "../../lib/experiments/judge/judge-methods.js";
import type { Complete } from "./complete.js";

const JUDGE = "JUDGE";

/** The flags that choose who grades, and how verdicts are read. */
export const judgeFlags = {
  "judge-model_path": Flags.string({
    aliases: ["judge-model-path"],
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "FILE",
    description: "the model that grades, as --model_path names one; several make a panel [default: the model under test]",
    helpGroup: JUDGE,
  }),
  "judge-endpoint": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "URL",
    description: "an OpenAI-compatible endpoint that grades; several make a panel",
    helpGroup: JUDGE,
  }),
  "judge-model": Flags.string({
    helpValue: "NAME",
    description: "model name at --judge-endpoint [default: its first]",
    dependsOn: ["judge-endpoint"],
    helpGroup: JUDGE,
  }),
  "judge-api-key-env": Flags.string({
    helpValue: "VAR",
    description: "environment variable with the API key of --judge-endpoint",
    dependsOn: ["judge-endpoint"],
    helpGroup: JUDGE,
  }),
  "judge-method": Flags.string({
    aliases: ["method"],
    helpValue: "NAME",
    description:
      `how a verdict is reached: ${BUILT_IN_JUDGES.names.join(", ")}, or a judge of a plugin ` +
      "[default: probability if the judge returns token probabilities, otherwise votes]",
    helpGroup: JUDGE,
  }),
  "judge-votes": Flags.integer({
    aliases: ["votes"],
    min: 2,
    max: 100,
    description: "verdicts per vote; implies --judge-method votes [default: 5]",
    helpGroup: JUDGE,
  }),
  "judge-reason": Flags.option({
    aliases: ["reason"],
    options: REASONS,
    description: "where the judge writes a justification [default: none with probability, otherwise before the score]",
    helpGroup: JUDGE,
  })(),
  "judge-max-tokens": Flags.integer({
    aliases: ["judge-max_tokens"],
    min: 1,
    helpValue: "TOKENS",
    description: "maximum tokens per reply, including thoughts [default: 64, or 320 with a reason; up to 16384 if the judge thinks]",
    helpGroup: JUDGE,
  }),
  "judge-layout": Flags.option({
    aliases: ["layout"],
    options: LAYOUTS,
    default: "rubric_first",
    description: "what prompts begin with, and so share: the rubric, or the sample (for long samples and several criteria)",
    helpGroup: JUDGE,
  })(),
};

/** Who grades, by the flags, and how verdicts are read. */
export function judgeOf(flags: Partial<Interfaces.InferredFlags<typeof judgeFlags>>): Complete<JudgeOptions> {
  return {
    modelPaths: flags["judge-model_path"],
    endpoints: flags["judge-endpoint"],
    model: flags["judge-model"],
    apiKeyEnv: flags["judge-api-key-env"],
    method: flags["judge-method"],
    votes: flags["judge-votes"],
    reason: flags["judge-reason"],
    maxTokens: flags["judge-max-tokens"],
    layout: flags["judge-layout"],
  };
}
