import { Flags, type Interfaces } from "@oclif/core";
import { ANSWER_SOURCES } from "../../lib/experiments/evaluation/graded-dataset.js";
import { judgeFlags } from "./judge-flags.js";
import { numberFlag } from "./number-flag.js";
import { pick, studyFlags } from "./study-flags.js";
import { targetFlags } from "./target-flags.js";

/** The flags that name criteria. */
export const criteriaFlags = {
  rubric: Flags.string({
    char: "r",
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME",
    description: "criterion to grade by, repeatable: a name of `judge rubric list`, or a YAML file [default: relevance, accuracy, clarity]",
  }),
  criteria: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "SENTENCE",
    description: "a criterion in one sentence, such as 'The answer is polite.'",
  }),
};

/** The flags of every command whose scorers are judges. */
export const judgingFlags = {
  ...targetFlags,
  ...pick(studyFlags, [
    ...(["limit", "seed", "tracking-uri"] as const),
    ...(["concurrency", "timeout", "retries", "budget", "resume", "retry-failed", "think-marks", "score-thinking"] as const),
  ]),
  ...judgeFlags,
  ...criteriaFlags,
};

/** The values of `judgingFlags`. */
export type JudgingFlags = Interfaces.InferredFlags<typeof judgingFlags> & { experiment: string };

/** The flags of `judge` itself: where answers come from, and what becomes of their grades. */
export const gradingFlags = {
  ...judgingFlags,
  ...pick(studyFlags, [
    ...(["dataset", "map", "system", "prompt", "max_tokens", "set", "dry-run"] as const),
    ...(["min-effect", "markdown", "csv", "csv-raw", "junit", "html", "charts"] as const),
  ]),
};

/** The values of `gradingFlags`. */
export type GradingFlags = Interfaces.InferredFlags<typeof gradingFlags> & { experiment: string };

/** Says where answers come from. */
export const answersFlag = Flags.option({
  options: ANSWER_SOURCES,
  description: "grade the answers of the dataset, or let the model answer [default: by the columns there are]",
})();

/** The flags that decide whether a judgement passes. */
export const passingFlags = {
  "min-score": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "SCORE",
    description: "exit 1 when the mean score is below it; accuracy=4 means one criterion",
    helpGroup: "DECIDING",
  }),
  ...pick(studyFlags, ["baseline", "require", "max-failed"]),
  "require-kappa": numberFlag({
    helpValue: "KAPPA",
    description: "refuse a judge whose calibration card agrees less with people, or that has none",
    helpGroup: "DECIDING",
  }),
  anchors: Flags.boolean({
    allowNo: true,
    default: true,
    description: "grade the calibration's frozen answers again, to see whether the judge has moved",
    helpGroup: "DECIDING",
  }),
};
