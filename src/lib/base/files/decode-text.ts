import { LlmopsError } from "../errors/llmops-error.js";

/** How the bytes of a text file stand for characters. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

const GZIP = [0x1f, 0x8b];
const MARKS: readonly [Encoding, readonly number[]][] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** True for the beginning of a gzip file, whatever its name. */
export function isGzip(bytes: Uint8Array): boolean {
  return startsWith(bytes, GZIP);
}

/** The encoding the byte order mark names, and the mark's length; UTF-8 without one. */
export function detectEncoding(bytes: Uint8Array): { encoding: Encoding; markBytes: number } {
  const found = MARKS.find(([, mark]) => startsWith(bytes, mark));
  return found ? { encoding: found[0], markBytes: found[1].length } : { encoding: "utf-8", markBytes: 0 };
}

/**
 * The text of a whole file: UTF-8 with or without a byte order mark, or UTF-16 with one; line ends become "\n". Throws
 * INVALID_ARGUMENT naming line and byte where it is not text in that encoding.
 */
export function decodeText(bytes: Uint8Array): string {
  const { encoding, markBytes } = detectEncoding(bytes);
  const content = bytes.subarray(markBytes);
  const text = decode(content, encoding);
  const zero = text?.indexOf("\0");
  if (text === undefined) throw notText(firstFault(content, encoding), encoding);
  if (zero !== undefined && zero >= 0) throw notText({ line: countLines(text.slice(0, zero)), byte: zero + 1, found: "a NUL" }, encoding);
  return text.replace(/\r\n?/g, "\n");
}

/** A NUL where one stands before the first place that is not text: then the file is of another encoding as a whole. */
function firstFault(content: Uint8Array, encoding: Encoding): InvalidPlace {
  const place = findInvalid(content, encoding);
  const zero = encoding === "utf-8" ? content.indexOf(0) : -1;
  const isBefore = zero >= 0 && content.indexOf(0x0a) > zero;
  return isBefore ? { line: 1, byte: zero + 1, found: "a NUL" } : place;
}

/** Where bytes stop being text: the line, the byte within it (both from 1), and what stands there. */
export interface InvalidPlace {
  line: number;
  byte: number;
  found: string;
}

/** The first place of bytes that are not text in the encoding. */
export function findInvalid(bytes: Uint8Array, encoding: Encoding): InvalidPlace {
  const fits = (end: number, stream = true) => {
    try {
      new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle + 1)) low = middle + 1;
    else high = middle;
  }
  const cut = low === bytes.length;
  while (low > 0 && !fits(low, false)) low--; // to where the broken character begins
  const before = new TextDecoder(encoding).decode(bytes.subarray(0, low));
  const lineStart = encoding === "utf-8" ? bytes.subarray(0, low).lastIndexOf(0x0a) + 1 : 0;
  const found = cut ? "half a character" : `0x${(bytes[low] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
  return { line: countLines(before), byte: low - lineStart + 1, found };
}

/** What an invalid place is, in words, with how to convert the file. */
export function describeInvalid({ byte, found }: Pick<InvalidPlace, "byte" | "found">, encoding: Encoding): string {
  if (found === "a NUL" && encoding === "utf-8") {
    const guess = byte % 2 === 0 ? "UTF-16LE" : "UTF-16BE"; // in ASCII's characters the other byte of two is 0
    return `byte ${byte} is a NUL, so this is not UTF-8 text (${guess} needs a byte order mark; convert it: iconv -f ${guess} -t UTF-8)`;
  }
  if (found === "a NUL")
    return `character ${byte} is a NUL, so this is not ${encoding.toUpperCase()} text (UTF-32? iconv -f UTF-32 -t UTF-8)`;
  if (encoding !== "utf-8") return `byte ${byte} (${found}) is not ${encoding.toUpperCase()} text`;
  return `byte ${byte} (${found}) is not UTF-8 text (if it is Windows-1252 or Latin-1, convert it: iconv -f WINDOWS-1252 -t UTF-8)`;
}

function decode(content: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

function notText(place: InvalidPlace, encoding: Encoding): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `line ${place.line}: ${describeInvalid(place, encoding)}`, {
    hint: "Save the file as UTF-8.",
  });
}

function countLines(text: string): number {
  return text.split("\n").length;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
