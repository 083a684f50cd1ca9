import { LlmopsError } from "../errors/llmops-error.js";
import { readRows } from "../dataset/read-rows.js";
import type { Dataset, Sample } from "../dataset/sample.js";
import { scaleOf, type Rubric } from "../judge/rubric.js";

/** Columns that hold a person's level, as datasets name them. */
const LABEL_COLUMNS = ["label", "human", "gold", "human_score", "rating"];
const PASSING = ["pass", "passed", "true", "yes", "good", "1"];
const FAILING = ["fail", "failed", "false", "no", "bad", "0"];

/** Rows with people's labels: those of the dataset, or of a file of their own. */
export interface LabelRows {
  path: string;
  samples: readonly Pick<Sample, "id" | "fields">[];
}

/** People's labels of samples by id; null where a rater left a row out. */
export interface Labels {
  /** Levels of the rubric, or 1 for passing and 0 for failing. */
  kind: "levels" | "pass";
  byId: Map<string, (number | null)[]>;
}

/** Reads labels that stand in a file of their own, joined by a column id. Throws DATASET_INVALID for a row without one, or one that is there twice. */
export async function readLabelRows(path: string): Promise<LabelRows> {
  const samples = new Map<string, Pick<Sample, "id" | "fields">>();
  for await (const { value, place } of readRows(path, () => undefined)) {
    const fields = { ...(value as Record<string, unknown>) };
    const [name] = Object.keys(fields).filter((key) => key.trim().toLowerCase() === "id");
    const id = name === undefined ? "" : toText(fields[name]);
    if (id === "" || samples.has(id)) {
      throw new LlmopsError("DATASET_INVALID", `${place}: ${id === "" ? "there is no id" : `the id "${id}" was already used`}.`, {
        hint: "Labels beside a --dataset are joined by id: give every row a column id, each id once.",
      });
    }
    samples.set(id, { id, fields });
  }
  return { path, samples: [...samples.values()] };
}

/** Keeps the samples that people labelled. Throws DATASET_INVALID where there is none; `unmatched` are ids of labels without a sample. */
export function joinLabels(dataset: Dataset, { samples, path }: LabelRows): { dataset: Dataset; unmatched: string[]; unlabelled: number } {
  const labelled = new Set(samples.map(({ id }) => id));
  const kept = dataset.samples.filter(({ id }) => labelled.has(id));
  const known = new Set(dataset.samples.map(({ id }) => id));
  const unmatched = [...labelled].filter((id) => !known.has(id));
  if (kept.length > 0) return { dataset: { ...dataset, samples: kept }, unmatched, unlabelled: dataset.samples.length - kept.length };
  const [mine, theirs] = [dataset.samples[0]?.id ?? "", samples[0]?.id ?? ""];
  throw new LlmopsError("DATASET_INVALID", `No id of ${path} is in ${dataset.path}: "${theirs}" there, "${mine}" here.`, {
    hint: "Labels are joined by the column id of both files.",
  });
}

/** The columns with people's levels: those named, or a known one and label_1, label_2, ... Throws DATASET_INVALID where there is none. */
export function findLabelColumns({ samples, path }: LabelRows, named: readonly string[]): string[] {
  const present = new Set(samples.flatMap(({ fields }) => Object.keys(fields)));
  const missing = named.find((name) => !present.has(name));
  const known = LABEL_COLUMNS.filter((name) => present.has(name)).slice(0, 1);
  const numbered = [...present].filter((name) => /^(label|human|rater)_?\d+$/.test(name)).sort();
  const columns = named.length > 0 ? [...named] : known.length > 0 ? known : numbered;
  if (missing === undefined && columns.length > 0) return columns;
  throw new LlmopsError("DATASET_INVALID", `${path} has no column ${missing === undefined ? "of labels" : `"${missing}"`}.`, {
    hint: `It has: ${[...present].join(", ")}. Name the column of people's scores with --label.`,
  });
}

/**
 * People's labels: levels of the rubric, or pass and fail in one of their usual words (true, yes, good, 1), where all labels are such
 * words and they are no levels. Throws DATASET_INVALID for anything else.
 */
export function readLabels({ samples, path }: LabelRows, columns: readonly string[], rubric: Rubric): Labels {
  const { low, high } = scaleOf(rubric);
  const written = samples.flatMap(({ fields }) => columns.map((column) => toText(fields[column]))).filter((text) => text !== "");
  const isLevel = (text: string) => Number.isInteger(Number(text)) && Number(text) >= low && Number(text) <= high;
  const isWord = (text: string) => [...PASSING, ...FAILING].includes(text.toLowerCase());
  const kind = written.length > 0 && written.every(isWord) && !written.every(isLevel) ? "pass" : "levels";
  const read = (text: string): number | undefined => {
    if (kind === "pass") return PASSING.includes(text.toLowerCase()) ? 1 : 0;
    return isLevel(text) ? Number(text) : undefined;
  };
  const byId = samples.map(({ id, fields }): [string, (number | null)[]] => [
    id,
    columns.map((column) => {
      const text = toText(fields[column]);
      if (text === "") return null;
      const label = read(text);
      if (label !== undefined) return label;
      throw new LlmopsError(
        "DATASET_INVALID",
        `The row "${id}" of ${path} has "${text}" as ${column}, which is not a level of ${rubric.name}.`,
        {
          hint: `Use levels from ${low} to ${high}, or pass and fail (true/false, yes/no, good/bad, 1/0) in all rows; leave the cell empty where nobody graded.`,
        },
      );
    }),
  ]);
  return { kind, byId: new Map(byId) };
}

function toText(value: unknown): string {
  return typeof value === "string" ? value.trim() : (JSON.stringify(value ?? "") ?? "").replace(/^""$/, "");
}
