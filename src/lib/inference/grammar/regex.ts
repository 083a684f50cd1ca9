import type { Effort } from "./automaton.js";
import { charSet, charactersOf, negate, unite, type CharSet } from "./char-set.js";
import { BEGIN, choice, END, oneOf, repeat, sequence, type Pattern } from "./pattern.js";
import { unicodeProperty } from "./unicode-property.js";
import { UnreadableRegex } from "./unreadable-regex.js";

const MOST_DEEP = 100;
const MOST_CHARACTERS = 10_000;
const MOST_REPEATS = 5000;

const DIGITS = charSet([0x30, 0x39]);
const WORD = charSet([0x30, 0x39], [0x41, 0x5a], 0x5f, [0x61, 0x7a]);
const SPACE = charSet([0x09, 0x0d], 0x20, 0xa0, 0x1680, [0x2000, 0x200a], [0x2028, 0x2029], 0x202f, 0x205f, 0x3000, 0xfeff);
const NO_LINE_END = negate(charSet(0x0a, 0x0d, [0x2028, 0x2029]));
const CLASSES = new Map<string, CharSet>([
  ["d", DIGITS],
  ["D", negate(DIGITS)],
  ["w", WORD],
  ["W", negate(WORD)],
  ["s", SPACE],
  ["S", negate(SPACE)],
]);
const CONTROLS = new Map([
  ["t", 0x09],
  ["n", 0x0a],
  ["v", 0x0b],
  ["f", 0x0c],
  ["r", 0x0d],
  ["0", 0x00],
]);
const ANCHORS = new Map([
  ["A", BEGIN],
  ["z", END],
  ["Z", END],
]);

/**
 * Reads a regular expression as ECMA-262 has it (with the u flag, and Python's names of groups and ends). Its anchors become BEGIN and END,
 * assertions about what comes "ahead". Throws UnreadableRegex for what is wrong, and for back references, assertions about what came
 * before, and word boundaries, and TooComplex where the effort is spent on properties of characters.
 */
export function readRegex(source: string, effort: Effort): Pattern {
  if (source.length > MOST_CHARACTERS) throw new UnreadableRegex(`it has more than ${MOST_CHARACTERS} characters`);
  return new RegexReader(source, effort).read();
}

class RegexReader {
  private readonly characters: readonly string[];
  private at = 0;
  private depth = 0;
  private readonly properties = new Map<string, CharSet>();
  private readonly effort: Effort;

  constructor(source: string, effort: Effort) {
    this.effort = effort;
    this.characters = Array.from(source);
  }

  read(): Pattern {
    const pattern = this.readChoice();
    if (this.at < this.characters.length) throw new UnreadableRegex(`a ) without its ( at ${this.at}`);
    return pattern;
  }

  private readChoice(): Pattern {
    if (++this.depth > MOST_DEEP) throw new UnreadableRegex(`groups are nested deeper than ${MOST_DEEP}`);
    const options = [this.readSequence()];
    while (this.take("|")) options.push(this.readSequence());
    this.depth--;
    return choice(...options);
  }

  private readSequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.at < this.characters.length && this.next !== "|" && this.next !== ")") parts.push(this.readRepeated());
    return sequence(...parts);
  }

  private readRepeated(): Pattern {
    let pattern = this.readAtom();
    for (let counts = this.readCounts(); counts; counts = this.readCounts()) {
      if (pattern.kind === "ahead") throw new UnreadableRegex("an assertion is repeated");
      pattern = repeat(pattern, counts.min, counts.max);
    }
    return pattern;
  }

  /** What says how often; that it is to be as short as possible changes nothing. */
  private readCounts(): { min: number; max?: number } | undefined {
    const counts = this.take("*") ? { min: 0 } : this.take("+") ? { min: 1 } : this.take("?") ? { min: 0, max: 1 } : this.readBraces();
    if (counts && !this.take("?")) this.take("+");
    return counts;
  }

  private readBraces(): { min: number; max?: number } | undefined {
    const rest = this.characters.slice(this.at, this.at + 24).join("");
    const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(rest);
    if (!match) return undefined;
    this.at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === "" ? undefined : Number(match[3]);
    if (Math.max(min, max ?? 0) > MOST_REPEATS) throw new UnreadableRegex(`it repeats a part more than ${MOST_REPEATS} times`);
    if (max !== undefined && max < min) throw new UnreadableRegex(`the counts of ${match[0]} are out of order`);
    return max === undefined ? { min } : { min, max };
  }

  private readAtom(): Pattern {
    const character = this.advance();
    switch (character) {
      case "(":
        return this.readGroup();
      case "[":
        return oneOf(this.readClass());
      case ".":
        return oneOf(NO_LINE_END);
      case "^":
        return oneOf(BEGIN);
      case "$":
        return oneOf(END);
      case "\\":
        return this.readEscape();
      case "*":
      case "+":
      case "?":
        throw new UnreadableRegex(`nothing to repeat before ${character} at ${this.at - 1}`);
      default:
        return oneOf(charactersOf(character));
    }
  }

  private readGroup(): Pattern {
    const kind = this.readGroupKind();
    const of = this.readChoice();
    if (!this.take(")")) throw new UnreadableRegex("a ( without its )");
    return kind === "group" ? of : { kind: "ahead", of, negative: kind === "!" };
  }

  private readGroupKind(): "group" | "=" | "!" {
    if (!this.take("?")) return "group";
    if (this.take(":")) return "group";
    if (this.take("=")) return "=";
    if (this.take("!")) return "!";
    const name = /^P?<([\p{L}_$][\p{L}\p{N}_$]*)>/u.exec(this.characters.slice(this.at, this.at + 100).join(""));
    if (!name) throw new UnreadableRegex("it has a group that looks behind, or sets flags");
    this.at += Array.from(name[0]).length;
    return "group";
  }

  private readEscape(): Pattern {
    const anchor = ANCHORS.get(this.next ?? "");
    if (anchor) {
      this.at++;
      return oneOf(anchor);
    }
    if (/[bB]/.test(this.next ?? "")) throw new UnreadableRegex("it has a word boundary");
    if (/[1-9k]/.test(this.next ?? "")) throw new UnreadableRegex("it refers back to a group");
    return oneOf(this.readEscaped());
  }

  /** What follows a backslash, in a class or not. */
  private readEscaped(): CharSet {
    const character = this.advance();
    const known = CLASSES.get(character);
    if (known) return known;
    const control = CONTROLS.get(character);
    if (control !== undefined) return charSet(control);
    if (character === "p" || character === "P") return this.readProperty(character === "P");
    if (character === "x") return charSet(this.readHex(2));
    if (character === "u") return charSet(this.readUnicode());
    if (character === "c") return charSet((this.advance().codePointAt(0) ?? 0) % 32);
    if (/[a-zA-Z0-9]/.test(character)) throw new UnreadableRegex(`it has \\${character}, which means nothing`);
    return charactersOf(character);
  }

  private readUnicode(): number {
    if (this.take("{")) {
      const digits = this.until("}");
      const code = /^[0-9a-fA-F]{1,6}$/.test(digits) ? parseInt(digits, 16) : Infinity;
      if (code > 0x10ffff) throw new UnreadableRegex(`\\u{${digits}} is not a character`);
      return code;
    }
    const high = this.readHex(4);
    const pair = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})$/.exec(this.characters.slice(this.at, this.at + 6).join(""));
    if (high < 0xd800 || high > 0xdbff || !pair) return high;
    this.at += 6;
    return 0x10000 + (high - 0xd800) * 0x400 + (parseInt(pair[1] ?? "", 16) - 0xdc00);
  }

  private readHex(count: number): number {
    const digits = this.characters.slice(this.at, this.at + count).join("");
    if (digits.length !== count || !/^[0-9a-fA-F]+$/.test(digits)) throw new UnreadableRegex(`${count} hexadecimal digits are missing`);
    this.at += count;
    return parseInt(digits, 16);
  }

  private readProperty(negative: boolean): CharSet {
    if (!this.take("{")) throw new UnreadableRegex("\\p needs a name in braces");
    const name = this.until("}");
    const set = this.properties.get(name) ?? unicodeProperty(name, this.effort);
    this.properties.set(name, set);
    return negative ? negate(set) : set;
  }

  private until(end: string): string {
    const from = this.at;
    while (this.advance() !== end);
    return this.characters.slice(from, this.at - 1).join("");
  }

  private readClass(): CharSet {
    const negative = this.take("^");
    const sets: CharSet[] = [];
    while (!this.take("]")) {
      const from = this.readMember();
      const isRange = this.next === "-" && this.characters[this.at + 1] !== "]" && this.at + 1 < this.characters.length;
      if (!isRange) {
        sets.push(from);
        continue;
      }
      this.at++;
      sets.push(rangeOf(from, this.readMember()));
    }
    const set = unite(...sets);
    return negative ? negate(set) : set;
  }

  private readMember(): CharSet {
    const character = this.advance();
    if (character !== "\\") return charactersOf(character);
    if (this.take("b")) return charSet(0x08);
    return this.take("-") ? charactersOf("-") : this.readEscaped();
  }

  private get next(): string | undefined {
    return this.characters[this.at];
  }

  private take(character: string): boolean {
    const isNext = this.next === character;
    if (isNext) this.at++;
    return isNext;
  }

  private advance(): string {
    const character = this.next;
    if (character === undefined) throw new UnreadableRegex("it ends too soon");
    this.at++;
    return character;
  }
}

function rangeOf(from: CharSet, to: CharSet): CharSet {
  const [first, last] = [from[0], to[0]];
  const isOne = (set: CharSet) => set.length === 1 && set[0]?.[0] === set[0]?.[1];
  if (!first || !last || !isOne(from) || !isOne(to)) return unite(from, charactersOf("-"), to);
  if (first[0] > last[0]) throw new UnreadableRegex("a range of characters is out of order");
  return charSet([first[0], last[0]]);
}
