import type { Steps } from "./slices.js";

/** A piece of so many bytes takes JSON.parse well under a millisecond. */
export const PIECE_BYTES = 65_536;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;
const SMALL_U = 0x75;

interface Options {
  /** Parses a whole JSON text; what it refuses is refused. */
  parse: (text: string) => unknown;
  /** Lists and objects longer than this are read in parts. */
  pieceBytes?: number;
}

type Container = unknown[] | Record<string, unknown>;

/** A list or an object that has begun and not ended. */
interface Level {
  /** Where its bracket stands. */
  at: number;
  isList: boolean;
  /** Its last comma and colon that are not within a member; the bracket where there is none. */
  comma: number;
  colon: number;
  /** What has been read of it, where it is read in parts. */
  container?: Container;
  /** Something of it has been read: what follows begins with a comma. */
  begun: boolean;
  /** Its name in the object it stands in. */
  name?: string;
}

/**
 * The value of a JSON text, as `parse` gives it, read in steps: one call of `parse` for each stretch of about `pieceBytes`, and of
 * texts that are longer, so that no step is longer than its longest name. Throws SyntaxError, and what `parse` throws.
 */
export function* parseInPieces(bytes: Buffer, { parse, pieceBytes = PIECE_BYTES }: Options): Steps<unknown> {
  const begin = firstSolid(bytes);
  const isContainer = bytes[begin] === OPEN_BRACE || bytes[begin] === OPEN_BRACKET;
  if (bytes.length <= pieceBytes || !isContainer) return parse(bytes.toString("utf8"));
  return yield* new Pieces(bytes, parse, pieceBytes).read(begin);
}

class Pieces {
  private readonly bytes: Buffer;
  private readonly parse: (text: string) => unknown;
  private readonly pieceBytes: number;
  /** From the outermost to the innermost; those read in parts come first. */
  private readonly levels: Level[] = [];
  private inParts = 0;
  /** Where what has not been read begins. */
  private start = 0;

  constructor(bytes: Buffer, parse: (text: string) => unknown, pieceBytes: number) {
    this.bytes = bytes;
    this.parse = parse;
    this.pieceBytes = pieceBytes;
  }

  *read(begin: number): Steps<unknown> {
    this.open(begin);
    const root = this.readInParts(this.levels[0] as Level);
    for (let at = begin + 1; at < this.bytes.length && this.levels.length > 0; at++) {
      const byte = this.bytes[at] as number;
      if (byte === QUOTE) {
        const end = endOfString(this.bytes, at);
        if (end - at > this.pieceBytes && end < this.bytes.length && this.isValue) yield* this.readLong(at, end);
        at = end;
      } else if (byte > SPACE && this.take(byte, at) && at - this.start > this.pieceBytes) {
        this.cut(at);
        yield;
      }
    }
    if (this.levels.length > 0) throw new SyntaxError("Unexpected end of JSON input");
    if (!isBlank(this.text(this.start, this.bytes.length))) throw new SyntaxError(`Unexpected text after JSON at position ${this.start}`);
    return root;
  }

  /** Takes a byte that is not in a string; whether a piece may end before it. */
  private take(byte: number, at: number): boolean {
    if (byte === COLON) this.top.colon = at;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.close(at, byte);
    else if (byte === COMMA) this.top.comma = at;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.open(at);
    else return false;
    return byte !== COLON && byte !== CLOSE_BRACE && byte !== CLOSE_BRACKET;
  }

  private get top(): Level {
    return this.levels.at(-1) as Level;
  }

  private open(at: number): void {
    this.levels.push({ at, isList: this.bytes[at] === OPEN_BRACKET, comma: at, colon: at, begun: false });
  }

  /** Reads everything before `at`, a comma or a bracket that opens; lists and objects around it are read in parts from now on. */
  private cut(at: number): void {
    while (this.inParts < this.levels.length) this.descend(this.levels[this.inParts] as Level);
    if (this.bytes[at] !== COMMA) return;
    this.add(this.top, this.text(this.start, at), false);
    this.start = at;
  }

  /** Whether what comes next is a value, and no name. */
  private get isValue(): boolean {
    return this.top.isList || this.top.colon > this.top.comma;
  }

  /** Reads everything before a long text, and the text in parts. */
  private *readLong(quote: number, end: number): Steps<void> {
    while (this.inParts < this.levels.length) this.descend(this.levels[this.inParts] as Level);
    const level = this.top;
    this.add(level, `${this.text(this.start, quote)}""`, false);
    this.start = end + 1;
    let text = "";
    for (let from = quote + 1; from < end;) {
      const to = this.partEnd(from, end);
      text += JSON.parse(`"${this.text(from, to)}"`) as string;
      from = to;
      yield;
    }
    if (Array.isArray(level.container)) level.container[level.container.length - 1] = text;
    else if (level.container) define(level.container, this.nameAt(level), text);
  }

  /** Where a part of a text may end: not within an escape or a character. */
  private partEnd(from: number, end: number): number {
    const most = Math.min(end, from + this.pieceBytes);
    let at = from;
    while (at < most) {
      if (this.bytes[at] !== BACKSLASH) at++;
      else at += this.bytes[at + 1] === SMALL_U ? 6 : 2;
    }
    let to = Math.min(end, at);
    while (to < end && ((this.bytes[to] as number) & 0xc0) === 0x80) to++;
    return to;
  }

  private nameAt(level: Level): string {
    return JSON.parse(this.text(Math.max(level.comma, level.at) + 1, level.colon)) as string;
  }

  /** The innermost that is read in parts has a list or an object in it that is from now on, too. */
  private descend(inner: Level): void {
    const outer = this.levels[this.inParts - 1] as Level;
    // the inner one stands for itself as null, so that `parse` sees the whole way to it
    this.add(outer, `${this.text(this.start, inner.at)}null`, false);
    const container = this.readInParts(inner);
    if (Array.isArray(outer.container)) outer.container[outer.container.length - 1] = container;
    else if (outer.container) {
      inner.name = this.nameAt(outer);
      define(outer.container, inner.name, container);
    }
  }

  private readInParts(level: Level): Container {
    level.container = level.isList ? [] : {};
    this.inParts++;
    this.start = level.at + 1;
    return level.container;
  }

  private close(at: number, byte: number): void {
    const level = this.levels.pop() as Level;
    if (!level.container) return; // read, and found to be right or wrong, with what it stands in
    if (level.isList !== (byte === CLOSE_BRACKET)) throw new SyntaxError(`Unexpected bracket in JSON at position ${at}`);
    this.add(level, this.text(this.start, at), true);
    if (level.name === "constructor" && Object.hasOwn(level.container, "prototype")) this.parse('{"constructor":{"prototype":0}}');
    this.inParts--;
    this.start = at + 1;
  }

  /** Adds the members in a stretch of a list's or an object's text. */
  private add(level: Level, stretch: string, isLast: boolean): void {
    if (isLast && isBlank(stretch)) return;
    const text = level.begun ? afterComma(stretch) : stretch;
    if (isBlank(text)) throw new SyntaxError("Unexpected comma in JSON");
    level.begun = true;
    const members = this.parse(level.isList ? `[${text}]` : `{${text}}`) as Container;
    const { container } = level;
    if (Array.isArray(container)) for (const member of members as unknown[]) container.push(member);
    else if (container) for (const [name, member] of Object.entries(members)) define(container, name, member);
  }

  private text(from: number, to: number): string {
    return this.bytes.toString("utf8", from, to);
  }
}

/** The place of the quote that ends a string; the end of the bytes where none does. */
export function endOfString(bytes: Uint8Array, quote: number): number {
  for (let at = bytes.indexOf(QUOTE, quote + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (bytes[at - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at;
  }
  return bytes.length;
}

function afterComma(text: string): string {
  const comma = /^[ \t\n\r]*,/.exec(text);
  if (!comma) throw new SyntaxError("Expected a comma in JSON");
  return text.slice(comma[0].length);
}

/** As JSON.parse does it: a member of this name is one like any other, not the prototype. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

function firstSolid(bytes: Uint8Array): number {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = hasMark ? 3 : 0;
  while ((bytes[at] ?? QUOTE) <= SPACE) at++;
  return at;
}

function isBlank(text: string): boolean {
  return /^[ \t\n\r]*$/.test(text);
}
