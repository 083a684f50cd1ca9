import { CLOSING, OPENING, type Token } from "./tokens.js";

/** What stands between the brackets of a tag, and where the text after the tag begins. */
export interface Code {
  tokens: Token[];
  /** The place after the tag. */
  end: number;
  /** What is done with white space after the tag: "-" takes it away, "+" keeps a line's end. */
  sign: string;
}

const SPACE = /\s+/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][-+]?\d[\d_]*)?/y;
/** A number after a dot is a place in a list: `a.0.1` has no fraction. */
const PLACE = /\d+/y;
const STRING = /'([^'\\]*(?:\\[^][^'\\]*)*)'|"([^"\\]*(?:\\[^][^"\\]*)*)"/y;

/** The longer ones first. */
const OPERATORS: readonly (readonly [text: string, type: string])[] = [
  ["**", "ExponentiationBinaryOperator"],
  ["//", "MultiplicativeBinaryOperator"],
  ...["==", "!=", "<=", ">="].map((text) => [text, "ComparisonBinaryOperator"] as const),
  ["(", "OpenParen"],
  [")", "CloseParen"],
  ["[", "OpenSquareBracket"],
  ["]", "CloseSquareBracket"],
  ["{", "OpenCurlyBracket"],
  ["}", "CloseCurlyBracket"],
  [",", "Comma"],
  [".", "Dot"],
  [":", "Colon"],
  ["|", "Pipe"],
  ...["<", ">"].map((text) => [text, "ComparisonBinaryOperator"] as const),
  ...["+", "-", "~"].map((text) => [text, "AdditiveBinaryOperator"] as const),
  ...["*", "/", "%"].map((text) => [text, "MultiplicativeBinaryOperator"] as const),
  ["=", "Equals"],
];

const ENDS = { "{%": /([-+]?)%\}/y, "{{": /(-?)\}\}/y } as const;

/** After these a sign stands between two numbers, and elsewhere before one. */
const OPERAND_ENDS: ReadonlySet<string> = new Set([
  ...["Identifier", "NumericLiteral", "StringLiteral"],
  ...["CloseParen", "CloseSquareBracket", "CloseCurlyBracket"],
]);

/** Names after which an operand begins. */
const OPERATOR_NAMES: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is", "if", "else", "elif"]);

/**
 * The tokens of the tag that is opened before a place of a template, in time that grows as its length does. Throws SyntaxError where it
 * does not end, or has what is not Jinja, with the line.
 */
export function lexCode(source: string, from: number, { open, line }: { open: "{%" | "{{"; line: number }): Code {
  const tokens: Token[] = [];
  let [at, depth, current] = [from, 0, line];
  while (at < source.length) {
    const space = matchAt(SPACE, source, at);
    if (space) {
      at += space[0].length;
      current += linesIn(space[0]);
      continue;
    }
    const end = depth === 0 ? matchAt(ENDS[open], source, at) : undefined;
    if (end) return { tokens, end: at + end[0].length, sign: end[1] ?? "" };
    const { token, length } = tokenAt(source, { at, line: current, before: tokens.at(-1) });
    depth += OPENING.has(token.type) ? 1 : CLOSING.has(token.type) ? -1 : 0;
    current += token.type === "StringLiteral" ? linesIn(source.slice(at, at + length)) : 0;
    tokens.push(token);
    at += length;
  }
  throw new SyntaxError(`line ${line}: the tag that begins with ${open} does not end`);
}

interface Place {
  at: number;
  line: number;
  before: Token | undefined;
}

function tokenAt(source: string, { at, line, before }: Place): { token: Token; length: number } {
  const made = (type: string, value: string, length: number) => ({ token: { type, value, line }, length });
  const name = matchAt(NAME, source, at);
  if (name) return made("Identifier", name[0], name[0].length);
  const number = matchAt(before?.type === "Dot" ? PLACE : NUMBER, source, at);
  if (number) return made("NumericLiteral", numberText(number[0]), number[0].length);
  const string = matchAt(STRING, source, at);
  if (string) return made("StringLiteral", unescape(string[1] ?? string[2] ?? ""), string[0].length);
  const operator = OPERATORS.find(([text]) => source.startsWith(text, at));
  if (!operator) throw new SyntaxError(`line ${line}: ${unexpected(source, at)}`);
  const [text, type] = operator;
  return made(isSign(text, before) ? "UnaryOperator" : type, text, text.length);
}

function isSign(operator: string, before: Token | undefined): boolean {
  if (operator !== "-" && operator !== "+") return false;
  return before === undefined || !OPERAND_ENDS.has(before.type) || (before.type === "Identifier" && OPERATOR_NAMES.has(before.value));
}

function unexpected(source: string, at: number): string {
  const [character = ""] = source.slice(at, at + 2);
  return character === "'" || character === '"'
    ? `the text that begins with ${character} does not end`
    : `unexpected character ${character}`;
}

/** A number as the parser reads it: with a point where it has an exponent. */
function numberText(written: string): string {
  const text = written.replaceAll("_", "");
  if (/^0[xob]/i.test(text)) return String(Number(text));
  return text.includes(".") ? text : text.replace(/e/i, ".0e");
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^]))/g;
const SHORT: Readonly<Record<string, string>> = {
  ...{ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", a: "\x07" },
  ...{ "'": "'", '"': '"', "\\": "\\", "\n": "" },
};

/** What a text with escapes of Python says; other backslashes stay. */
function unescape(written: string): string {
  if (!written.includes("\\")) return written;
  return written.replace(ESCAPE, (...match: (string | undefined)[]) => {
    const [whole = "", byte, unit, point, octal, one] = match;
    if (one !== undefined) return SHORT[one] ?? whole;
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const code = Number.parseInt(byte ?? unit ?? point ?? "", 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** How many lines end in a text. */
export function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
