import { canonicalName } from "../dataset/column-names.js";
import { invalidDataset } from "../dataset/invalid-dataset.js";
import type { Dataset } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { nearestOf } from "../../base/errors/nearest.js";
import { scaleOf, type Rubric } from "../judge/rubric.js";
import { labelText, type LabelRows } from "./label-rows.js";

/** Columns that hold a person's verdict, as datasets name them, those that count first in front. */
const LABEL_COLUMNS = [
  ...[
    "label",
    "human",
    "gold",
    "human_score",
    "human_label",
    "human_rating",
    "rating",
    "verdict",
    "pass",
    "passed",
    "is_correct",
    "correct",
  ],
  ...["score", "grade", "annotation", "judgement", "judgment", "feedback", "quality"],
].map(canonicalName);
/** Columns that can only say pass or fail. */
const PASS_COLUMNS = new Set(["pass", "passed", "is_correct", "correct"].map(canonicalName));
const NUMBERED = /^(?:label|human|rater|annotator|score|rating)\d+$/;
const PASSING = ["pass", "passed", "true", "yes", "y", "good", "correct", "right", "accept", "accepted", "ok", "1"];
const FAILING = ["fail", "failed", "false", "no", "n", "bad", "incorrect", "wrong", "reject", "rejected", "not ok", "0"];

/** People's labels of samples by id; null where a rater left a row out. */
export interface Labels {
  /** Levels of the rubric, or 1 for passing and 0 for failing. */
  kind: "levels" | "pass";
  byId: Map<string, (number | null)[]>;
}

/** Keeps the samples that people labeled. Throws DATASET_INVALID where there is none; `unmatched` are ids of labels without a sample. */
export function joinLabels(dataset: Dataset, { samples, path }: LabelRows): { dataset: Dataset; unmatched: string[]; unlabeled: number } {
  const labeled = new Set(samples.map(({ id }) => id));
  const kept = dataset.samples.filter(({ id }) => labeled.has(id));
  const known = new Set(dataset.samples.map(({ id }) => id));
  const unmatched = [...labeled].filter((id) => !known.has(id));
  if (kept.length > 0) return { dataset: { ...dataset, samples: kept }, unmatched, unlabeled: dataset.samples.length - kept.length };
  const [mine, theirs] = [dataset.samples[0]?.id ?? "", samples[0]?.id ?? ""];
  throw new LlmopsError("DATASET_INVALID", `No id of ${path} is in ${dataset.path}: "${theirs}" there, "${mine}" here.`, {
    hint: "Labels are joined by the column id of both files.",
  });
}

/**
 * The columns with people's labels: those named, in any case, or the first known one, or label_1, label_2, ... Throws DATASET_INVALID
 * where there is none. `others` could have been meant as well.
 */
export function findLabelColumns({ samples, path }: LabelRows, named: readonly string[]): { columns: string[]; others: string[] } {
  const present = [...new Set(samples.flatMap(({ fields }) => Object.keys(fields)))];
  const called = (name: string) => present.find((own) => own === name) ?? present.find((own) => canonicalName(own) === canonicalName(name));
  const missing = named.find((name) => called(name) === undefined);
  const known = LABEL_COLUMNS.flatMap((name) => present.filter((own) => canonicalName(own) === name));
  const numbered = present.filter((name) => NUMBERED.test(canonicalName(name))).sort();
  const columns = named.length > 0 ? named.flatMap((name) => called(name) ?? []) : known.length > 0 ? known.slice(0, 1) : numbered;
  if (missing === undefined && columns.length > 0) return { columns, others: named.length > 0 ? [] : known.slice(1) };
  const nearest = nearestOf(missing ?? "label", present);
  throw invalidDataset(
    `${path} has no column ${missing === undefined ? "of labels" : `"${missing}"`}.`,
    `${nearest === undefined ? "" : `Did you mean "${nearest}"? `}It has: ${present.join(", ")}. Name the column of people's scores with --label COLUMN.`,
  );
}

/**
 * People's labels: levels of the rubric, or pass and fail in one of their usual words (true, yes, good, correct, 1), where all labels
 * are such words and they are not levels, or the column can hold nothing else. Throws DATASET_INVALID for anything else, naming file,
 * line and column.
 */
export function readLabels({ samples }: LabelRows, columns: readonly string[], rubric: Rubric): Labels {
  const { low, high } = scaleOf(rubric);
  const written = samples.flatMap(({ fields }) => columns.map((column) => labelText(fields[column]))).filter((text) => text !== "");
  const isLevel = (text: string) => Number.isInteger(Number(text)) && Number(text) >= low && Number(text) <= high;
  const isWord = (text: string) => [...PASSING, ...FAILING].includes(text.toLowerCase());
  const canBeLevels = written.every(isLevel) && !columns.every((column) => PASS_COLUMNS.has(canonicalName(column)));
  const [onlyWords, onlyLevels] = [
    written.filter((text) => isWord(text) && !isLevel(text)),
    written.filter((text) => isLevel(text) && !isWord(text)),
  ];
  const isPass = written.every(isWord) || onlyWords.length > onlyLevels.length;
  const kind = written.length > 0 && isPass && !canBeLevels ? "pass" : "levels";
  const read = (text: string): number | undefined => {
    if (kind === "pass") return isWord(text) ? Number(PASSING.includes(text.toLowerCase())) : undefined;
    return isLevel(text) ? Number(text) : undefined;
  };
  const byId = samples.map(({ id, place, fields }): [string, (number | null)[]] => [
    id,
    columns.map((column) => {
      const text = labelText(fields[column]);
      if (text === "") return null;
      const label = read(text);
      if (label !== undefined) return label;
      const most = kind === "pass" ? "pass or fail, as most rows have it" : `a level of ${rubric.name}`;
      throw invalidDataset(
        `${place}: ${column}: "${text}" is not ${most}.`,
        `Use levels from ${low} to ${high}, or pass and fail (true/false, yes/no, good/bad, correct/incorrect, 1/0) in all rows; leave the cell of an ungraded row empty.`,
      );
    }),
  ]);
  return { kind, byId: new Map(byId) };
}
