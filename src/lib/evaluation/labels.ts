import { LlmopsError } from "../errors/llmops-error.js";
import type { Dataset } from "../dataset/sample.js";
import { scaleOf, type Rubric } from "../judge/rubric.js";

/** Columns that hold a person's level, as datasets name them. */
const LABEL_COLUMNS = ["label", "human", "gold", "human_score", "rating"];

/** The columns with people's levels: those named, or a known one and label_1, label_2, ... Throws DATASET_INVALID where there is none. */
export function findLabelColumns({ samples, path }: Dataset, named: readonly string[]): string[] {
  const present = new Set(samples.flatMap(({ fields }) => Object.keys(fields)));
  const missing = named.find((name) => !present.has(name));
  const known = LABEL_COLUMNS.filter((name) => present.has(name)).slice(0, 1);
  const numbered = [...present].filter((name) => /^(label|human|rater)_?\d+$/.test(name)).sort();
  const columns = named.length > 0 ? [...named] : known.length > 0 ? known : numbered;
  if (missing === undefined && columns.length > 0) return columns;
  throw new LlmopsError("DATASET_INVALID", `${path} has no column ${missing === undefined ? "of labels" : `"${missing}"`}.`, {
    hint: `It has: question, answer, ${[...present].join(", ")}. Name the column of people's scores with --label.`,
  });
}

/** People's levels by sample id; null where a rater left a row out. Throws DATASET_INVALID for what is no level of the rubric. */
export function readLabels({ samples, path }: Dataset, columns: readonly string[], rubric: Rubric): Map<string, (number | null)[]> {
  const { low, high } = scaleOf(rubric);
  return new Map(
    samples.map(({ id, fields }) => {
      const labels = columns.map((column) => {
        const written = toText(fields[column]);
        if (written === "") return null;
        const level = Number(written);
        if (Number.isInteger(level) && level >= low && level <= high) return level;
        throw new LlmopsError(
          "DATASET_INVALID",
          `The row "${id}" of ${path} has "${written}" as ${column}, which is no level of ${rubric.name}.`,
          {
            hint: `Levels go from ${low} to ${high}; leave the cell empty where nobody graded.`,
          },
        );
      });
      return [id, labels];
    }),
  );
}

function toText(value: unknown): string {
  return typeof value === "string" ? value.trim() : (JSON.stringify(value ?? "") ?? "").replace(/^""$/, "");
}
