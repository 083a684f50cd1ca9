import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import { describeInvalid, detectEncoding, findInvalid, isGzip, type Encoding, type InvalidPlace } from "./decode-text.js";

/** A line of a text file, from 1; its line end is not part of it. */
export interface TextLine {
  text: string;
  line: number;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;
/** No line of a text file is this long: a file without line ends is not one of lines. */
export const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of a text file of any size as UTF-8 without a byte order mark: gzip is unpacked and UTF-16 with a mark is converted.
 * `onBytes` sees the file as it lies on disk. Throws the system's error where it cannot be opened, and INVALID_ARGUMENT where it
 * is not what it seems to be.
 */
export async function* readUtf8(path: string, onBytes: (bytes: Buffer) => void = () => undefined): AsyncGenerator<Buffer> {
  const raw = withFirst(readRaw(path, onBytes), 2);
  const first = await raw.next();
  if (first.done) return;
  const whole = prepend(first.value, raw);
  yield* toUtf8(isGzip(first.value) ? unzip(whole) : whole);
}

/** The lines of a text file of any size, read as they are asked for. Throws what `readUtf8` throws, naming the line. */
export async function* readTextLines(source: AsyncIterable<Buffer>): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = 0;
  for await (const bytes of splitLines(source)) {
    line++;
    if (bytes.includes(0)) throw notText(line, { byte: bytes.indexOf(0) + 1, found: "a NUL" });
    try {
      const text = decoder.decode(bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes);
      yield { text, line };
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw notText(line, findInvalid(bytes, "utf-8"), cause);
    }
  }
}

/** The text of a file of any size in pieces as they come. Throws what `readUtf8` throws, naming the line. */
export async function* readTextPieces(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let lines = 0;
  const decode = (bytes: Buffer) => {
    try {
      return bytes.length === 0 ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      const place = findInvalid(bytes, "utf-8");
      throw notText(lines + place.line, place, cause);
    }
  };
  for await (const bytes of source) {
    const text = decode(bytes);
    const zero = text.indexOf("\0");
    if (zero >= 0)
      throw notText(lines + text.slice(0, zero).split("\n").length, { byte: zero - text.lastIndexOf("\n", zero), found: "a NUL" });
    lines += text.split("\n").length - 1;
    if (text !== "") yield text;
  }
  decode(Buffer.alloc(0));
}

function notText(line: number, place: Pick<InvalidPlace, "byte" | "found">, cause?: unknown): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `line ${line}: ${describeInvalid(place, "utf-8")}`, {
    hint: "Save the file as UTF-8.",
    cause,
  });
}

async function* readRaw(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    onBytes(chunk);
    yield chunk;
  }
}

/** The same bytes, of which the first piece has at least so many, as far as there are. */
async function* withFirst(source: AsyncIterable<Buffer>, least: number): AsyncGenerator<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (first === undefined) yield chunk;
    else if ((first = Buffer.concat([first, chunk])).length >= least) {
      yield first;
      first = undefined;
    }
  }
  if (first !== undefined && first.length > 0) yield first;
}

async function* prepend(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* unzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    // a failure of either ends the loop with it
    yield* pipeline(Readable.from(source), createGunzip(), () => undefined) as AsyncIterable<Buffer>;
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code !== "string" || !(code.startsWith("Z_") || code.startsWith("ERR_"))) throw cause;
    throw new LlmopsError("INVALID_ARGUMENT", `not a whole gzip file: ${messageOf(cause)}`, { hint: "Check it with gzip -t.", cause });
  }
}

async function* toUtf8(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pieces = withFirst(source, 3);
  const first = await pieces.next();
  if (first.done) return;
  const { encoding, markBytes } = detectEncoding(first.value);
  const content = prepend(first.value.subarray(markBytes), pieces);
  yield* encoding === "utf-8" ? content : convert(content, encoding);
}

async function* convert(source: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let line = 1;
  const decode = (bytes: Buffer | undefined) => {
    try {
      const text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
      line += text.split("\n").length - 1;
      return Buffer.from(text);
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `line ${line} or a later one is not ${encoding.toUpperCase()} text`, {
        hint: "Save the file as UTF-8.",
        cause,
      });
    }
  };
  for await (const chunk of source) yield decode(chunk);
  yield decode(undefined);
}

async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      yield parts.length === 0 ? rest : Buffer.concat([...parts, rest]);
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length <= LONGEST_LINE_BYTES) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `a line has more than ${LONGEST_LINE_BYTES / 1024 / 1024} MiB`, {
      hint: "A file of lines has one row a line.",
    });
  }
  if (length > 0) yield Buffer.concat(parts);
}
