import { ALL, charSet, negate, unite, type CharSet } from "./char-set.js";

/** One place of a rule: a character of a set, or what another rule matches. */
export type GbnfSymbol = { set: CharSet; rule?: undefined } | { rule: number; set?: undefined };

/** A grammar without groups and repetitions: each rule is a list of alternatives. */
export interface Gbnf {
  names: readonly string[];
  rules: readonly (readonly (readonly GbnfSymbol[])[])[];
  root: number;
}

/** A grammar that is wrong: the message says what, and in which line. */
export class WrongGrammar extends Error {}

/** llama.cpp's own limit on how often a part is written out. */
const MOST_REPEATS = 2000;
const MOST_RULES = 50_000;
const MOST_SYMBOLS = 1_000_000;
const MOST_DEEP = 200;
const SPACE = /(?:[ \t\r\n]|#[^\r\n]*)*/y;
const SPACE_IN_LINE = /(?:[ \t]|#[^\r\n]*)*/y;

/** Reads a grammar as llama.cpp does (grammars/README.md of its repository), without names of tokens. Throws WrongGrammar. */
export function readGbnf(source: string): Gbnf {
  return new GbnfReader(source).read();
}

type Alternatives = GbnfSymbol[][];

class GbnfReader {
  private readonly source: string;
  private at = 0;
  private depth = 0;
  private symbols = 0;
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly rules: (Alternatives | undefined)[] = [];

  constructor(source: string) {
    this.source = source;
  }

  read(): Gbnf {
    this.skip(true);
    while (this.at < this.source.length) this.readRule();
    const missing = this.rules.findIndex((rule) => rule === undefined);
    if (missing !== -1) throw new WrongGrammar(`the rule ${this.names[missing] ?? ""} is used but not defined`);
    const root = this.numbers.get("root");
    if (root === undefined) throw new WrongGrammar("it has no rule named root");
    return { names: this.names, rules: this.rules as Alternatives[], root };
  }

  private readRule(): void {
    const rule = this.ruleOf(this.readName());
    this.skip(false);
    if (!this.take("::=")) throw this.wrong("expected ::= after the name of a rule");
    this.skip(true);
    this.rules[rule] = this.readAlternatives(this.names[rule] ?? "", false);
    if (this.at < this.source.length && !this.take("\r\n") && !this.take("\n") && !this.take("\r"))
      throw this.wrong("unexpected character in a rule");
    this.skip(true);
  }

  private readAlternatives(name: string, nested: boolean): Alternatives {
    if (++this.depth > MOST_DEEP) throw this.wrong(`groups are nested deeper than ${MOST_DEEP}`);
    const alternatives = [this.readSequence(name, nested)];
    while (this.take("|")) {
      this.skip(true);
      alternatives.push(this.readSequence(name, nested));
    }
    this.depth--;
    return alternatives;
  }

  private readSequence(name: string, nested: boolean): GbnfSymbol[] {
    const sequence: GbnfSymbol[] = [];
    for (;;) {
      const before = this.rules.length;
      const item = this.readItem(name);
      if (!item) return sequence;
      this.skip(nested);
      sequence.push(...this.readRepetitions(name, item, { nested, rules: Math.max(1, this.rules.length - before) }));
      this.count(item.length);
    }
  }

  private readItem(name: string): GbnfSymbol[] | undefined {
    const character = this.source[this.at] ?? "";
    if (/[a-zA-Z0-9-]/.test(character)) return [{ rule: this.ruleOf(this.readName()) }];
    if (this.take('"')) return this.readText();
    if (this.take("[")) return [{ set: this.readClass() }];
    if (this.take(".")) return [{ set: ALL }];
    if (this.take("(")) return [{ rule: this.readGroup(name) }];
    if (character === "<" || character === "!") throw this.wrong("names of tokens are not supported");
    return undefined;
  }

  private readGroup(name: string): number {
    this.skip(true);
    const rule = this.newRule(name);
    this.rules[rule] = this.readAlternatives(name, true);
    if (!this.take(")")) throw this.wrong("expected a closing )");
    return rule;
  }

  private readRepetitions(name: string, item: readonly GbnfSymbol[], { nested, rules }: { nested: boolean; rules: number }): GbnfSymbol[] {
    let [sequence, size] = [[...item], rules];
    for (let counts = this.readCounts(nested); counts; counts = this.readCounts(nested)) {
      size *= Math.max(1, counts.max ?? counts.min);
      if (size > MOST_REPEATS) throw this.wrong(`a part is repeated more than ${MOST_REPEATS} times, with what it consists of`);
      sequence = this.repeat(name, sequence, counts);
    }
    return sequence;
  }

  private readCounts(nested: boolean): { min: number; max: number | undefined } | undefined {
    const simple = this.take("*") ? { min: 0, max: undefined } : this.take("+") ? { min: 1, max: undefined } : undefined;
    const counts = simple ?? (this.take("?") ? { min: 0, max: 1 } : this.readBraces());
    if (counts) this.skip(nested);
    return counts;
  }

  private readBraces(): { min: number; max: number | undefined } | undefined {
    if (this.source[this.at] !== "{") return undefined;
    const match = /^\{\s*(\d{1,9})\s*(?:(,)\s*(\d{1,9})?\s*)?\}/.exec(this.source.slice(this.at, this.at + 60));
    if (!match) throw this.wrong("expected a number of repetitions in braces, such as {2}, {2,}, or {2,5}");
    this.at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === undefined ? undefined : Number(match[3]);
    if (max !== undefined && max < min) throw this.wrong(`the minimum of repetitions, ${min}, is greater than the maximum, ${max}`);
    return { min, max: max !== undefined && max > MOST_REPEATS ? undefined : max };
  }

  /** The item so often, then rules that each have it once more or not. */
  private repeat(name: string, item: readonly GbnfSymbol[], { min, max }: { min: number; max: number | undefined }): GbnfSymbol[] {
    this.count(item.length * Math.max(min, max ?? 1));
    const sequence = Array.from({ length: min }, () => item).flat();
    if (max === undefined) {
      const loop = this.newRule(name);
      this.rules[loop] = [[...item, { rule: loop }], []];
      return [...sequence, { rule: loop }];
    }
    let rest: GbnfSymbol[] = [];
    for (let count = min; count < max; count++) {
      const rule = this.newRule(name);
      this.rules[rule] = [[...item, ...rest], []];
      rest = [{ rule }];
    }
    return [...sequence, ...rest];
  }

  private readText(): GbnfSymbol[] {
    const sequence: GbnfSymbol[] = [];
    while (!this.take('"')) sequence.push({ set: charSet(this.readCharacter()) });
    return sequence;
  }

  private readClass(): CharSet {
    const negative = this.take("^");
    const sets: CharSet[] = [];
    while (!this.take("]")) {
      const from = this.readCharacter();
      const isRange = this.source[this.at] === "-" && this.source[this.at + 1] !== "]";
      if (isRange) this.at++;
      const to = isRange ? this.readCharacter() : from;
      if (to >= from) sets.push(charSet([from, to]));
    }
    if (sets.length === 0) throw this.wrong("a character class is empty");
    return negative ? negate(unite(...sets)) : unite(...sets);
  }

  private readCharacter(): number {
    if (this.take("\\")) return this.readEscape();
    const code = this.source.codePointAt(this.at);
    if (code === undefined || code === 0) throw this.wrong("it ends inside a string or a character class");
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  private readEscape(): number {
    const letter = this.source[this.at++] ?? "";
    const digits = { x: 2, u: 4, U: 8 }[letter];
    if (digits !== undefined) {
      const hex = this.source.slice(this.at, this.at + digits);
      if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) throw this.wrong(`\\${letter} needs ${digits} hexadecimal digits`);
      this.at += digits;
      return parseInt(hex, 16);
    }
    const code = { t: 0x09, r: 0x0d, n: 0x0a }[letter] ?? ('"\\[]-'.includes(letter) && letter !== "" ? letter.charCodeAt(0) : undefined);
    if (code === undefined) throw this.wrong(`unknown escape sequence \\${letter}`);
    return code;
  }

  private readName(): string {
    const name = /^[a-zA-Z0-9-]+/.exec(this.source.slice(this.at, this.at + 200))?.[0];
    if (name === undefined) throw this.wrong("expected the name of a rule");
    this.at += name.length;
    return name;
  }

  private ruleOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const rule = this.newRule(name);
    this.numbers.set(name, rule);
    return rule;
  }

  private newRule(name: string): number {
    if (this.rules.length >= MOST_RULES) throw this.wrong(`it has more than ${MOST_RULES} rules, with those of its groups and repetitions`);
    this.names.push(name);
    return this.rules.push(undefined) - 1;
  }

  private count(symbols: number): void {
    this.symbols += symbols;
    if (this.symbols > MOST_SYMBOLS) throw this.wrong("it is too large");
  }

  private skip(lines: boolean): void {
    const space = lines ? SPACE : SPACE_IN_LINE;
    space.lastIndex = this.at;
    this.at += space.exec(this.source)?.[0].length ?? 0;
  }

  private take(text: string): boolean {
    const isNext = this.source.startsWith(text, this.at);
    if (isNext) this.at += text.length;
    return isNext;
  }

  private wrong(problem: string): WrongGrammar {
    const line = this.source.slice(0, this.at).split("\n").length;
    return new WrongGrammar(`${problem}, in line ${line}, before ${JSON.stringify(this.source.slice(this.at, this.at + 30))}`);
  }
}
