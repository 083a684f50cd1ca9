import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Registry } from "../../lib/base/registry/registry.js";
import type { JudgeMethod } from "../../lib/experiments/judge/judge-method.js";
import { chooseMethod } from "../../lib/experiments/judge/judge-methods.js";
import type { Judge } from "../../lib/experiments/judge/judge.js";
import { openJudge } from "../../lib/experiments/judge/open-judge.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { limitsOf, type StudyOptions } from "../studies/study-options.js";

/** Calls of a judge's endpoint at a time, where the study does not say. */
const ENDPOINT_CONCURRENCY = 4;

/** The way to judge that was asked for, if any was, and all there are. */
export interface AskedMethod {
  method: JudgeMethod | undefined;
  known: Registry<JudgeMethod>;
}

/** The way to judge that a study asks for; every use case calls it before its first work. Throws INVALID_ARGUMENT, and what loading plugins throws. */
export async function readMethod({ plugins, judge = {} }: StudyOptions): Promise<AskedMethod> {
  const { judges: known } = await loadPlugins(plugins);
  const { method } = judge;
  return { method: method === undefined ? undefined : chooseMethod(method, known).method, known };
}

/** The models as judges by these rubrics. Throws what asking a judge what it can do throws, and INVALID_ARGUMENT for judges that do not go together. */
export async function openJudges(
  targets: readonly CompletionTarget[],
  rubrics: readonly Rubric[],
  { options, known }: Pick<AskedMethod, "known"> & { options: StudyOptions },
  signal: AbortSignal,
): Promise<Judge[]> {
  const { method, votes, reason, layout = "rubric_first", maxTokens } = options.judge ?? {};
  const { seed = DEFAULT_SEED } = options;
  const judges: Judge[] = [];
  for (const target of targets) {
    const concurrency = target.scoreOptions ? undefined : (options.concurrency ?? ENDPOINT_CONCURRENCY);
    const choice = { ...{ method, judges: known, votes, reason, layout, seed }, ...{ limits: limitsOf(options), concurrency, maxTokens } };
    judges.push(await openJudge(target, rubrics, choice, signal));
  }
  checkPanel(judges);
  return judges;
}

/** Throws INVALID_ARGUMENT for a panel whose scores do not mean the same. */
function checkPanel(judges: readonly Judge[]): void {
  const ways = new Set(judges.map(({ options }) => `${options.method}, reason ${options.reason}`));
  if (ways.size <= 1) return;
  const seen = judges.map(({ target, options }) => `${target.model} by ${options.method} (reason ${options.reason})`);
  throw new LlmopsError("INVALID_ARGUMENT", `The judges of the panel would use different methods: ${seen.join(", ")}.`, {
    hint: "Choose one method for all of them, such as --judge-method votes.",
  });
}
