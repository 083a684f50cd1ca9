import { counted } from "../../lib/base/errors/counted.js";
import { readGradedDataset, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { datasetMap, readLabelRows } from "../../lib/experiments/evaluation/label-rows.js";
import { findLabelColumns, joinLabels, readLabels, type Labels } from "../../lib/experiments/evaluation/labels.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import type { GradingOptions } from "./open-grading.js";
import { readMethod } from "./open-judges.js";

const SHOWN_IDS = 5;

/** Answers, and what people said of them. */
export interface LabelOptions extends GradingOptions {
  /** A file with people's levels; of the dataset's rows where one is named, else with question and answer. */
  labels?: string | undefined;
  /** The columns with people's levels; found by their names when absent. */
  label?: readonly string[] | undefined;
}

/** The answers that people labeled, and their labels; tells the host what was chosen and left out. Throws INVALID_ARGUMENT for an unknown way to judge, and DATASET_INVALID. */
export async function readLabeled(
  options: LabelOptions & { labels: string },
  rubric: Rubric,
  { note }: Host,
): Promise<{ graded: GradedDataset; labels: Labels }> {
  await readMethod(options); // before a file is read
  const { labels: file, dataset: answers, label = [], map, limit = 0, seed = DEFAULT_SEED } = options;
  const isDataset = answers === undefined;
  const labelRows = await readLabelRows(file, { map: map && [...map], isDataset });
  const { columns, others } = findLabelColumns(labelRows, label);
  if (others.length > 0) note(`Labels: the column "${columns[0] ?? ""}" (not ${others.join(", ")}: --label chooses).`);
  const read = await readGradedDataset(answers ?? file, {
    limit,
    seed,
    hasModel: false,
    answers: "given",
    map: datasetMap(map && [...map]),
  });
  const { dataset, unmatched, unlabeled } = joinLabels(read.dataset, labelRows);
  if (!isDataset && (unmatched.length > 0 || unlabeled > 0)) note(describeJoin(unmatched, unlabeled));
  return { graded: { ...read, dataset }, labels: readLabels(labelRows, columns, rubric) };
}

/** What the join by id left out, with the first ids. */
function describeJoin(unmatched: readonly string[], unlabeled: number): string {
  const named = unmatched.slice(0, SHOWN_IDS).join(", ") + (unmatched.length > SHOWN_IDS ? ", ..." : "");
  const parts = [
    ...(unmatched.length > 0 ? [`${unmatched.length} labels have no row in the dataset (${named})`] : []),
    ...(unlabeled > 0
      ? [`${counted(unlabeled, "row")} ${unlabeled === 1 ? "has no label and is" : "have no label and are"} not graded`]
      : []),
  ];
  return `${parts.join("; ")}.`;
}
