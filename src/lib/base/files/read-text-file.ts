import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { LlmopsError } from "../errors/llmops-error.js";
import { decodeText, isGzip } from "./decode-text.js";
import { parseUniqueJson } from "./parse-json.js";

/** The longest text that is held whole; JavaScript's strings end at 512 MiB. */
export const LONGEST_TEXT_BYTES = 400 * 1024 * 1024;
const CHUNK_BYTES = 65_536;

/**
 * The text of a file somebody wrote: UTF-8 with or without a byte order mark, or UTF-16 with one, also as gzip; line ends become
 * "\n". Every user's file that is read whole is read here. Throws the system's error (ENOENT, ...) where it cannot be opened, and
 * INVALID_ARGUMENT where it is not text.
 */
export function readTextFile(path: string): string {
  const bytes = readBounded(path);
  const content = isGzip(bytes) ? unzip(bytes) : bytes;
  if (content.length > LONGEST_TEXT_BYTES) throw tooLong();
  return decodeText(content);
}

/** The value of a JSON file, read as `readTextFile` reads. Throws what that throws, and SyntaxError, also for a key that is there twice. */
export function readJsonFile(path: string): unknown {
  return parseUniqueJson(readTextFile(path));
}

/** All bytes of a file, or of a pipe or device, which may never end: no more of them is held than a text may have. */
function readBounded(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const stats = fstatSync(file);
    if (stats.size > LONGEST_TEXT_BYTES) throw tooLong();
    return stats.isFile() ? readFileSync(file) : readToEnd(file);
  } finally {
    closeSync(file);
  }
}

function readToEnd(file: number): Buffer {
  const parts: Buffer[] = [];
  for (let total = 0; total <= LONGEST_TEXT_BYTES;) {
    const part = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(file, part);
    if (count === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, count));
    total += count;
  }
  throw tooLong();
}

function unzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_TEXT_BYTES });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLong();
    throw new LlmopsError("INVALID_ARGUMENT", `not a whole gzip file: ${(cause as Error).message}`, {
      hint: "Check it with gzip -t.",
      cause,
    });
  }
}

function tooLong(): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `more than ${LONGEST_TEXT_BYTES / 1024 / 1024} MiB of text`, {
    hint: "Split the file.",
  });
}
