import { LlmopsError } from "../../base/errors/llmops-error.js";
import { canonicalName } from "../dataset/column-names.js";
import { readDataset, type DatasetOptions } from "../dataset/read-dataset.js";
import type { Dataset, Sample } from "../dataset/sample.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { counted, nounFor } from "../../base/errors/counted.js";

/** Columns that hold an answer of a model, and columns that hold a right answer, as datasets name them. */
const ANSWER_COLUMNS = ["response", "output", "prediction", "completion"];
const REFERENCE_COLUMNS = ["reference", "expected", "target", "ground_truth"];

/** Whether the answers to grade stand in the dataset, or a model gives them. */
export const ANSWER_SOURCES = ["given", "generate"] as const;
export type AnswerSource = (typeof ANSWER_SOURCES)[number];

/** Samples with their references in `answers`, and the answers that are there to be graded. */
export interface GradedDataset {
  dataset: Dataset;
  /** By sample id; samples without one have to be asked. */
  responses: Map<string, string>;
  /** How the columns were understood, in words. */
  reading: string;
}

export interface ReadOptions extends Pick<DatasetOptions, "limit" | "seed" | "map"> {
  /** What the user says; otherwise the columns decide. */
  answers?: AnswerSource | undefined;
  /** A model was named, so that a lone `answer` column can only be the reference. */
  hasModel: boolean;
}

/**
 * Reads rows with `question`, and optionally `answer`, `reference`, `context`. The answer to grade is in `response` (or output,
 * prediction, completion), and `answer` then is the reference; beside a `reference` (or expected, target, ground_truth), and
 * where it stands alone, `answer` is what is graded. Throws what readDataset throws, and DATASET_INVALID where there should be
 * answers but are none.
 */
export async function readGradedDataset(path: string, { answers, hasModel, ...subset }: ReadOptions): Promise<GradedDataset> {
  const dataset = await readDataset(path, { ...subset, answerNames: ["answer", "answers"] });
  const { samples } = dataset;
  const { graded, reference } = chooseColumns(samples, answers, hasModel);
  const responses = new Map<string, string>();
  const read = samples.map((sample) => {
    const given = graded === "answer" ? sample.answer : fieldNamed(sample, graded ?? "");
    if (isText(given)) responses.set(sample.id, String(given));
    return withReference(sample, reference, graded);
  });
  if (answers === "given" && responses.size === 0) {
    throw new LlmopsError("DATASET_INVALID", `No row of ${path} has an answer to grade.`, {
      hint: `Put it into a column "answer" or "response", or use --answers generate to have a model answer.`,
    });
  }
  return { dataset: { ...dataset, samples: read }, responses, reading: describe(graded, reference, samples.length - responses.size) };
}

/** The column of answers to grade (none where the model gives them) and that of references. */
function chooseColumns(
  samples: readonly Sample[],
  answers: AnswerSource | undefined,
  hasModel: boolean,
): { graded: string | undefined; reference: string | undefined } {
  const present = (names: readonly string[]) => names.find((name) => samples.some((sample) => isText(fieldNamed(sample, name))));
  const [answerColumn, referenceColumn] = [present(ANSWER_COLUMNS), present(REFERENCE_COLUMNS)];
  const hasAnswers = samples.some(({ answer }) => answer !== null);
  const lone = hasAnswers && referenceColumn === undefined;
  const generates = answerColumn === undefined && (!hasAnswers || (lone && hasModel));
  const source = answers ?? (generates ? "generate" : "given");
  const graded = source === "generate" ? undefined : (answerColumn ?? "answer");
  return { graded, reference: referenceColumn ?? (hasAnswers && graded !== "answer" ? "answer" : undefined) };
}

/** Stands for the model of answers that are all there: it is never asked. */
export function givenAnswers(path: string): CompletionTarget {
  return {
    model: "given answers",
    location: path,
    complete: () => {
      throw new LlmopsError("INTERNAL", "--answers given needs existing answers.");
    },
    close: () => Promise.resolve(),
  };
}

function withReference(sample: Sample, referenceColumn: string | undefined, gradedColumn: string | undefined): Sample {
  const found = referenceColumn === undefined || referenceColumn === "answer" ? undefined : fieldNamed(sample, referenceColumn);
  const references = [found].flat().filter(isText).map(String);
  if (references.length === 0 && gradedColumn !== "answer") return sample;
  return { ...sample, answer: references[0] ?? null, answers: references };
}

/** A column by its name, whatever its case and spaces. */
function fieldNamed({ fields }: Sample, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const alike = Object.keys(fields).find((column) => canonicalName(column) === canonicalName(name));
  return alike === undefined ? undefined : fields[alike];
}

function describe(graded: string | undefined, reference: string | undefined, missing: number): string {
  const what = graded === undefined ? "The model's own answers are graded" : `The column "${graded}" is graded`;
  const rest =
    graded !== undefined && missing > 0
      ? `; ${counted(missing, "row")} without it ${nounFor(missing, "is", "are")} answered by the model`
      : "";
  return `${what}${reference === undefined ? "" : `; "${reference}" is the reference`}${rest}.`;
}

function isText(value: unknown): value is string | number {
  return (typeof value === "string" && value.trim() !== "") || typeof value === "number";
}
