import { LlmopsError } from "../errors/llmops-error.js";
import { PIECE_BYTES, endOfString } from "./json-pieces.js";
import { atOnce, inSlices, type Steps } from "./slices.js";

/** How deep and how large JSON may be. */
export interface JsonLimits {
  /** Lists and objects within each other. */
  depth: number;
  /** Values and names of members. */
  values: number;
  /** Names of members: an object of many takes longer to make and to copy than a list. No bound of their own without. */
  names?: number;
}

export type JsonSize = Required<JsonLimits>;
/** What to do about each limit. */
export type SizeHints = Readonly<Record<keyof JsonLimits, string>>;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LARGEST_SPACE = 0x20;

/**
 * Refuses JSON that would take long to parse, or is nested deeper than code that recurses can follow, before it is parsed: its bytes are
 * read in slices. Throws INVALID_ARGUMENT for the depth and BODY_TOO_LARGE for the number of values or names, naming limit and value.
 */
export async function checkJsonSize(bytes: Uint8Array, limits: JsonLimits, hints?: SizeHints): Promise<void> {
  // a short one is measured before another turn of the loop would begin
  refuseLargeJson(bytes.length <= PIECE_BYTES ? atOnce(measure(bytes)) : await inSlices(measure(bytes)), limits, hints);
}

/** Throws what `checkJsonSize` throws, for JSON that has been measured. */
export function refuseLargeJson({ depth, values, names }: JsonSize, limits: JsonLimits, hints?: SizeHints): void {
  if (depth > limits.depth) {
    const message = `The JSON is ${depth} lists and objects deep, and at most ${limits.depth} are taken.`;
    throw new LlmopsError("INVALID_ARGUMENT", message, hints && { hint: hints.depth });
  }
  if (values > limits.values) throw tooMany(`${values} values and names`, limits.values, hints?.values);
  if (limits.names !== undefined && names > limits.names) throw tooMany(`${names} names of members`, limits.names, hints?.names);
}

function tooMany(found: string, most: number, hint: string | undefined): LlmopsError {
  const message = `The JSON has ${found}, and at most ${most} are taken.`;
  return new LlmopsError("BODY_TOO_LARGE", message, hint === undefined ? {} : { hint });
}

/** The depth of JSON and the numbers of its values and names of members, exact where it is JSON. */
export function* measure(bytes: Uint8Array): Steps<JsonSize> {
  const scan = new Scan();
  let rest = PIECE_BYTES;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte <= LARGEST_SPACE) continue;
    if (byte === QUOTE) at = endOfString(bytes, at);
    scan.read(byte);
    if (at < rest) continue;
    rest = at + PIECE_BYTES;
    yield;
  }
  return { depth: scan.deepest, values: scan.values, names: scan.names };
}

class Scan {
  values = 1;
  names = 0;
  deepest = 0;
  private depth = 0;
  /** A list or object has just begun: it is empty where it ends next. */
  private opened = false;

  /** Takes a byte that is not in a string, and is not a space. */
  read(byte: number): void {
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.open();
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.depth--;
      if (this.opened) this.values--;
    } else if (byte === COMMA || byte === COLON) this.values++;
    if (byte === COLON) this.names++;
    this.opened = false;
  }

  private open(): void {
    this.depth++;
    this.values++;
    this.opened = true;
    if (this.depth > this.deepest) this.deepest = this.depth;
  }
}
