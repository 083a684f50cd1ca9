import { createHash } from "node:crypto";
import { extname } from "node:path";
import { parse as parseLossless } from "lossless-json";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { DuplicateKeyError } from "../../base/files/parse-json.js";
import { LONGEST_TEXT_BYTES } from "../../base/files/read-text-file.js";
import { readTextLines, readTextPieces, readUtf8 } from "../../base/files/read-text-stream.js";
import { readCsvRows, splitHeading, sniffDelimiter } from "./csv-rows.js";
import { isKnownColumn } from "./column-names.js";
import { invalidDataset } from "./invalid-dataset.js";
import { lineOfItem } from "./json-items.js";
import { parseJson, parseYamlRows, toRead, type Read } from "./written-values.js";

/** A row as it stands in the file. `place` names it in messages: file and line. `number` is its line, or of a list its place. */
export interface Row extends Read {
  readonly place: string;
  number: number;
  /** Cells are text: lists stand in them as JSON. */
  isTable: boolean;
}

const FORMATS = "JSONL, JSON, CSV, TSV or YAML, also as .gz";
const SNIFF_BYTES = 64 * 1024;
/** Keys under which a JSON document keeps its rows. */
const ROW_KEYS = ["data", "rows", "samples", "examples", "items", "questions", "tests"];

type Format = "lines" | "json" | "yaml" | "csv";

/**
 * The rows of a dataset, read as they are asked for: JSONL, tables with a heading, or a list in JSON or YAML, told apart by the
 * file's name and content. `onBytes` sees all of the file. Throws DATASET_NOT_FOUND, or DATASET_INVALID naming the line.
 */
export async function* readRows(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Row> {
  try {
    const source = readUtf8(path, onBytes);
    const ahead: Buffer[] = [];
    for (let size = 0; size < SNIFF_BYTES;) {
      const next = await source.next();
      if (next.done) break;
      ahead.push(next.value);
      size += next.value.length;
    }
    const start = new TextDecoder().decode(Buffer.concat(ahead).subarray(0, SNIFF_BYTES));
    yield* READERS[detectFormat(path, start)](path, chain(ahead, source), start);
  } catch (cause) {
    throw toDatasetError(path, cause);
  }
}

const READERS: Record<Format, (path: string, source: AsyncGenerator<Buffer>, start: string) => AsyncGenerator<Row>> = {
  lines: readJsonLines,
  json: readJsonList,
  yaml: readYamlList,
  csv: async function* (path, source, start) {
    for await (const { value, line } of readCsvRows(path, source, start)) {
      yield { value, place: `${path}:${line}`, number: line, isTable: true };
    }
  },
};

/** The SHA-256 of what `readRows` has read, in hex. */
export function createDigest(): { update(bytes: Buffer): void; hex(): string } {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest("hex") };
}

async function* chain(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

function toDatasetError(path: string, cause: unknown): unknown {
  if (cause instanceof LlmopsError) {
    return cause.code === "INVALID_ARGUMENT" ? invalidDataset(`${path}: ${cause.message}.`, cause.hint, cause) : cause;
  }
  const code = systemCodeOf(cause);
  if (code === undefined) return cause;
  const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
  return new LlmopsError("DATASET_NOT_FOUND", `The dataset ${path} ${why}.`, {
    hint: `Name a file with --dataset (${FORMATS}), or as dataset in llmops.yaml; without either the example questions are used.`,
    cause,
  });
}

/** By the file's name; JSON and what has no known name by how it begins. */
function detectFormat(path: string, start: string): Format {
  const extension = extname(path.toLowerCase().replace(/\.gz$/, ""));
  if ([".csv", ".tsv", ".tab", ".psv"].includes(extension)) return "csv";
  if ([".yaml", ".yml"].includes(extension)) return "yaml";
  return byContent(start, extension);
}

function byContent(start: string, extension: string): Format {
  const begin = start.trimStart();
  if (begin.startsWith("[")) return "json";
  if (begin.startsWith("{")) return bracesFormat(begin, extension);
  if ([".jsonl", ".ndjson"].includes(extension)) return "lines";
  if (extension === ".json") return "json";
  if (/^(?:---\s*\n|- )/.test(begin)) return "yaml";
  const names = splitHeading(start, sniffDelimiter(start));
  return names.length > 1 || names.some(isKnownColumn) ? "csv" : "lines";
}

/** A file that begins with an object: lines of them, or one document. */
function bracesFormat(begin: string, extension: string): Format {
  const [first = "", ...others] = begin.split("\n");
  if (isWholeObject(first) && (extension !== ".json" || others.some((line) => line.trim() !== ""))) return "lines";
  return extension === ".jsonl" || extension === ".ndjson" ? "lines" : "json";
}

function isWholeObject(line: string): boolean {
  try {
    parseJson(line);
    return true;
  } catch (error) {
    return error instanceof DuplicateKeyError;
  }
}

async function* readJsonLines(path: string, source: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  for await (const { text, line } of readTextLines(source)) {
    if (text.trim() === "") continue;
    const { value, written } = parsed(path, text, line);
    const row = { value, place: `${path}:${line}`, number: line, isTable: false };
    yield written ? { ...row, written } : row;
  }
}

/** Throws DATASET_INVALID with line and column; `line` is that of the text's beginning. */
function parsed(path: string, text: string, line: number): Read {
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    if (cause instanceof DuplicateKeyError) throw keyTwice(path, line + text.slice(0, cause.offset).split("\n").length - 1, cause);
    const { why, offset } = findFault(text, cause);
    const before = text.slice(0, offset).split("\n");
    const [row, column] = [line + before.length - 1, (before.at(-1)?.length ?? 0) + 1];
    const found = JSON.stringify(text.slice(offset, offset + 30).split("\n")[0]);
    throw invalidDataset(
      `${path}:${row}: not valid JSON at column ${column}: ${why}${offset < text.length ? `, before ${found}` : ""}.`,
      undefined,
      cause,
    );
  }
}

function keyTwice(path: string, line: number, cause: DuplicateKeyError): LlmopsError {
  return invalidDataset(
    `${path}:${line}: the key ${JSON.stringify(cause.key)} appears twice in one object.`,
    "Remove one of the two. Several accepted answers are a list.",
    cause,
  );
}

/** JSON.parse does not always say where; the other parser does. */
function findFault(text: string, { message }: SyntaxError): { why: string; offset: number } {
  try {
    parseLossless(text);
  } catch (error) {
    const [, why, position] = /^(.*?)(?:,? (?:in JSON )?at position (\d+))/s.exec(messageOf(error)) ?? [];
    if (why !== undefined) return { why, offset: Number(position) };
  }
  return { why: message, offset: text.length };
}

async function* readJsonList(path: string, source: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  const text = await readWhole(path, source);
  const { value, written } = parsed(path, text, 1);
  const key = ROW_KEYS.find((name) => Array.isArray((value as Record<string, unknown> | null)?.[name]));
  const list = Array.isArray(value) ? value : key === undefined ? undefined : (value as Record<string, unknown[]>)[key];
  if (!list) {
    throw invalidDataset(
      `${path}: not a list of rows.`,
      `The file must hold one list of rows, or an object with one under ${ROW_KEYS.join(", ")}.`,
    );
  }
  const prefix = key === undefined || Array.isArray(value) ? "" : `${key}.`;
  const byRow = splitWritten(written, prefix);
  for (const [index, item] of list.entries()) {
    const own = byRow.get(index);
    yield {
      value: item,
      ...(own && { written: own }),
      number: index + 1,
      isTable: false,
      get place() {
        return `${path}:${lineOfItem(text, index, key)}`;
      },
    };
  }
}

/** What was written of each row, by paths within it. */
function splitWritten(written: Read["written"], prefix: string): Map<number, Record<string, string>> {
  const rows = new Map<number, Record<string, string>>();
  for (const [path, source] of Object.entries(written ?? {})) {
    const [, index, rest] = /^\.?(\d+)\.(.*)$/s.exec(path.slice(path.startsWith(prefix) ? prefix.length : 0)) ?? [];
    if (index === undefined || rest === undefined) continue;
    rows.set(Number(index), { ...rows.get(Number(index)), [rest]: source });
  }
  return rows;
}

async function* readYamlList(path: string, source: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  const text = await readWhole(path, source);
  let read: ReturnType<typeof parseYamlRows>;
  try {
    read = parseYamlRows(text);
  } catch (cause) {
    throw invalidDataset(`${path}: not valid YAML: ${messageOf(cause)}.`, "The file holds one list of rows.", cause);
  }
  const under = ROW_KEYS.map((key) => (read.value as Record<string, unknown> | null)?.[key]).find(Array.isArray);
  const rows = read.rows ?? under?.map((row: unknown, i) => ({ ...toRead(row), line: i + 1 }));
  if (!rows) throw invalidDataset(`${path}: not a list of rows.`, "The file must hold one list of rows: - {question: ..., answer: ...}");
  for (const [index, { line, ...row }] of rows.entries()) {
    yield { ...row, place: read.rows ? `${path}:${line}` : `${path}: row ${index + 1}`, number: index + 1, isTable: false };
  }
}

async function readWhole(path: string, source: AsyncIterable<Buffer>): Promise<string> {
  let [text, size] = ["", 0];
  for await (const piece of readTextPieces(source)) {
    size += piece.length;
    if (size > LONGEST_TEXT_BYTES) {
      const limit = LONGEST_TEXT_BYTES / 1024 / 1024;
      throw invalidDataset(
        `${path} has more than ${limit} MiB.`,
        "Convert it to JSONL, one row per line, which is streamed whatever its size.",
      );
    }
    text += piece;
  }
  return text;
}
