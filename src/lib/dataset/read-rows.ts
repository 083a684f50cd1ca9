import { createHash } from "node:crypto";
import { extname } from "node:path";
import { pipeline, Readable } from "node:stream";
import { parse as parseCsv } from "csv-parse";
import { parse as parseYaml } from "yaml";
import { LlmopsError, messageOf, systemCodeOf } from "../errors/llmops-error.js";
import { readUtf8 } from "../files/read-text-stream.js";

/** A row as it stands in the file. `place` names it in messages: file and line, or file and number. */
export interface Row {
  value: unknown;
  place: string;
  line: number;
}

export const ROW_HINT = 'Each line is one JSON object, such as {"question": "What is 2 + 2?", "answer": "4"}.';
const NEWLINE = 0x0a;
/** No row of a dataset is this long: a file without line ends is not one of lines. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * The rows of a dataset, read as they are asked for: JSONL, CSV with a heading, or a list in JSON or YAML, told
 * apart by the file's name. `onBytes` sees all of the file. Throws DATASET_NOT_FOUND, or DATASET_INVALID naming the line.
 */
export async function* readRows(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Row> {
  const kind = extname(path).toLowerCase();
  if (kind === ".csv") yield* readCsv(path, onBytes);
  else if ([".json", ".yaml", ".yml"].includes(kind)) yield* readList(path, onBytes);
  else yield* readLines(path, onBytes);
}

/** The SHA-256 of what `readRows` has read, in hex. */
export function createDigest(): { update(bytes: Buffer): void; hex(): string } {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest("hex") };
}

export function invalidDataset(message: string, hint = ROW_HINT, cause?: unknown): LlmopsError {
  return new LlmopsError("DATASET_INVALID", message, { hint, cause });
}

async function* readBytes(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  try {
    yield* readUtf8(path, onBytes);
  } catch (cause) {
    if (cause instanceof LlmopsError) throw invalidDataset(`${path}: ${cause.message}.`, cause.hint, cause);
    const code = systemCodeOf(cause);
    const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? messageOf(cause)})`;
    throw new LlmopsError("DATASET_NOT_FOUND", `The dataset ${path} ${why}.`, {
      hint: "Name a JSONL, CSV, JSON or YAML file with --dataset, or leave the flag out to use the example questions.",
      cause,
    });
  }
}

async function* readLines(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Row> {
  const decode = createDecoder();
  let line = 0;
  for await (const bytes of splitLines(path, onBytes)) {
    line++;
    const place = `${path}:${line}`;
    const text = decode(bytes, place).replace(/^\uFEFF/, "");
    if (text.trim() === "") continue;
    try {
      yield { value: JSON.parse(text), place, line };
    } catch (cause) {
      if (cause instanceof SyntaxError) throw invalidDataset(`${place}: not valid JSON: ${cause.message}.`, ROW_HINT, cause);
      throw cause;
    }
  }
}

async function* splitLines(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path, onBytes)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]);
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw invalidDataset(`${path} has a line of more than ${LONGEST_LINE / 1024 / 1024} MiB.`);
  }
  if (length > 0) yield Buffer.concat(parts);
}

/** Reads bytes as UTF-8 and nothing else. */
function createDecoder(): (bytes: Buffer, place: string) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return (bytes, place) => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw invalidDataset(`${place}: not UTF-8 text.`, "Save the file as UTF-8, for example with iconv -f latin1 -t utf-8.", cause);
    }
  };
}

async function* readCsv(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Row> {
  const decode = createDecoder();
  const source = async function* () {
    let line = 0;
    for await (const bytes of splitLines(path, onBytes)) yield `${decode(bytes, `${path}:${++line}`)}\n`;
  };
  const options = { columns: true, bom: true, skip_empty_lines: true, info: true };
  // a failure of either ends the loop below with it
  const parser = pipeline(Readable.from(source()), parseCsv(options), () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
      const filled = Object.entries(record).filter(([, value]) => value !== "");
      yield { value: Object.fromEntries(filled), place: `${path}:${info.lines}`, line: info.lines };
    }
  } catch (cause) {
    if (cause instanceof LlmopsError) throw cause;
    throw invalidDataset(`${path}: not valid CSV: ${messageOf(cause)}.`, "The first line names the columns, one of them question.", cause);
  }
}

async function* readList(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Row> {
  const chunks: Buffer[] = [];
  for await (const chunk of readBytes(path, onBytes)) chunks.push(chunk);
  const text = createDecoder()(Buffer.concat(chunks), path);
  let list: unknown;
  try {
    list = path.toLowerCase().endsWith(".json") ? JSON.parse(text) : parseYaml(text);
  } catch (cause) {
    throw invalidDataset(`${path}: ${messageOf(cause)}.`, "The file holds one list of rows.", cause);
  }
  if (!Array.isArray(list))
    throw invalidDataset(`${path}: not a list of rows.`, "The file holds one list of rows; JSONL files end in .jsonl.");
  for (const [index, value] of list.entries()) yield { value, place: `${path}: row ${index + 1}`, line: index + 1 };
}
