import * as jinja from "@huggingface/jinja";

/** What a template is made of, as the parser of @huggingface/jinja gives it. */
export type Node = Statement | Expression;

export type Statement =
  | { type: "If"; test: Expression; body: Node[]; alternate: Node[] }
  | { type: "For"; loopvar: Expression; iterable: Expression; body: Node[]; defaultBlock: Node[] }
  | { type: "Set"; assignee: Expression; value: Expression | null; body: Node[] }
  | MacroNode
  | { type: "CallStatement"; call: CallNode; callerArgs: Parameter[] | null; body: Node[] }
  | { type: "FilterStatement"; filter: FilterNode; body: Node[] }
  | { type: "Break" | "Continue" | "Comment" };

export interface MacroNode {
  type: "Macro";
  name: Identifier;
  args: Parameter[];
  body: Node[];
}

export interface Identifier {
  type: "Identifier";
  value: string;
}

export interface CallNode {
  type: "CallExpression";
  callee: Expression;
  args: Argument[];
}

export interface Keyword {
  type: "KeywordArgumentExpression";
  key: Identifier;
  value: Expression;
}

export type Parameter = Identifier | Keyword;
export type Argument = Expression | Keyword | { type: "SpreadExpression" | "KeywordSpreadExpression"; argument: Expression };
export type FilterNode = Identifier | (CallNode & { callee: Identifier });

export interface Slice {
  type: "SliceExpression";
  start: Expression | undefined;
  stop: Expression | undefined;
  step: Expression | undefined;
}

export type Expression =
  | Identifier
  | CallNode
  | { type: "IntegerLiteral" | "FloatLiteral"; value: number }
  | { type: "StringLiteral"; value: string }
  | { type: "ArrayLiteral" | "TupleLiteral"; value: Expression[] }
  | { type: "ObjectLiteral"; value: Map<Expression, Expression> }
  | { type: "MemberExpression"; object: Expression; property: Expression | Slice; computed: boolean }
  | { type: "UnaryExpression"; operator: { value: string }; argument: Expression }
  | { type: "BinaryExpression"; operator: { value: string }; left: Expression; right: Expression }
  | { type: "FilterExpression"; operand: Expression; filter: FilterNode }
  | { type: "TestExpression"; operand: Expression; negate: boolean; test: Identifier }
  | { type: "SelectExpression"; lhs: Expression; test: Expression }
  | { type: "Ternary"; condition: Expression; trueExpr: Expression; falseExpr: Expression };

/** A token as the library's lexer gives it. */
interface Token {
  type: string;
  value: string;
}

type Tokens = Token[];

/** The library's own types are not found where modules are Node's. */
const { tokenize, parse } = jinja as unknown as {
  tokenize: (source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => Tokens;
  parse: (tokens: Tokens) => { body: Node[] };
};

/** No name of a variable. */
const NO_ITEM = ",";
/** Filters of this beginning are tests with arguments, see `testsAsFilters`. */
export const TEST = "is ";
export const NOT_TEST = "is not ";

/** The statements of a template. Throws an Error where it is not valid Jinja. */
export function parseTemplate(source: string): Node[] {
  const tokens = tokenize(source.replace(/\r\n?/g, "\n"), { lstrip_blocks: true, trim_blocks: true });
  return parse(testsAsFilters(joinsInBrackets(tokens.flatMap(withLastItem)))).body;
}

/** The parser takes no tuple that ends with a comma, `(1,)`: it is given one more item, which is left out when it is compiled. */
function withLastItem(one: Token, at: number, tokens: Tokens): Tokens {
  return one.type === "CloseParen" && tokens[at - 1]?.type === "Comma" ? [token("Identifier", NO_ITEM), one] : [one];
}

/** What an operand of + or - ends with, besides closing brackets. */
const OPERAND_ENDS = ["ComparisonBinaryOperator", "Comma", "Colon", "Equals", "CloseExpression", "CloseStatement", "OpenStatement"];
const OPERAND_ENDING_NAMES = ["and", "or", "if", "else", "in", "not"];

/** In Jinja ~ binds closer than + and -, which the parser takes for its equals: `1 + a ~ b` becomes `1 + (a ~ b)`. */
function joinsInBrackets(tokens: Tokens): Tokens {
  const [begins, ends] = [new Set<number>(), new Set<number>()];
  for (const [at, one] of tokens.entries()) {
    if (!isSum(one)) continue;
    const end = operandEnd(tokens, at + 1);
    if (!tokens.slice(at + 1, end).some(({ value, type }: Token) => value === "~" && type === "AdditiveBinaryOperator")) continue;
    begins.add(at + 1);
    ends.add(end);
  }
  return tokens.flatMap((one: Token, at: number): Tokens => [
    ...(ends.has(at) ? [token("CloseParen", ")")] : []),
    ...(begins.has(at) ? [token("OpenParen", "(")] : []),
    one,
  ]);
}

function isSum({ type, value }: Token): boolean {
  return type === "AdditiveBinaryOperator" && value !== "~";
}

function operandEnd(tokens: Tokens, from: number): number {
  let at = from;
  while (at < tokens.length) {
    const one = tokens[at] as Token;
    if (CLOSING.includes(one.type) || OPERAND_ENDS.includes(one.type) || isSum(one)) return at;
    if (one.type === "Identifier" && OPERAND_ENDING_NAMES.includes(one.value) && !isName(tokens[at - 1], "is")) return at;
    at = OPENING.includes(one.type) ? closes(tokens, at) : at + 1;
  }
  return at;
}

/** Whether an item only stands for the end of a tuple. */
export function isItem(node: { type: string; value?: unknown }): boolean {
  return !(node.type === "Identifier" && node.value === NO_ITEM);
}

/** The variables that a part of a template names. */
export function namesIn(part: unknown, names = new Set<string>()): Set<string> {
  if (Array.isArray(part)) for (const one of part) namesIn(one, names);
  else if (part instanceof Map) namesIn([...part.keys(), ...part.values()], names);
  else if (typeof part === "object" && part !== null) namesInNode(part as Record<string, unknown>, names);
  return names;
}

function namesInNode(node: Readonly<Record<string, unknown>>, names: Set<string>): void {
  if (node["type"] === "Identifier") names.add(String(node["value"]));
  const isNamed = node["type"] === "MemberExpression" && node["computed"] === false;
  for (const [key, one] of Object.entries(node)) if (key !== "property" || !isNamed) namesIn(one, names);
}

/**
 * The parser knows tests without arguments only. One with an argument, `x is divisibleby(2)` or `x is in [1, 2]`, is given to it as a
 * filter, which binds as closely: `x|"is divisibleby"(2)`.
 */
function testsAsFilters(tokens: Tokens): Tokens {
  const changed: Tokens = [];
  for (let at = 0; at < tokens.length; at++) {
    const test = isName(tokens[at], "is") ? testAt(tokens, at) : undefined;
    if (!test) changed.push(tokens[at] as Token);
    else {
      changed.push(token("Pipe", "|"), token("Identifier", test.name), token("OpenParen", "("), ...test.argument, token("CloseParen", ")"));
      at = test.end - 1;
    }
  }
  return changed;
}

const OPENING = ["OpenParen", "OpenSquareBracket", "OpenCurlyBracket"];
const CLOSING = ["CloseParen", "CloseSquareBracket", "CloseCurlyBracket"];
/** What ends an expression rather than being the argument of a test. */
const NO_ARGUMENT = ["and", "or", "else", "is", "if", "in", "not", "recursive"];

function testAt(tokens: Tokens, at: number): { name: string; argument: Tokens; end: number } | undefined {
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
    OPENING.includes(type) ||
    type === "StringLiteral" ||
    type === "NumericLiteral" ||
    (type === "Identifier" && !NO_ARGUMENT.includes(value))
  );
}

/** The place after a literal, a name or brackets, and after the members and calls that follow. */
function primaryEnd(tokens: Tokens, at: number): number {
  let end = OPENING.includes(tokens[at]?.type ?? "") ? closes(tokens, at) : at + 1;
  for (;;) {
    const type = tokens[end]?.type;
    if (type === "Dot") end += 2;
    else if (type === "OpenSquareBracket" || type === "OpenParen") end = closes(tokens, end);
    else return end;
  }
}

/** The place after the bracket that closes the one at a place. */
function closes(tokens: Tokens, at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const type = tokens[i]?.type ?? "";
    if (OPENING.includes(type)) depth++;
    else if (CLOSING.includes(type) && --depth === 0) return i + 1;
  }
  return tokens.length;
}

function isName(found: Token | undefined, name: string): boolean {
  return found?.type === "Identifier" && found.value === name;
}

function token(type: string, value: string): Token {
  return { type, value };
}
