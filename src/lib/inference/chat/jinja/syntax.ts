import * as jinja from "@huggingface/jinja";
import { messageOf } from "../../../base/errors/llmops-error.js";
import { checkTokens } from "./check-tokens.js";
import { tokenize } from "./lexer.js";
import { NO_ITEM, rewriteTokens } from "./rewrite-tokens.js";
import type { Token } from "./tokens.js";

/** What a template is made of, as the parser of @huggingface/jinja gives it. */
export type Node = Statement | Expression;

export type Statement =
  | { type: "If"; test: Expression; body: Node[]; alternate: Node[] }
  | { type: "For"; loopvar: Expression; iterable: Expression; body: Node[]; defaultBlock: Node[] }
  | { type: "Set"; assignee: Expression; value: Expression | null; body: Node[] }
  | MacroNode
  | { type: "CallStatement"; call: CallNode; callerArgs: Parameter[] | null; body: Node[] }
  | { type: "FilterStatement"; filter: FilterNode; body: Node[] }
  | { type: "Break" | "Continue" }
  | { type: "Comment"; value: string };

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

/** The library's own types are not found where modules are Node's. */
const { parse } = jinja as unknown as { parse: (tokens: readonly Token[]) => { body: Node[] } };

/** Longer templates are refused: those of models have a tenth of it. */
const LONGEST_TEMPLATE = 200_000;

/** The statements of a template. Throws SyntaxError where it is not valid Jinja, or too long. */
export function parseTemplate(source: string): Node[] {
  if (source.length > LONGEST_TEMPLATE) {
    throw new SyntaxError(`it has ${source.length} characters; ${LONGEST_TEMPLATE} are the most a template may have`);
  }
  const tokens = checkTokens(tokenize(source.replace(/\r\n?/g, "\n")));
  try {
    return parse(rewriteTokens(tokens)).body;
  } catch (error) {
    // the parser reads beyond the last token, or recurses
    if (error instanceof TypeError) throw new SyntaxError("it ends within a statement", { cause: error });
    if (error instanceof RangeError) throw new SyntaxError("it is nested too deeply", { cause: error });
    throw new SyntaxError(messageOf(error), { cause: error });
  }
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

/** How many parts an expression has that are computed at most once each time it is. */
export function partsOf(part: unknown): number {
  if (Array.isArray(part)) return part.reduce<number>((sum, one) => sum + partsOf(one), 0);
  if (part instanceof Map) return partsOf([...part.keys(), ...part.values()]);
  if (typeof part !== "object" || part === null) return 0;
  return Object.values(part).reduce<number>((sum, one) => sum + partsOf(one), 1);
}
