import { LlmopsError } from "../errors/llmops-error.js";
import { atOnce, inSlices, type Steps } from "./slices.js";

/** How deep and how large JSON may be. */
export interface JsonLimits {
  /** Lists and objects within each other. */
  depth: number;
  /** Values and names of members. */
  values: number;
}

export interface JsonSize {
  depth: number;
  values: number;
}

/** So many bytes are read between two looks at the clock. */
const CHUNK_BYTES = 65_536;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LARGEST_SPACE = 0x20;

/**
 * Refuses JSON that would take long to parse, or is nested deeper than code that recurses can follow, before it is parsed: its bytes are
 * read in slices. Throws INVALID_ARGUMENT for the depth and BODY_TOO_LARGE for the number of values, naming limit and value.
 */
export async function checkJsonSize(bytes: Uint8Array, limits: JsonLimits, hints?: { depth: string; values: string }): Promise<void> {
  // a short one is measured before another turn of the loop would begin
  const { depth, values } = bytes.length <= CHUNK_BYTES ? atOnce(measure(bytes)) : await inSlices(measure(bytes));
  if (depth > limits.depth) {
    const message = `The JSON is ${depth} lists and objects deep, and at most ${limits.depth} are taken.`;
    throw new LlmopsError("INVALID_ARGUMENT", message, hints && { hint: hints.depth });
  }
  if (values > limits.values) {
    const message = `The JSON has ${values} values and names, and at most ${limits.values} are taken.`;
    throw new LlmopsError("BODY_TOO_LARGE", message, hints && { hint: hints.values });
  }
}

/** The depth of JSON and the number of its values and names of members, exact where it is JSON. */
export function* measure(bytes: Uint8Array): Steps<JsonSize> {
  const scan = new Scan();
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    if (start > 0) yield;
    scan.read(bytes, start, Math.min(start + CHUNK_BYTES, bytes.length));
  }
  return { depth: scan.deepest, values: scan.values };
}

class Scan {
  values = 1;
  deepest = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** A list or object has just begun: it is empty where it ends next. */
  private opened = false;

  read(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number;
      if (this.escaped) this.escaped = false;
      else if (this.inString) this.readInString(byte);
      else if (byte > LARGEST_SPACE) this.readOutside(byte);
    }
  }

  private readInString(byte: number): void {
    if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = false;
  }

  private readOutside(byte: number): void {
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.open();
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.depth--;
      if (this.opened) this.values--;
    } else if (byte === COMMA || byte === COLON) this.values++;
    else if (byte === QUOTE) this.inString = true;
    this.opened = false;
  }

  private open(): void {
    this.depth++;
    this.values++;
    this.opened = true;
    if (this.depth > this.deepest) this.deepest = this.depth;
  }
}
