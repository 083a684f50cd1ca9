import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gunzipSync } from "node:zlib";
import { detectEncoding, isGzip } from "../../base/files/decode-text.js";
import { exactJsonText, parseExactJson } from "../../base/slices/exact-json.js";
import { refuseLargeJson, measure } from "../../base/slices/json-size.js";
import { atOnce } from "../../base/slices/slices.js";
import { invalid } from "../mlflow-error.js";
import { typeTexts, typeValues } from "./column-types.js";
import { findDelimiter, readRecords } from "./csv-records.js";
import { TableBuilder } from "./table-builder.js";
import type { Cell, Table } from "./table.js";

const LARGEST_BYTES = 128 * 1024 * 1024;
const JSON_LIMITS = { depth: 128, values: 10_000_000 };

type Reader = (bytes: Uint8Array, extension: string) => Table;

const READERS: Readonly<Record<string, Reader>> = {
  ".csv": readDelimited,
  ".tsv": readDelimited,
  ".tab": readDelimited,
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".json": readJson,
};

/**
 * The table in a file: CSV, TSV, JSONL, a JSON list of objects or of lists, or MLflow's {columns, data}, also as .gz. Bytes that are not
 * UTF-8 become U+FFFD. Throws INVALID_PARAMETER_VALUE for a file that is not a table, or too large to be shown as one, and the system's
 * error where it cannot be opened.
 */
export function readTable(path: string): Table {
  const extension = extname(path.toLowerCase().replace(/\.gz$/, ""));
  const read = Object.hasOwn(READERS, extension) ? READERS[extension] : undefined;
  if (!read) throw notTable(`tables are CSV, TSV, JSONL, and JSON, by the end of their names`);
  const bytes = readBytes(path);
  if (bytes.includes(0) && detectEncoding(bytes).encoding === "utf-8")
    throw notTable(`byte ${bytes.indexOf(0) + 1} is a NUL, so it is not text`);
  return read(bytes, extension);
}

function readBytes(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    if (fstatSync(file).size > LARGEST_BYTES) throw tooLarge();
    const bytes = readFileSync(file);
    return isGzip(bytes) ? unzip(bytes) : bytes;
  } finally {
    closeSync(file);
  }
}

function unzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES });
  } catch (cause) {
    throw (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE" ? tooLarge() : notTable("it is not a whole gzip file");
  }
}

function decode(bytes: Uint8Array): string {
  const { encoding, markBytes } = detectEncoding(bytes);
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(markBytes));
}

function readDelimited(bytes: Uint8Array, extension: string): Table {
  const text = decode(bytes);
  const builder = new TableBuilder();
  let isHeading = true;
  readRecords(text, findDelimiter(text, extension !== ".csv"), {
    take: (place, cell) => {
      if (isHeading) builder.add(cell);
      else builder.put(place, cell);
    },
    end: () => {
      if (isHeading) isHeading = false;
      else builder.endRow();
    },
  });
  if (isHeading) throw notTable("it has no heading");
  return builder.build(typeTexts);
}

function readJsonLines(bytes: Uint8Array): Table {
  refuseLargeJson(atOnce(measure(bytes)), JSON_LIMITS);
  const text = decode(bytes);
  const builder = new TableBuilder();
  let line = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const written = text.slice(at, end < 0 ? text.length : end).trim();
    at = end < 0 ? text.length : end + 1;
    line++;
    if (written === "") continue;
    const row = parse(written);
    // what writes the file may be in the middle of its last line
    if (row === undefined && end < 0 && builder.rows > 0) return { ...builder.build(typeValues), brokenLine: line };
    if (row === undefined) throw notTable(`line ${line} is not JSON`);
    putRow(builder, row);
  }
  if (builder.rows === 0) throw notTable("it has no rows");
  return builder.build(typeValues);
}

function readJson(bytes: Uint8Array): Table {
  refuseLargeJson(atOnce(measure(bytes)), JSON_LIMITS);
  const value = parse(decode(bytes));
  if (value === undefined) throw notTable("it is not JSON");
  const builder = new TableBuilder();
  for (const row of rowsOf(value, builder)) putRow(builder, row);
  return builder.build(typeValues);
}

/** The rows of a JSON document; columns that it names are added. Throws INVALID_PARAMETER_VALUE where it has none. */
function rowsOf(value: unknown, builder: TableBuilder): readonly unknown[] {
  if (Array.isArray(value) && value.length === 0) throw notTable("it is an empty list");
  if (Array.isArray(value) && value.every((row) => typeof row === "object" && row !== null)) return value;
  const { columns, data } = (value ?? {}) as { columns?: unknown; data?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every((row) => Array.isArray(row)))
    throw notTable("it is neither a list of objects or lists nor an object with columns and data");
  for (const name of columns as unknown[]) builder.add(typeof name === "string" ? name : exactJsonText(name));
  return data;
}

function putRow(builder: TableBuilder, row: unknown): void {
  if (Array.isArray(row)) row.forEach((cell: Cell, place) => builder.put(place, cell));
  else if (typeof row === "object" && row !== null)
    for (const [name, cell] of Object.entries(row)) builder.put(builder.column(name), cell as Cell);
  else builder.put(builder.column("value"), row as Cell);
  builder.endRow();
}

/** The value of a JSON text, or of one with the bare NaN and infinities that Python writes; undefined where it is neither. */
function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return parseBareWords(text);
  }
}

function parseBareWords(text: string): unknown {
  if (!/\b(?:NaN|Infinity)\b/.test(text)) return undefined;
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gs, (part) => (part.startsWith('"') ? part : `"${part}"`));
  try {
    return parseExactJson(quoted);
  } catch {
    return undefined;
  }
}

function notTable(why: string): Error {
  return invalid(`The file is not shown as a table: ${why}.`);
}

function tooLarge(): Error {
  return notTable(`it has more than ${LARGEST_BYTES / 1024 / 1024} MiB; download it to open it`);
}
