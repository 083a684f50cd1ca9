import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { fixedParameters, type PromptOptions } from "../studies/fixed-parameters.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import type { StudyOptions } from "../studies/study-options.js";
import { concurrencyOf } from "../studies/study-target.js";
import { thinkingOf } from "../studies/thinking.js";

/** How models answer before they are compared. */
export type AnsweringOptions = StudyOptions & PromptOptions;

/** The plan of models that answer a dataset, a setting each. Throws INVALID_ARGUMENT for model files beside endpoints. */
export async function planAnswers(options: AnsweringOptions, dataset: Dataset, models: readonly string[]): Promise<StudyPlan> {
  const remote = models.filter((name) => /^https?:\/\//.test(name));
  if (remote.length > 0 && remote.length < models.length) {
    throw new LlmopsError("INVALID_ARGUMENT", `${models.join(", ")} are model files and endpoints.`, {
      hint: "Have one of them answer first, then compare its file: llmops judge --pairwise answers.jsonl other.gguf",
    });
  }
  const dimension = { name: remote.length > 0 ? "endpoint" : "model", values: [...models] };
  const scorers = await resolveScorers(["response_length"]);
  const plan = planSweep([dimension], dataset, {
    ...{ design: "single", strategies: [], fixed: fixedParameters(options), repeats: 1, seed: options.seed ?? DEFAULT_SEED },
    ...{ concurrency: concurrencyOf(options, [dimension]), correction: "none", minEffect: 0, addRepeats: false, scorers },
  });
  return { ...plan, ...thinkingOf(options) };
}
