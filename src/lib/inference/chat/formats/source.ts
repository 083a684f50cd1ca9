/** A parser's step: it waits for more text where it yields, and gives its result when it returns. */
export type Parse<T = void> = Generator<undefined, T, undefined>;

/** What a parser throws where a text is not what it was taken for. */
export class Unreadable extends Error {}

/** Text that comes in pieces, read from the front. What a parser decides never depends on where the pieces end. */
export class Source {
  private text = "";
  private at = 0;
  private kept: number | undefined;
  private hasEnded = false;
  private isShort = false;

  push(piece: string): void {
    const from = this.kept ?? this.at;
    this.text = this.text.slice(from) + piece;
    this.at -= from;
    if (this.kept !== undefined) this.kept = 0;
  }

  /** Nothing follows. */
  end(): void {
    this.hasEnded = true;
  }

  /** Whether no more text comes. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Whether more was asked for than came before the end. */
  get hasRunOut(): boolean {
    return this.isShort;
  }

  /** Whether nothing follows what was read. */
  get isAtEnd(): boolean {
    return this.hasEnded && this.at >= this.text.length;
  }

  /** What has come and was not read. */
  get rest(): string {
    return this.at === 0 ? this.text : this.text.slice(this.at);
  }

  /** Keeps what is read from here on, so that `back` can return to it; where something is kept already, that stays. */
  keep(): void {
    this.kept ??= this.at;
  }

  /** Forgets what was kept. */
  release(): void {
    this.kept = undefined;
  }

  /** Returns to where `keep` was called. */
  back(): void {
    this.at = this.kept ?? this.at;
    this.kept = undefined;
  }

  /** What was read since `keep` was called. */
  get read(): string {
    return this.text.slice(this.kept ?? this.at, this.at);
  }

  /** Takes characters that are there. */
  take(length: number): string {
    const taken = this.text.slice(this.at, this.at + length);
    this.at += taken.length;
    return taken;
  }

  /** Puts back what was taken last. */
  unread(taken: string): void {
    this.at -= taken.length;
  }

  /** Waits for more text; false where nothing follows. */
  *more(): Parse<boolean> {
    const before = this.text.length - this.at;
    while (!this.hasEnded) {
      yield;
      if (this.text.length - this.at > before) return true;
    }
    this.isShort = true;
    return false;
  }

  /** The next character, not taken; "" at the end. */
  *peek(): Parse<string> {
    if (this.at >= this.text.length) yield* this.more();
    return this.text.charAt(this.at);
  }

  /** The first of these texts the source continues with, the longest where one begins with another; not taken. */
  *peekOne<T extends string>(texts: readonly T[]): Parse<T | undefined> {
    for (;;) {
      const rest = this.text.slice(this.at, this.at + longestOf(texts));
      const found = texts.filter((text) => rest.startsWith(text)).sort((a, b) => b.length - a.length)[0];
      const isOpen = texts.some((text) => text.length > rest.length && text.startsWith(rest) && text.length > (found?.length ?? 0));
      if (!isOpen || !(yield* this.more())) return found;
    }
  }

  /** Takes the one of these texts the source continues with; undefined where there is none. */
  *takeOne<T extends string>(texts: readonly T[]): Parse<T | undefined> {
    const found = yield* this.peekOne(texts);
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** Takes a text that must follow. Throws Unreadable. */
  *expect(text: string): Parse {
    if ((yield* this.takeOne([text])) === undefined) throw new Unreadable(text);
  }

  /** Takes characters as long as they match; the pattern is for one character. */
  *while(pattern: RegExp): Parse<string> {
    let taken = "";
    for (;;) {
      const character = yield* this.peek();
      if (character === "" || !pattern.test(character)) return taken;
      taken += this.take(1);
    }
  }

  *space(): Parse {
    yield* this.while(/\s/);
  }

  /**
   * Gives text to `show` up to the first of the marks, which is taken; undefined where the text ends without one. The beginning of a mark
   * that it ends with is shown unless `isValue`: the value of an argument does not end with half a mark.
   */
  *upTo<T extends string>(marks: Marks<T>, show: (text: string) => void, { isValue = false } = {}): Parse<T | undefined> {
    for (;;) {
      const { start, mark, isOpen } = marks.find(this.rest, this.hasEnded && !isValue);
      if (start > 0) show(this.take(start));
      if (mark !== undefined && !isOpen) {
        this.at += mark.length;
        return mark;
      }
      if (yield* this.more()) continue;
      if (isValue) this.at = this.text.length;
      if (this.at >= this.text.length) return undefined;
    }
  }

  /** All up to one of the marks, which is taken. Throws Unreadable where none follows within `most` characters. */
  *textUntil<T extends string>(marks: Marks<T>, most = Infinity): Parse<{ text: string; mark: T }> {
    let text = "";
    const mark = yield* this.upTo(marks, (part) => {
      text += part;
      if (text.length > most) throw new Unreadable(text);
    });
    if (mark === undefined) throw new Unreadable(text);
    return { text, mark };
  }
}

/** Texts that are looked for in another. */
export class Marks<T extends string = string> {
  readonly texts: readonly T[];
  private readonly whole: RegExp | undefined;
  private readonly beginnings: ReadonlySet<string>;

  constructor(texts: readonly T[]) {
    this.texts = [...new Set(texts)].filter((text) => text !== "").sort((a, b) => b.length - a.length);
    this.whole = this.texts.length === 0 ? undefined : new RegExp(this.texts.map(escaped).join("|"));
    this.beginnings = new Set(this.texts.map((text) => text.charAt(0)));
  }

  /**
   * The first mark in a text, and the length of what stands before it; `isOpen` where a longer one may still begin at the same place.
   * Without a mark, `start` is the length of what surely is none.
   */
  find(text: string, isOver: boolean): { start: number; mark: T | undefined; isOpen: boolean } {
    const hit = this.whole?.exec(text);
    const open = isOver ? text.length : this.openAt(text);
    if (!hit) return { start: open, mark: undefined, isOpen: false };
    if (open < hit.index) return { start: open, mark: undefined, isOpen: false };
    return { start: hit.index, mark: hit[0] as T, isOpen: open === hit.index && this.mayGrow(text.slice(open), hit[0]) };
  }

  /** Where a mark begins that the text ends in the middle of; its length where there is none. */
  private openAt(text: string): number {
    const longest = this.texts[0]?.length ?? 0;
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
      if (!this.beginnings.has(text.charAt(at))) continue;
      const end = text.slice(at);
      if (this.texts.some((mark) => mark.length > end.length && mark.startsWith(end))) return at;
    }
    return text.length;
  }

  private mayGrow(end: string, mark: string): boolean {
    return this.texts.some((other) => other.length > mark.length && other.length > end.length && other.startsWith(end));
  }
}

function longestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

/** A text as a part of a regular expression. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
