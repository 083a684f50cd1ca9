import { Flags, type Interfaces } from "@oclif/core";
import type { PromptOptions } from "../../app/studies/fixed-parameters.js";
import type { StudyGateOptions } from "../../app/studies/study-gates.js";
import type { StudyOptions } from "../../app/studies/study-options.js";
import type { ScoredOptions, SweepOptions } from "../../app/studies/sweep-options.js";
import { DEFAULT_LIMIT, DEFAULT_MAX_TOKENS, DEFAULT_RETRIES, DEFAULT_SEED, DEFAULT_TIMEOUT } from "../../app/studies/study-defaults.js";
import { CORRECTIONS } from "../../lib/base/stats/multiplicity.js";
import type { Complete } from "./complete.js";
import { judgeFlags, judgeOf } from "./judge-flags.js";
import { numberFlag } from "./number-flag.js";
import { outputFlags } from "./output-flags.js";
import { requestOf } from "./request-flags.js";
import { trackingUriFlag } from "./store-flags.js";
import { targetFlags, targetOf } from "./target-flags.js";
import { thinkingFlags, thoughtsOf } from "./thinking-flags.js";

const [RUNNING, DECIDING] = ["RUNNING", "DECIDING"];

const askedFlags = {
  dataset: Flags.string({
    char: "d",
    helpValue: "FILE",
    description: "JSONL, JSON, CSV, TSV or YAML (also .gz) with question and answer, or messages [default: the example questions]",
  }),
  map: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME=COLUMN",
    description: "meaning of the dataset's columns, as in question=Prompt,answer=Gold",
  }),
  limit: Flags.integer({ min: 0, description: `use a random subset of this many rows; 0 uses all [default: ${DEFAULT_LIMIT}]` }),
  repeats: Flags.integer({ min: 1, max: 1000, description: "completions per row and setting [default: 3, or 1 at temperature 0]" }),
  seed: Flags.integer({ default: DEFAULT_SEED, min: 0, description: "seed of the whole study; the same seed reproduces it" }),
  system: Flags.string({ description: "system prompt of every request, or @FILE", helpValue: "TEXT" }),
  prompt: Flags.string({ description: "template of the user message, or @FILE, with {{question}} and other columns", helpValue: "TEXT" }),
  max_tokens: Flags.integer({ aliases: ["max-tokens"], default: DEFAULT_MAX_TOKENS, min: 1, description: "maximum tokens per completion" }),
  set: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME=VALUE",
    description: "a parameter shared by all settings, such as top_p=0.9 or response_format=json_object; @FILE reads parameters from YAML",
  }),
};

const runningFlags = {
  concurrency: Flags.integer({
    char: "c",
    min: 1,
    max: 64,
    description: "completions running at the same time [default: 32 for a local model, 4 for an endpoint]",
    helpGroup: RUNNING,
  }),
  timeout: Flags.integer({
    default: DEFAULT_TIMEOUT,
    min: 1,
    description: "seconds one attempt may take before it is retried (see --retries); waiting for a rate limit does not count",
    helpGroup: RUNNING,
  }),
  retries: Flags.integer({
    default: DEFAULT_RETRIES,
    min: 0,
    max: 20,
    description: "retries after a failure, a timeout, or an incomplete answer; rate limits (429, 503 with Retry-After) do not count",
    helpGroup: RUNNING,
  }),
  budget: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "LIMIT",
    description: "stop after a budget such as 2000calls, 100ktokens, or 10m; finished work is kept",
    helpGroup: RUNNING,
  }),
  "until-ci": numberFlag({
    helpValue: "HALFWIDTH",
    description: "add repeats to a setting until the 95 % interval of its score is within ±HALFWIDTH",
    helpGroup: RUNNING,
  }),
  race: Flags.boolean({ description: "drop settings that are clearly worse as soon as that is certain", helpGroup: RUNNING }),
  resume: Flags.string({ helpValue: "STUDY", description: "resume a study: its id, the beginning of its id, or last", helpGroup: RUNNING }),
  "retry-failed": Flags.boolean({
    dependsOn: ["resume"],
    description: "with --resume, also retry failed cells and score unscored answers again",
    helpGroup: RUNNING,
  }),
  "dry-run": Flags.boolean({ description: "print what the study would cost and could detect, then stop", helpGroup: RUNNING }),
};

/** Whose scorers, samplers and judges can be named. */
const pluginFlags = {
  plugin: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "MODULE",
    description: "a module that adds scorers, samplers, and judges: a file, or a package [default: plugins of llmops.yaml]",
    helpGroup: DECIDING,
  }),
};

/** Where the dataset of an earlier study is now. */
export const movedDatasetFlag = Flags.string({ char: "d", helpValue: "FILE", description: "the dataset of the study, if it was moved" });

/** How comparisons are made and judged. */
export const comparingFlags = {
  "min-effect": numberFlag({
    default: 0,
    helpValue: "SIZE",
    description: "differences of the score smaller than this do not matter",
    helpGroup: DECIDING,
  }),
  correction: Flags.option({
    options: CORRECTIONS,
    default: "holm",
    description: "correction for multiple comparisons: any false finding (holm), their share (bh), or none",
    helpGroup: DECIDING,
  })(),
};

const decidingFlags = {
  ...comparingFlags,
  scorer: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME",
    description: "how answers are scored; repeatable, the first decides; all are in `llmops help scorers` [default: contains]",
    helpGroup: DECIDING,
  }),
  baseline: Flags.string({
    helpValue: "NAME",
    description: "compare with a blessed baseline: exit 1 if worse, 5 if the data cannot tell",
    helpGroup: DECIDING,
  }),
  "fail-under": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "CONDITION",
    description: "exit 1 if this holds for the mean of the best setting, as in 'accuracy<0.9'",
    helpGroup: DECIDING,
  }),
  require: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "CONDITION",
    description:
      "what must hold for the best setting over its whole 95 % interval, as in 'accuracy>=0.9': exit 1 if it does not, 5 if the data cannot tell",
    helpGroup: DECIDING,
  }),
  "max-failed": Flags.string({
    helpValue: "N|SHARE%",
    description:
      "exit 3 if more cells fail, are filtered, or stay unscored: a number, or a share per setting [default: 0 with any gate, otherwise unlimited]",
    helpGroup: DECIDING,
  }),
};

/** The flags of commands that run a study. */
export const studyFlags = {
  ...targetFlags,
  ...askedFlags,
  ...runningFlags,
  ...decidingFlags,
  ...pluginFlags,
  ...thinkingFlags,
  ...judgeFlags,
  ...outputFlags,
  "tracking-uri": trackingUriFlag,
};

/** The values of `studyFlags`. */
export type StudyFlagValues = Interfaces.InferredFlags<typeof studyFlags> & { experiment: string };

/** The same of a command that has only some of them. */
export type StudyFlags = Partial<StudyFlagValues>;

/** What the command itself says of a study: who started it, and where. */
type Origin = "command" | "folder";

/** What the flags say of every study. */
export function studyOf(flags: StudyFlags): Complete<Omit<StudyOptions, Origin>> {
  return {
    ...targetOf(flags),
    ...thoughtsOf(flags),
    concurrency: flags.concurrency,
    dataset: flags.dataset,
    map: flags.map,
    limit: flags.limit,
    seed: flags.seed,
    retries: flags.retries,
    budget: flags.budget,
    resume: flags.resume,
    retryFailed: flags["retry-failed"],
    experiment: flags.experiment,
    plugins: flags.plugin,
    judge: judgeOf(flags),
  };
}

/** What the flags ask the model with. */
export function promptOf(flags: Partial<StudyFlags>): Complete<PromptOptions> {
  const { system, prompt, max_tokens: maxTokens, set } = flags;
  return { ...requestOf(flags), system, prompt, maxTokens, set };
}

/** How the flags have answers scored and compared. */
export function scoredOf(flags: StudyFlags): Complete<ScoredOptions> {
  return { scorers: flags.scorer, minEffect: flags["min-effect"], correction: flags.correction };
}

/** What the flags have the result of a study hold. */
export function gatesOf(flags: StudyFlags): Complete<StudyGateOptions> {
  return { failUnder: flags["fail-under"], require: flags.require, baseline: flags.baseline, maxFailed: flags["max-failed"] };
}

/** What a command says itself of its sweep. */
export type SweepRequest = Pick<SweepOptions, "dimensions" | "design" | "strategies" | "againstFirst">;

/** What the flags say of a sweep. */
export function sweepOf(flags: StudyFlags): Complete<Omit<SweepOptions, Origin | keyof SweepRequest>> {
  const { repeats, race, "until-ci": untilHalfWidth } = flags;
  return { ...studyOf(flags), ...promptOf(flags), ...scoredOf(flags), ...gatesOf(flags), repeats, race, untilHalfWidth };
}

/** Some of the flags, by name. */
export function pick<T extends object, K extends keyof T>(all: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, all[name]])) as Pick<T, K>;
}

/** All flags but some, by name. */
export function omit<T extends object, K extends keyof T>(all: T, names: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name as K))) as Omit<T, K>;
}
