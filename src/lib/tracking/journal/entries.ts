import { LlmopsError } from "../../base/errors/llmops-error.js";
import { toWireNumber, type WireNumber } from "../wire/values.js";
import type { DatasetInput, Metric, RunBatch, RunStatus } from "../records.js";

/** One line of a journal: something to do in the store. Runs are named by a key of this side until the store names them. */
export type Entry = RunEntry | BatchEntry | DatasetEntry | ArtifactEntry | EndEntry;

export interface RunEntry {
  op: "run";
  run: string;
  experiment: string;
  name: string | undefined;
  startTime: number;
  userId: string;
  tags: Record<string, string>;
  /** The key of the run this one is a child of. */
  parent?: string | undefined;
  /** The store may have the run already: then it goes on. */
  continues?: boolean;
  /** Tags that it then loses. */
  outdated?: readonly string[];
}

export interface BatchEntry {
  op: "batch";
  run: string;
  params: Record<string, string>;
  metrics: [key: string, value: WireNumber, timestamp: number, step: number][];
  tags: Record<string, string>;
  /** Tags whose value is the id of a run, by its key. */
  runTags: Record<string, string>;
}

export interface DatasetEntry {
  op: "dataset";
  run: string;
  dataset: DatasetInput;
}

export interface ArtifactEntry {
  op: "artifact";
  run: string;
  path: string;
  /** The content, where it is a short text. */
  text?: string;
  /** Otherwise the name of the file beside the journal that holds it. */
  file?: string;
}

export interface EndEntry {
  op: "end";
  run: string;
  status: RunStatus;
  endTime: number;
}

/** A line of a journal that is not an entry: the file was damaged. */
export interface DamagedLine {
  op: "damaged";
  text: string;
}

/** Reads one line of a journal, whatever has become of it. */
export function parseEntry(line: string): Entry | DamagedLine {
  try {
    const value: unknown = JSON.parse(line);
    if (isEntry(value)) return value;
  } catch {
    // half a line, or other bytes
  }
  return { op: "damaged", text: line };
}

/** What each kind of entry cannot be performed without. */
const NEEDED: Record<Entry["op"], Record<string, (value: unknown) => boolean>> = {
  run: { experiment: isText, startTime: Number.isFinite, tags: isObject },
  batch: { params: isObject, metrics: isPoints, tags: isObject, runTags: isObject },
  dataset: { dataset: isObject },
  artifact: { path: isText },
  end: { status: isText, endTime: Number.isFinite },
};

function isEntry(value: unknown): value is Entry {
  if (!isObject(value) || !isText(value["run"]) || !Object.hasOwn(NEEDED, String(value["op"]))) return false;
  const needed = NEEDED[value["op"] as Entry["op"]];
  return Object.entries(needed).every(([name, isRight]) => isRight(value[name]));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPoints(value: unknown): boolean {
  return Array.isArray(value) && value.every((point) => Array.isArray(point) && isText(point[0]));
}

/** Metrics as a line of JSON can hold them. */
export function packMetrics(metrics: readonly Metric[]): BatchEntry["metrics"] {
  return metrics.map(({ key, value, timestamp, step }) => [key, toWireNumber(value), timestamp, step]);
}

/** Several batches of one run as one; later tags win. Throws STORE_CONFLICT where a param changes, which only alone can be refused alone. */
export function mergeBatches(entries: readonly BatchEntry[]): RunBatch {
  const params: Record<string, string> = {};
  for (const [key, value] of entries.flatMap((entry) => Object.entries(entry.params))) {
    if (Object.hasOwn(params, key) && params[key] !== value) throw new LlmopsError("STORE_CONFLICT", `The param "${key}" changes.`);
    params[key] = value;
  }
  const metrics = entries.flatMap((entry) =>
    entry.metrics.map(([key, value, timestamp, step]) => ({ key, value: Number(value), timestamp, step })),
  );
  const tags = Object.assign({}, ...entries.map((entry) => entry.tags)) as Record<string, string>;
  return { params, metrics, tags };
}
