import { parse as parseCsv } from "csv-parse/sync";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { isJson } from "../../base/slices/is-json.js";

/** One line of a training log: its step, its time if it says it, and the numbers. */
export interface TrainingPoint {
  step: number;
  /** Milliseconds. */
  time: number | undefined;
  values: Record<string, number>;
}

export interface TrainingLog {
  points: TrainingPoint[];
  /** Settings the log itself names. */
  params: Record<string, string>;
  /** The trainer says it is done. */
  complete: boolean;
  /** The number of the last line, where it is not whole yet and therefore left out. */
  unfinishedLine: number | null;
}

type Row = Readonly<Record<string, unknown>>;

/** Names trainers use for one thing, as the name it is recorded under. */
const NAMES: Record<string, string> = {
  loss: "train_loss",
  training_loss: "train_loss",
  lr: "learning_rate",
  val_loss: "eval_loss",
  validation_loss: "eval_loss",
};
const STEP = ["step", "global_step", "iteration", "iter"];
const TIME = ["timestamp", "time", "created_at", "date"];
const STATE_PARAMS = [
  "max_steps",
  "num_train_epochs",
  "train_batch_size",
  "logging_steps",
  "eval_steps",
  "save_steps",
  "total_flos",
  "best_model_checkpoint",
];

/**
 * Reads a training log by its ending and content: Hugging Face's trainer_state.json, a JSON list, JSONL, or
 * CSV with a header. A last line that is not finished is left for the next time. Throws DATASET_INVALID.
 */
export function parseTrainingLog(content: string, path: string): TrainingLog {
  const start = content.trimStart();
  if (/\.csv$/i.test(path)) return { ...fromRows(csvRows(content, path)), unfinishedLine: lastLineUnless(content, (line) => line === "") };
  if (start.startsWith("{") && start.includes('"log_history"')) return fromTrainerState(content, path);
  if (start.startsWith("[")) return fromRows(toRows(parseJson(content, path), path));
  return { ...fromRows(jsonLines(content, path)), unfinishedLine: lastLineUnless(content, (line) => line.trim() === "" || isJson(line)) };
}

/** The number of the last line, unless it says of itself that it is whole. */
function lastLineUnless(content: string, isWhole: (line: string) => boolean): number | null {
  const lines = content.split("\n");
  return isWhole(lines.at(-1) ?? "") ? null : lines.length;
}

function fromTrainerState(content: string, path: string): TrainingLog {
  const state = parseJson(content, path) as Row & { log_history?: unknown; global_step?: number; max_steps?: number };
  const log = fromRows(toRows(state.log_history ?? [], path));
  const params = STATE_PARAMS.flatMap((name) => {
    const value = state[name];
    return typeof value === "string" || typeof value === "number" ? [[name, String(value)] as const] : [];
  });
  const { global_step: done = 0, max_steps: planned = 0 } = state;
  return { ...log, params: Object.fromEntries(params), complete: planned > 0 && done >= planned };
}

function fromRows(rows: readonly Row[]): TrainingLog {
  const points = rows.map((row, index): TrainingPoint => {
    const step = numberOf(row, STEP);
    const values = Object.entries(row).flatMap(([name, value]) => {
      const number = toNumber(value);
      return number === undefined || STEP.includes(name) || TIME.includes(name) ? [] : [[NAMES[name] ?? name, number] as const];
    });
    return { step: step === undefined ? index : Math.round(step), time: timeOf(row), values: Object.fromEntries(values) };
  });
  return { points: points.filter(({ values }) => Object.keys(values).length > 0), params: {}, complete: false, unfinishedLine: null };
}

function jsonLines(content: string, path: string): Row[] {
  const lines = content.split("\n");
  const unfinished = lines.pop() ?? "";
  const whole = isJson(unfinished) ? [...lines, unfinished] : lines;
  return whole.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const row = parseJson(line, `${path}:${index + 1}`);
    if (isRow(row)) return [row];
    throw invalidLog(`${path}:${index + 1}`, "a line must be an object");
  });
}

function csvRows(content: string, path: string): Row[] {
  const whole = content.slice(0, content.lastIndexOf("\n") + 1);
  try {
    return parseCsv(whole, { columns: true, skip_empty_lines: true, trim: true, bom: true });
  } catch (cause) {
    throw invalidLog(path, messageOf(cause));
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    // Python writes NaN and Infinity bare; a text that speaks of them stays as it is
    const quoted = text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|NaN|-?Infinity/g, (found) =>
      found.startsWith('"') ? found : `"${found}"`,
    );
    return JSON.parse(quoted);
  } catch (cause) {
    throw invalidLog(place, `not valid JSON: ${messageOf(cause)}`);
  }
}

function toRows(value: unknown, place: string): Row[] {
  if (Array.isArray(value) && value.every(isRow)) return value;
  throw invalidLog(place, "its entries have to be objects");
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(row: Row, names: readonly string[]): number | undefined {
  return names.map((name) => toNumber(row[name])).find((value) => value !== undefined);
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) && !/^nan$/i.test(value) ? undefined : number;
}

/** Milliseconds, from an ISO time or from seconds or milliseconds since 1970. */
function timeOf(row: Row): number | undefined {
  const value = TIME.map((name) => row[name]).find((item) => item !== undefined);
  const number = toNumber(value);
  if (number !== undefined && number > 1e8) return Math.round(number < 1e11 ? number * 1000 : number);
  const parsed = typeof value === "string" && number === undefined ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function invalidLog(place: string, why: string): LlmopsError {
  return new LlmopsError("DATASET_INVALID", `${place}: ${why}.`, {
    hint: "A training log is trainer_state.json, a JSON object a line (JSONL), or CSV with a header.",
  });
}
