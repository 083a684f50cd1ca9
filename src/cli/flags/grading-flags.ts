import { Flags, type Interfaces } from "@oclif/core";
import { DEFAULT_ANCHORS, type CalibrationOptions } from "../../app/judging/calibrate.js";
import type { JudgementOptions } from "../../app/judging/judge.js";
import type { GradingOptions } from "../../app/judging/open-grading.js";
import type { PairwiseOptions } from "../../app/judging/read-contest.js";
import { ANSWER_SOURCES } from "../../lib/experiments/evaluation/graded-dataset.js";
import type { Complete } from "./complete.js";
import { judgeFlags } from "./judge-flags.js";
import { numberFlag } from "./number-flag.js";
import { reportFlags, reportFlagsWithoutJunit } from "./output-flags.js";
import { experimentFlag } from "./store-flags.js";
import { pick, promptOf, studyFlags, studyOf, type StudyFlags } from "./study-flags.js";
import { targetFlags } from "./target-flags.js";

/** The flags that name criteria. */
export const criteriaFlags = {
  rubric: Flags.string({
    char: "r",
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME",
    description:
      "criterion to grade by, repeatable: a name from `judge rubric list` or a YAML file [default: relevance, accuracy, clarity]",
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
    ...(["limit", "seed", "plugin", "tracking-uri"] as const),
    ...(["concurrency", "timeout", "retries", "budget", "resume", "retry-failed", "think-marks", "score-thinking"] as const),
  ]),
  ...judgeFlags,
  ...criteriaFlags,
};

/** The values of `judgingFlags`. */
export type JudgingFlags = StudyFlags & Partial<Interfaces.InferredFlags<typeof judgingFlags>>;

/** What the flags say of every study of judges. */
export function gradingOf(flags: JudgingFlags): Complete<Omit<GradingOptions, "command" | "folder">> {
  return { ...studyOf(flags), rubrics: flags.rubric, criteria: flags.criteria };
}

/** The flags of `judge` itself: where answers come from, and what becomes of their grades. */
const gradingFlags = {
  ...judgingFlags,
  ...pick(studyFlags, [
    ...(["dataset", "map", "system", "prompt", "max_tokens", "set", "dry-run"] as const),
    ...(["min-effect", "markdown", "csv", "csv-raw", "junit", "html", "charts"] as const),
  ]),
};

/** Says where answers come from. */
const answersFlag = Flags.option({
  options: ANSWER_SOURCES,
  description: "grade the dataset's answers, or have the model answer first [default: depends on the columns]",
})();

/** The flags that decide whether a judgement passes. */
const passingFlags = {
  "min-score": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "SCORE",
    description: "exit 1 if the mean score is below this; accuracy=4 applies to one criterion",
    helpGroup: "DECIDING",
  }),
  ...pick(studyFlags, ["baseline", "require", "max-failed"]),
  "require-kappa": numberFlag({
    helpValue: "KAPPA",
    description: "reject a judge whose calibration card shows less agreement with people, or that has none",
    helpGroup: "DECIDING",
  }),
  anchors: Flags.boolean({
    allowNo: true,
    default: true,
    description: "grade the calibration's frozen answers again to detect a judge that has changed",
    helpGroup: "DECIDING",
  }),
};

/** The flags of `judge`. */
export const judgementFlags = {
  ...gradingFlags,
  answers: answersFlag,
  ...passingFlags,
  pairwise: Flags.string({
    multiple: true,
    helpValue: "A B...",
    description: "compare answers of two or more files (rows matched by id) or models, instead of grading them [default rubric: quality]",
    exclusive: ["min-score", "require", "max-failed", "baseline", "require-kappa", "answers", "dry-run", "min-effect"],
  }),
  experiment: experimentFlag("judge"),
};

/** What the flags say of a judgement. */
export function judgementOf(
  flags: Interfaces.InferredFlags<typeof judgementFlags>,
): Complete<Omit<JudgementOptions, "command" | "folder">> {
  return {
    ...gradingOf(flags),
    ...promptOf(flags),
    answers: flags.answers,
    minScore: flags["min-score"],
    require: flags.require,
    baseline: flags.baseline,
    maxFailed: flags["max-failed"],
    minEffect: flags["min-effect"],
    requireKappa: flags["require-kappa"],
    anchors: flags.anchors,
  };
}

/** What the flags say of a comparison of these contestants. */
export function pairwiseOf(
  flags: Interfaces.InferredFlags<typeof judgementFlags>,
  contestants: readonly string[],
): Complete<Omit<PairwiseOptions, "command" | "folder">> {
  return { ...gradingOf(flags), ...promptOf(flags), contestants };
}

/** The flags of `judge audit`. */
export const auditFlags = {
  ...judgingFlags,
  dataset: studyFlags.dataset,
  map: studyFlags.map,
  experiment: experimentFlag("judge-audit"),
  ...reportFlags,
};

/** The flags of `judge calibrate`. */
export const calibrationFlags = {
  ...judgingFlags,
  labels: Flags.string({
    helpValue: "FILE",
    description: "rows graded by people, in levels or pass and fail; with --dataset, joined by id",
  }),
  dataset: Flags.string({ char: "d", helpValue: "FILE", description: "rows with question and answer [default: the --labels file]" }),
  map: studyFlags.map,
  label: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "COLUMN",
    description: "column with a person's levels; repeatable",
  }),
  "pass-at": Flags.integer({ helpValue: "LEVEL", description: "the level from which an answer passes [default: the second best]" }),
  "keep-anchors": Flags.integer({ default: DEFAULT_ANCHORS, min: 0, max: 100, description: "answers to freeze as anchors for later runs" }),
  experiment: experimentFlag("judge-calibration"),
  ...reportFlagsWithoutJunit,
};

/** What the flags say of a calibration. */
export function calibrationOf(
  flags: Interfaces.InferredFlags<typeof calibrationFlags>,
): Complete<Omit<CalibrationOptions, "command" | "folder">> {
  const { labels, label, "pass-at": passAt, "keep-anchors": keepAnchors } = flags;
  return { ...gradingOf(flags), labels, label, passAt, keepAnchors };
}
