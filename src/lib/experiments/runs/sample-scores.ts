import { text } from "node:stream/consumers";
import { candidatesOf, isKnownColumn } from "../dataset/column-names.js";
import { askedSample, type AskedSample } from "../dataset/pair-samples.js";
import { parseJson } from "../dataset/written-values.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { isScore } from "../../base/stats/score-value.js";
import type { Direction } from "../../base/stats/verdict.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import type { Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";

/** Scores of a run by column and by sample: the values of its repeats. */
export type SampleScores = Map<string, Map<string, number[]>>;

/** Scores of single samples from a run or a file. */
export interface ScoredSource {
  name: string;
  scores: SampleScores | undefined;
  /** Which way metrics are better, as far as their maker said. */
  directions: Readonly<Record<string, Direction>>;
  /** What else is known of its rows. */
  table?: Pick<SampleTable, "rows" | "missing" | "questions" | "asked"> | undefined;
  /** What its samples ask, where not its table says so. */
  asked?: ReadonlyMap<string, AskedSample> | undefined;
  /** Scores that are rights and wrongs although their repeats are kept as means; others are known by their values. */
  rates?: ReadonlySet<string> | undefined;
}

const TABLE = "eval_results_table.json";
const SHOWN_KEYS = 5;
/** Columns that hold right answers; others, such as answer, may hold a model's. */
const TARGETS = /^(?:targets?|references?|reference_answer|expected(?:_(?:output|answer))?|ground_truth|gold(?:en)?(?:_answer)?)$/i;
const NOT_SCORES = /^(id|topic|repeat|seed|inputs?|targets?|outputs?|thoughts|predictions?|finish_reason|error|index)$/i;

/** What a table says: its scores, and how many of its rows lack one. */
export interface SampleTable {
  scores: SampleScores;
  rows: number;
  /** Rows without a value, by column; only of columns that have some. */
  missing: ReadonlyMap<string, number>;
  /** What was asked of each sample, as JSON, where a column says so. */
  questions: ReadonlyMap<string, string>;
  /** The same as digests, with the right answers of a column of targets. */
  asked: ReadonlyMap<string, AskedSample>;
}

/** A run's evaluation table with what is missing in it; undefined where it has none that tells its samples apart. */
export async function readSampleTable(store: TrackingStore, run: Run): Promise<SampleTable | undefined> {
  const content = await readTable(store, run);
  const { columns, data } = content === undefined ? {} : parse(content);
  return columns && data && toTable(columns, data);
}

/** What the rows of a table say; undefined where no column tells samples apart. Throws what toScores throws. */
export function toTable(columns: readonly string[], data: readonly (readonly unknown[])[]): SampleTable | undefined {
  const scores = toScores(columns, data);
  if (!scores) return undefined;
  const rows = data.length;
  const counts = [...scores].map(
    ([name, bySample]) => [name, [...bySample.values()].reduce((sum, values) => sum + values.length, 0)] as const,
  );
  const missing = new Map(counts.flatMap(([name, count]) => (count < rows ? [[name, rows - count] as const] : [])));
  return { scores, rows, missing, ...questionsOf(columns, data) };
}

function questionsOf(columns: readonly string[], data: readonly (readonly unknown[])[]): Pick<SampleTable, "questions" | "asked"> {
  const name = keyColumn(columns);
  const column = columns.find((one) => /^inputs?$/i.test(one)) ?? candidatesOf("question", columns)[0];
  if (name === undefined || column === undefined) return { questions: new Map(), asked: new Map() };
  const [key, index] = [columns.indexOf(name), columns.indexOf(column)];
  const target = columns.findIndex((one) => TARGETS.test(one));
  const samples = data
    .map((row, i) => ({ id: sampleKey(row[key], name, i), question: textOf(row[index]), reference: textOf(row[target]) }))
    .filter(({ question }) => question !== "");
  return {
    questions: new Map(samples.map(({ id, question }) => [id, JSON.stringify(question)])),
    asked: new Map(samples.map(({ id, question, reference }) => [id, askedSample(question, reference)])),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

async function readTable(store: TrackingStore, run: Run): Promise<string | undefined> {
  try {
    return await text(await store.readArtifact(run.runId, TABLE));
  } catch (error) {
    if (error instanceof MlflowError && error.code === "STORE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Reads a table in pandas' "split" layout; undefined for anything else. Samples are told apart by `id`, or by their input. Throws what checkOneRowEach throws. */
export function parseTable(content: string, origin: string): SampleTable | undefined {
  const { columns, data } = parse(content);
  if (!columns || !data) return undefined;
  checkOneRowEach(columns, data, origin);
  return toTable(columns, data);
}

/**
 * Scores by column; samples are told apart by their id, or by their input. Undefined where no column tells them apart. Throws
 * INVALID_ARGUMENT for a row that lacks its id: it would be taken for another's repeat.
 */
export function toScores(columns: readonly string[], data: readonly (readonly unknown[])[]): SampleScores | undefined {
  const name = keyColumn(columns);
  if (name === undefined) return undefined;
  const key = columns.indexOf(name);
  const samples = data.map((row, i) => sampleKey(row[key], name, i));
  const scores: SampleScores = new Map();
  for (const [index, column] of columns.entries()) {
    if (isTextColumn(column)) continue;
    const bySample = new Map<string, number[]>();
    for (const [i, row] of data.entries()) {
      const value = toScore(row[index]);
      const sample = samples[i] ?? "";
      if (value !== undefined) bySample.set(sample, [...(bySample.get(sample) ?? []), value]);
    }
    if (bySample.size > 0) scores.set(column.replace(/\/score$/, ""), bySample);
  }
  return scores;
}

/**
 * Throws INVALID_ARGUMENT for rows that are of one sample without being repeats of it, as a column `repeat` would say: their mean would
 * be taken for the sample's score.
 */
export function checkOneRowEach(columns: readonly string[], data: readonly (readonly unknown[])[], origin: string): void {
  const name = keyColumn(columns);
  if (name === undefined) return;
  const [key, repeat] = [columns.indexOf(name), columns.findIndex((column) => /^repeat$/i.test(column))];
  const [seen, twice] = [new Set<string>(), new Set<string>()];
  for (const [i, row] of data.entries()) {
    const sample = sampleKey(row[key], name, i);
    const one = repeat < 0 ? sample : JSON.stringify([sample, row[repeat]]);
    if (seen.has(one)) twice.add(sample);
    seen.add(one);
  }
  if (twice.size === 0) return;
  const shown = [...twice].slice(0, SHOWN_KEYS).map((text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text));
  const more = twice.size > SHOWN_KEYS ? `, ... (${twice.size})` : "";
  throw new LlmopsError("INVALID_ARGUMENT", `${origin} has several rows of one ${name}: ${shown.join(", ")}${more}.`, {
    hint: `Keep one row per ${name}, or number the repeats in a column repeat to compare their mean.`,
  });
}

/** True for columns that say what was asked and answered: what stands in them is not a score. */
export function isTextColumn(column: string): boolean {
  return NOT_SCORES.test(column) || isKnownColumn(column);
}

/** The column that tells samples apart. */
function keyColumn(columns: readonly string[]): string | undefined {
  return candidatesOf("id", columns)[0] ?? columns.find((column) => /^inputs$/i.test(column)) ?? candidatesOf("question", columns)[0];
}

/** How a sample is told from others, as JSON: 1 and "1" are the same. */
function sampleKey(value: unknown, column: string, index: number): string {
  const text = typeof value === "string" ? value.trim() : (JSON.stringify(value ?? "") ?? "");
  if (text !== "" && text !== '""') return JSON.stringify(text);
  throw new LlmopsError("INVALID_ARGUMENT", `Row ${index + 1} of the scores has no ${column}.`, {
    hint: "Rows of two results are paired by this column, so every row needs it.",
  });
}

function parse(content: string): { columns?: string[]; data?: unknown[][] } {
  try {
    const { columns, data } = parseJson(content).value as { columns?: unknown; data?: unknown };
    return Array.isArray(columns) && Array.isArray(data) ? { columns: columns.map(String), data: data as unknown[][] } : {};
  } catch {
    return {};
  }
}

function toScore(value: unknown): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" && isScore(value) ? value : undefined;
}
