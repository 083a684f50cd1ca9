import { text } from "node:stream/consumers";
import { MlflowError } from "../tracking/mlflow-error.js";
import type { Run } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";

/** Scores of a run by column and by sample: the values of its repeats. */
export type SampleScores = Map<string, Map<string, number[]>>;

const TABLE = "eval_results_table.json";
const NOT_SCORES = /^(id|topic|repeat|seed|inputs?|targets?|outputs?|thoughts|predictions?|finish_reason|error|index)$/i;

/** The scores of single samples a run recorded in its evaluation table; undefined where it has none. */
export async function readSampleScores(store: TrackingStore, run: Run): Promise<SampleScores | undefined> {
  let content: string;
  try {
    content = await text(await store.readArtifact(run.runId, TABLE));
  } catch (error) {
    if (error instanceof MlflowError && error.code === "STORE_NOT_FOUND") return undefined;
    throw error;
  }
  return parseTable(content);
}

/** Reads a table in pandas' "split" layout; undefined for anything else. Samples are told apart by `id`, or by their input. */
export function parseTable(content: string): SampleScores | undefined {
  const { columns, data } = parse(content);
  return columns && data ? toScores(columns, data) : undefined;
}

/** Scores by column; samples are told apart by `id`, or by their input. */
function toScores(columns: readonly string[], data: readonly unknown[][]): SampleScores | undefined {
  const key = ["id", "inputs", "input", "question"].map((name) => columns.indexOf(name)).find((index) => index >= 0);
  if (key === undefined) return undefined;
  const scores: SampleScores = new Map();
  for (const [index, column] of columns.entries()) {
    if (NOT_SCORES.test(column)) continue;
    const bySample = new Map<string, number[]>();
    for (const row of data) {
      const value = toScore(row[index]);
      const sample = JSON.stringify(row[key]);
      if (value !== undefined) bySample.set(sample, [...(bySample.get(sample) ?? []), value]);
    }
    if (bySample.size > 0) scores.set(column.replace(/\/score$/, ""), bySample);
  }
  return scores;
}

/** Reads rows with an id and scores, a list of them or one a line; undefined for anything else. */
export function parseRows(content: string): SampleScores | undefined {
  const rows = readRows(content);
  if (!rows) return undefined;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return toScores(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}

function readRows(content: string): Record<string, unknown>[] | undefined {
  try {
    const value: unknown = content.trimStart().startsWith("[")
      ? JSON.parse(content)
      : content
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line): unknown => JSON.parse(line));
    const isRow = (row: unknown): row is Record<string, unknown> => typeof row === "object" && row !== null && !Array.isArray(row);
    return Array.isArray(value) && value.length > 0 && value.every(isRow) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parse(content: string): { columns?: string[]; data?: unknown[][] } {
  try {
    const { columns, data } = JSON.parse(content) as { columns?: unknown; data?: unknown };
    return Array.isArray(columns) && Array.isArray(data) ? { columns: columns.map(String), data: data as unknown[][] } : {};
  } catch {
    return {};
  }
}

function toScore(value: unknown): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
