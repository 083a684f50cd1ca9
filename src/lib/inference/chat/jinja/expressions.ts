import { makeItems } from "./budget.js";
import { applyFilter } from "./filters.js";
import { attributeOf, callValue, itemOf, listOf, sliceOf } from "./members.js";
import { OPERATORS } from "./operators.js";
import type { Scope } from "./scope.js";
import { NOT_TEST, TEST } from "./rewrite-tokens.js";
import { isItem, type Argument, type CallNode, type Expression, type FilterNode, type Slice } from "./syntax.js";
import { applyTest } from "./tests.js";
import {
  dictionary,
  Float,
  isTrue,
  numberOf,
  TemplateError,
  toKey,
  Tuple,
  typeName,
  Undefined,
  type Arguments,
  type Value,
} from "./values.js";

/** Computes the value of an expression. Throws TemplateError. */
export type Evaluate = (scope: Scope) => Value;

const NO_ARGUMENTS: Arguments = { positional: [], named: new Map() };
const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...["true", "True"].map((name): [string, Value] => [name, true]),
  ...["false", "False"].map((name): [string, Value] => [name, false]),
  ...["none", "None"].map((name): [string, Value] => [name, null]),
]);

/** Makes an expression ready to be computed again and again. Throws SyntaxError for what no expression is. */
export function compileExpression(node: Expression): Evaluate {
  switch (node.type) {
    case "Identifier":
      return compileName(node.value);
    case "StringLiteral":
    case "IntegerLiteral":
      return constant(node.value);
    case "FloatLiteral":
      return constant(new Float(node.value));
    case "ArrayLiteral":
      return compileItems(node.value);
    case "TupleLiteral":
      return tuple(compileItems(node.value));
    case "ObjectLiteral":
      return compileDict(node.value);
    case "CallExpression":
      return compileCall(node);
    default:
      return compileOperation(node);
  }
}

type Operation = Exclude<
  Expression,
  {
    type:
      | "Identifier"
      | "StringLiteral"
      | "IntegerLiteral"
      | "FloatLiteral"
      | "ArrayLiteral"
      | "TupleLiteral"
      | "ObjectLiteral"
      | "CallExpression";
  }
>;

function compileOperation(node: Operation): Evaluate {
  switch (node.type) {
    case "MemberExpression":
      return compileMember(node.object, node.property, node.computed);
    case "UnaryExpression":
      return compileUnary(node.operator.value, compileExpression(node.argument));
    case "BinaryExpression":
      return compileBinary(node.operator.value, compileExpression(node.left), compileExpression(node.right));
    case "FilterExpression":
      return compileFilter(compileExpression(node.operand), node.filter);
    case "TestExpression":
      return compileTest(compileExpression(node.operand), { name: node.test.value, negate: node.negate, args: () => NO_ARGUMENTS });
    case "Ternary":
      return choose(compileExpression(node.condition), compileExpression(node.trueExpr), compileExpression(node.falseExpr));
    case "SelectExpression":
      return choose(
        compileExpression(node.test),
        compileExpression(node.lhs),
        constant(new Undefined("the inline if-expression has no else")),
      );
    default:
      throw new SyntaxError(`"${(node as { type: string }).type}" stands where an expression is expected`);
  }
}

function constant(value: Value): Evaluate {
  return () => value;
}

function compileName(name: string): Evaluate {
  const fixed = CONSTANTS.get(name);
  if (fixed !== undefined) return constant(fixed);
  const missing = new Undefined(`'${name}' is undefined`);
  return (scope) => {
    const value = scope.get(name);
    return value === undefined ? missing : value;
  };
}

function compileItems(nodes: readonly Expression[]): (scope: Scope) => Value[] {
  const items = nodes.filter(isItem).map(compileExpression);
  return (scope) => {
    makeItems(items.length);
    return items.map((item) => item(scope));
  };
}

function tuple(items: (scope: Scope) => Value[]): Evaluate {
  return (scope) => new Tuple(items(scope));
}

function compileDict(nodes: ReadonlyMap<Expression, Expression>): Evaluate {
  const entries = Array.from(nodes, ([key, value]) => [compileExpression(key), compileExpression(value)] as const);
  return (scope) => dictionary(entries.map(([key, value]) => [toKey(key(scope)), value(scope)]));
}

function choose(condition: Evaluate, then: Evaluate, otherwise: Evaluate): Evaluate {
  return (scope) => (isTrue(condition(scope)) ? then(scope) : otherwise(scope));
}

function compileUnary(operator: string, argument: Evaluate): Evaluate {
  if (operator === "not") return (scope) => !isTrue(argument(scope));
  const sign = operator === "-" ? -1 : 1;
  return (scope) => {
    const value = argument(scope);
    const number = numberOf(value);
    if (value instanceof Undefined) throw new TemplateError(value.what);
    if (number === undefined) throw new TemplateError(`bad operand type for unary ${operator}: '${typeName(value)}'`);
    return value instanceof Float ? new Float(sign * number) : sign * number;
  };
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === "and") {
    return (scope) => {
      const value = left(scope);
      return isTrue(value) ? right(scope) : value;
    };
  }
  if (operator === "or") {
    return (scope) => {
      const value = left(scope);
      return isTrue(value) ? value : right(scope);
    };
  }
  const compute = OPERATORS.get(operator);
  if (!compute) throw new SyntaxError(`"${operator}" is not an operator`);
  return (scope) => compute(left(scope), right(scope));
}

function compileMember(object: Expression, property: Expression | Slice, computed: boolean): Evaluate {
  const whole = compileExpression(object);
  if (property.type === "SliceExpression") {
    const [start, stop, step] = [property.start, property.stop, property.step].map((bound) =>
      bound ? compileExpression(bound) : constant(null),
    );
    return (scope) => sliceOf(whole(scope), [start?.(scope) ?? null, stop?.(scope) ?? null, step?.(scope) ?? null]);
  }
  if (!computed && property.type === "Identifier") {
    const name = property.value;
    return (scope) => attributeOf(whole(scope), name);
  }
  const key = compileExpression(property);
  return (scope) => itemOf(whole(scope), key(scope));
}

function compileCall({ callee, args }: CallNode): Evaluate {
  const called = compileExpression(callee);
  const given = compileArguments(args);
  return (scope) => callValue(called(scope), given(scope));
}

/** Makes the arguments of a call ready to be computed. */
export function compileArguments(nodes: readonly Argument[]): (scope: Scope) => Arguments {
  if (nodes.length === 0) return () => NO_ARGUMENTS;
  const parts = nodes.filter(isItem).map(compileArgument);
  return (scope) => {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    for (const add of parts) add(scope, positional, named);
    return { positional, named };
  };
}

function compileArgument(node: Argument): (scope: Scope, positional: Value[], named: Map<string, Value>) => void {
  if (node.type === "KeywordArgumentExpression") {
    const value = compileExpression(node.value);
    return (scope, _, named) => named.set(node.key.value, value(scope));
  }
  if (node.type === "SpreadExpression" || node.type === "KeywordSpreadExpression") {
    const value = compileExpression(node.argument);
    if (node.type === "SpreadExpression") {
      return (scope, positional) => {
        for (const item of listOf(value(scope))) positional.push(item);
      };
    }
    return (scope, _, named) => {
      const members = value(scope);
      if (!(members instanceof Map)) throw new TemplateError("argument after ** must be a mapping");
      for (const [key, member] of members) named.set(String(key), member);
    };
  }
  const value = compileExpression(node as Expression);
  return (scope, positional) => positional.push(value(scope));
}

/** Makes a filter on a value ready, or a test with arguments that is written as one. */
export function compileFilter(operand: Evaluate, filter: FilterNode): Evaluate {
  const name = filter.type === "Identifier" ? filter.value : filter.callee.value;
  const args = filter.type === "Identifier" ? () => NO_ARGUMENTS : compileArguments(filter.args);
  if (name.startsWith(NOT_TEST)) return compileTest(operand, { name: name.slice(NOT_TEST.length), negate: true, args });
  if (name.startsWith(TEST)) return compileTest(operand, { name: name.slice(TEST.length), negate: false, args });
  return (scope) => applyFilter(name, operand(scope), args(scope));
}

interface TestOf {
  name: string;
  negate: boolean;
  args: (scope: Scope) => Arguments;
}

function compileTest(operand: Evaluate, { name, negate, args }: TestOf): Evaluate {
  return (scope) => applyTest(name, operand(scope), args(scope)) !== negate;
}
