import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { canonicalName } from "../../lib/experiments/dataset/column-names.js";
import type { GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { findRubric, rubricOfSentence } from "../../lib/experiments/judge/rubric-files.js";
import { isPerRow } from "../../lib/experiments/judge/judge-scorer.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Host } from "../host/host.js";

const DEFAULT_RUBRICS = ["relevance", "accuracy", "clarity"];

/** Columns whose text is what a row is graded by. */
export const CRITERION_COLUMNS: readonly string[] = ["rubric", "grading_rubric", "criteria", "criterion"];

/** What answers are graded by. */
export interface CriteriaOptions {
  /** Names of rubrics, or YAML files. */
  rubrics?: readonly string[] | undefined;
  /** Criteria in one sentence each. */
  criteria?: readonly string[] | undefined;
}

/** The rubrics that are named. Throws RUBRIC_NOT_FOUND, RUBRIC_INVALID, or INVALID_ARGUMENT for two of one name. */
export function readRubrics({ rubrics: names = [], criteria = [] }: CriteriaOptions, byDefault = DEFAULT_RUBRICS): Rubric[] {
  const named = names.length + criteria.length === 0 ? byDefault : names;
  const rubrics = [
    ...named.map((reference) => findRubric(reference).rubric),
    ...criteria.map((sentence, i) => rubricOfSentence(sentence, i === 0 ? "criterion" : `criterion_${i + 1}`)),
  ];
  const twice = rubrics.find(({ name }, i) => rubrics.findIndex((other) => other.name === name) !== i);
  if (!twice) return rubrics;
  throw new LlmopsError("INVALID_ARGUMENT", `Two rubrics are named "${twice.name}".`, { hint: "Name each once; a file's `name` counts." });
}

/** The rubrics of a judgement: those named; else each row's own, where a column has them; else the usual ones. */
export function rubricsFor(options: CriteriaOptions, { dataset }: GradedDataset, { note }: Host): Rubric[] {
  const own = CRITERION_COLUMNS.find((name) => dataset.unused?.some((column) => canonicalName(column) === canonicalName(name)));
  if (own === undefined || options.rubrics !== undefined || options.criteria !== undefined) return readRubrics(options);
  note(`Each row is graded by its own column "${own}"; --rubric or --criteria grades all rows alike.`);
  return [rubricOfSentence(`{{${own}}}`, "rubric")];
}

/** Throws INVALID_ARGUMENT for a rubric that says something else of each row. */
export function checkSameForAll(rubrics: readonly Rubric[], what: string): void {
  const own = rubrics.find(isPerRow);
  if (!own) return;
  const problem = `The rubric ${own.name} differs from row to row (${own.description}): ${what} needs one for all rows.`;
  throw new LlmopsError("INVALID_ARGUMENT", problem, { hint: "Write the criterion out, without {{...}}." });
}
