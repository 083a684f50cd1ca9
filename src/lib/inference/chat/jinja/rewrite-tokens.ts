import { CLOSING, isName, OPENING, tokenAt, type Token } from "./tokens.js";

/** No name of a variable. */
export const NO_ITEM = ",";
/** Filters of this beginning are tests with arguments, see `testsAsFilters`. */
export const TEST = "is ";
export const NOT_TEST = "is not ";

/** Tokens of valid Jinja as those that the parser of @huggingface/jinja takes and means the same by. */
export function rewriteTokens(tokens: readonly Token[]): Token[] {
  return testsAsFilters(joinsInBrackets(tokens.flatMap(withLastItem)));
}

/** The parser takes no tuple that ends with a comma, `(1,)`: it is given one more item, which is left out when it is compiled. */
function withLastItem(one: Token, at: number, tokens: readonly Token[]): Token[] {
  return one.type === "CloseParen" && tokens[at - 1]?.type === "Comma" ? [tokenAt(one, "Identifier", NO_ITEM), one] : [one];
}

/** What an operand of + or - ends with, besides closing brackets. */
const OPERAND_ENDS = ["ComparisonBinaryOperator", "Comma", "Colon", "Equals", "CloseExpression", "CloseStatement", "OpenStatement"];
const OPERAND_ENDING_NAMES = ["and", "or", "if", "else", "in", "not"];

/** In Jinja ~ binds closer than + and -, which the parser takes for its equals: `1 + a ~ b` becomes `1 + (a ~ b)`. */
function joinsInBrackets(tokens: readonly Token[]): Token[] {
  const [begins, ends] = [new Set<number>(), new Set<number>()];
  for (const [at, one] of tokens.entries()) {
    if (!isSum(one)) continue;
    const end = operandEnd(tokens, at + 1);
    if (!tokens.slice(at + 1, end).some(isJoin)) continue;
    begins.add(at + 1);
    ends.add(end);
  }
  return tokens.flatMap((one: Token, at: number): Token[] => [
    ...(ends.has(at) ? [tokenAt(one, "CloseParen", ")")] : []),
    ...(begins.has(at) ? [tokenAt(one, "OpenParen", "(")] : []),
    one,
  ]);
}

function isJoin({ type, value }: Token): boolean {
  return type === "AdditiveBinaryOperator" && value === "~";
}

function isSum({ type, value }: Token): boolean {
  return type === "AdditiveBinaryOperator" && value !== "~";
}

function operandEnd(tokens: readonly Token[], from: number): number {
  let at = from;
  while (at < tokens.length) {
    const one = tokens[at] as Token;
    if (CLOSING.has(one.type) || OPERAND_ENDS.includes(one.type) || isSum(one)) return at;
    if (one.type === "Identifier" && OPERAND_ENDING_NAMES.includes(one.value) && !isName(tokens[at - 1], "is")) return at;
    at = OPENING.has(one.type) ? closes(tokens, at) : at + 1;
  }
  return at;
}

/**
 * The parser knows tests without arguments only. One with an argument, `x is divisibleby(2)` or `x is in [1, 2]`, is given to it as a
 * filter, which binds as closely: `x|"is divisibleby"(2)`.
 */
function testsAsFilters(tokens: readonly Token[]): Token[] {
  const changed: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const one = tokens[at] as Token;
    const test = isName(one, "is") ? testAt(tokens, at) : undefined;
    if (!test) changed.push(one);
    else {
      changed.push(tokenAt(one, "Pipe", "|"), tokenAt(one, "Identifier", test.name), tokenAt(one, "OpenParen", "("));
      for (const token of testsAsFilters(test.argument)) changed.push(token);
      changed.push(tokenAt(one, "CloseParen", ")"));
      at = test.end - 1;
    }
  }
  return changed;
}

/** What ends an expression rather than being the argument of a test. */
const NO_ARGUMENT = ["and", "or", "else", "is", "if", "in", "not"];

function testAt(tokens: readonly Token[], at: number): { name: string; argument: Token[]; end: number } | undefined {
  const negated = isName(tokens[at + 1], "not");
  const nameAt = at + (negated ? 2 : 1);
  const name = tokens[nameAt];
  const begin = tokens[nameAt + 1];
  if (name?.type !== "Identifier" || !begin || !isArgument(begin)) return undefined;
  const full = (negated ? NOT_TEST : TEST) + name.value;
  const end = primaryEnd(tokens, nameAt + 1);
  const argument = tokens.slice(nameAt + 1, end);
  return { name: full, argument: begin.type === "OpenParen" && closes(tokens, nameAt + 1) === end ? argument.slice(1, -1) : argument, end };
}

function isArgument({ type, value }: Token): boolean {
  return (
    OPENING.has(type) || type === "StringLiteral" || type === "NumericLiteral" || (type === "Identifier" && !NO_ARGUMENT.includes(value))
  );
}

/** The place after a literal, a name or brackets, and after the members and calls that follow. */
function primaryEnd(tokens: readonly Token[], at: number): number {
  let end = OPENING.has(tokens[at]?.type ?? "") ? closes(tokens, at) : at + 1;
  for (;;) {
    const type = tokens[end]?.type;
    if (type === "Dot") end += 2;
    else if (type === "OpenSquareBracket" || type === "OpenParen") end = closes(tokens, end);
    else return end;
  }
}

/** The place after the bracket that closes the one at a place. */
function closes(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const type = tokens[i]?.type ?? "";
    if (OPENING.has(type)) depth++;
    else if (CLOSING.has(type) && --depth === 0) return i + 1;
  }
  return tokens.length;
}
