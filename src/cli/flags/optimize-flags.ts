import { Flags, type Interfaces } from "@oclif/core";
import {
  DEFAULT_CANDIDATES,
  DEFAULT_PROOF_ROWS,
  DEFAULT_SAMPLER,
  DEFAULT_TRIALS,
  type OptimizeOptions,
} from "../../app/optimizing/optimize-options.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { SAMPLERS } from "../../lib/experiments/study/search-study.js";
import { TRIAL_ROWS } from "../../lib/experiments/optimize/plan-optimization.js";
import type { Complete } from "./complete.js";
import { judgeFlags } from "./judge-flags.js";
import { outputFlag } from "./output-flags.js";
import { numberFlag } from "./number-flag.js";
import { pick, promptOf, studyFlags, studyOf } from "./study-flags.js";
import { experimentFlag } from "./store-flags.js";
import { targetFlags } from "./target-flags.js";

const [SEARCH, PROOF] = ["SEARCH", "PROOF"];

const searchFlags = {
  objective: Flags.string({
    char: "o",
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME",
    description:
      "what to optimize: a scorer, judge:RUBRIC, a formula, NAME_p95, or total_tokens_per_second, with :max or :min if that is " +
      "ambiguous; several give a Pareto front [default: accuracy]",
    helpGroup: SEARCH,
  }),
  direction: Flags.option({
    options: ["max", "min"] as const,
    description: "whether a higher or a lower objective is better",
    helpGroup: SEARCH,
  })(),
  where: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "CONDITION",
    description: "constraint a setting must satisfy, such as 'latency_p95<2'",
    helpGroup: SEARCH,
  }),
  trials: Flags.integer({ char: "n", default: DEFAULT_TRIALS, min: 1, max: 1000, description: "settings to try", helpGroup: SEARCH }),
  sampler: Flags.string({
    default: DEFAULT_SAMPLER,
    helpValue: "NAME",
    description: `how the next setting is chosen: ${SAMPLERS.join(", ")}, or a sampler of a plugin`,
    helpGroup: SEARCH,
  }),
  space: Flags.string({ helpValue: "FILE", description: "parameters and their ranges from a YAML file", helpGroup: SEARCH }),
  enqueue: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "SETTING",
    description: "a setting to try first, such as 'temperature=0.7,top_p=0.9'",
    helpGroup: SEARCH,
  }),
  "warm-start": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "RUN",
    description: "learn from an earlier study or run, by run id or name",
    helpGroup: SEARCH,
  }),
  parallel: Flags.integer({ default: 1, min: 1, max: 32, description: "trials to run at the same time", helpGroup: SEARCH }),
  patience: Flags.integer({ min: 1, description: "stop after this many trials without improvement", helpGroup: SEARCH }),
  "min-improvement": numberFlag({
    helpValue: "SIZE",
    description: "stop when the expected improvement is smaller than this",
    helpGroup: SEARCH,
  }),
  race: Flags.boolean({
    allowNo: true,
    default: true,
    description: "stop trials early if they are clearly worse than the best",
    helpGroup: SEARCH,
  }),
  penalty: Flags.string({
    helpValue: "VALUE",
    description: "objective value of a failed trial [default: as bad as the worst one]",
    helpGroup: SEARCH,
  }),
};

const proofFlags = {
  proof: Flags.integer({
    default: DEFAULT_PROOF_ROWS,
    min: 0,
    description: "held-out rows to prove the best setting against the default; 0 skips the proof",
    helpGroup: PROOF,
  }),
  candidates: Flags.integer({
    default: DEFAULT_CANDIDATES,
    min: 1,
    max: 10,
    description: "number of best settings to prove",
    helpGroup: PROOF,
  }),
  "proof-repeats": Flags.integer({
    min: 1,
    max: 100,
    description: "completions per row and setting [default: 3, or 1 at temperature 0]",
    helpGroup: PROOF,
  }),
  apply: outputFlag("FILE", "write the setting to a YAML file for --set @FILE if it is proven better"),
};

/** The flags of `optimize`. */
export const optimizeFlags = {
  ...targetFlags,
  ...pick(studyFlags, [
    ...(["dataset", "map", "seed", "system", "prompt", "max_tokens", "set", "scorer", "plugin"] as const),
    ...(["think-marks", "score-thinking"] as const),
    ...(["concurrency", "timeout", "retries", "budget", "resume", "retry-failed"] as const),
    ...(["min-effect", "max-failed", "markdown", "csv", "csv-raw", "junit", "html", "charts", "tracking-uri"] as const),
  ]),
  limit: Flags.integer({ min: 0, description: `rows per trial; the others prove the result [default: ${TRIAL_ROWS}]` }),
  repeats: Flags.integer({ min: 1, max: 100, default: 1, description: "completions per row and trial" }),
  ...judgeFlags,
  ...searchFlags,
  ...proofFlags,
  experiment: experimentFlag("optimize"),
};

type OptimizeFlags = Interfaces.InferredFlags<typeof optimizeFlags>;

/** What the flags say of a search. Throws INVALID_ARGUMENT. */
export function optimizeOf(flags: OptimizeFlags): Complete<Omit<OptimizeOptions, "command" | "folder" | "dimensions">> {
  return {
    ...studyOf(flags),
    ...promptOf(flags),
    objectives: flags.objective,
    direction: flags.direction,
    where: flags.where,
    scorers: flags.scorer,
    trials: flags.trials,
    sampler: flags.sampler,
    enqueue: flags.enqueue,
    warmStart: flags["warm-start"],
    parallel: flags.parallel,
    patience: flags.patience,
    minImprovement: flags["min-improvement"],
    race: flags.race,
    penalty: parsePenalty(flags.penalty),
    repeats: flags.repeats,
    proof: flags.proof,
    candidates: flags.candidates,
    proofRepeats: flags["proof-repeats"],
    minEffect: flags["min-effect"],
  };
}

/** Reads --penalty, which may be below 0. Throws INVALID_ARGUMENT. */
function parsePenalty(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new LlmopsError("INVALID_ARGUMENT", `--penalty ${text} is not a number.`, {
    hint: "Pass the objective value of a failed trial, such as --penalty 0.",
  });
}
