import { atOnce, type Steps } from "../../../base/slices/slices.js";
import { compileArguments, compileExpression, compileFilter, type Evaluate } from "./expressions.js";
import { Loop } from "./loop.js";
import { bindParameters, compileParameters } from "./macro.js";
import { callValue } from "./members.js";
import { toText } from "./print.js";
import { Scope } from "./scope.js";
import type { Expression, MacroNode, Node, Parameter, Statement } from "./syntax.js";
import { Callable, isTrue, iterate, Namespace, TemplateError, type Value } from "./values.js";

/** What is rendered so far. */
export interface Output {
  text: string;
}

/** What a statement says to the loop around it. */
type Signal = "break" | "continue" | undefined;

/** Renders statements, in steps: one for each turn of a loop. Throws TemplateError. */
export type Execute = (scope: Scope, out: Output) => Steps<Signal>;

/** A statement that is done at once, or in steps. */
type Part = { now: (scope: Scope, out: Output) => void } | { steps: Execute };

/** Makes statements ready to be rendered again and again. Throws SyntaxError for what no statement is. */
export function compileBlock(nodes: readonly Node[]): Execute {
  const parts = nodes.map(compilePart);
  return function* (scope, out) {
    for (const part of parts) {
      if ("now" in part) part.now(scope, out);
      else {
        const signal = yield* part.steps(scope, out);
        if (signal !== undefined) return signal;
      }
    }
    return undefined;
  };
}

function compilePart(node: Node): Part {
  switch (node.type) {
    case "Comment":
      return { now: () => undefined };
    case "StringLiteral":
      return { now: (_, out) => void (out.text += node.value) };
    case "If":
      return compileIf(node);
    case "For":
      return compileFor(node);
    case "Set":
      return { now: compileSet(node) };
    case "Macro":
      return { now: compileMacro(node) };
    case "CallStatement":
      return { now: compileCallBlock(node) };
    case "FilterStatement":
      return { now: compileFilterBlock(node) };
    case "Break":
    case "Continue":
      return { steps: signalling(node.type === "Break" ? "break" : "continue") };
    default: {
      const value = compileExpression(node);
      return { now: (scope, out) => void (out.text += toText(value(scope))) };
    }
  }
}

type Of<Type extends Statement["type"]> = Extract<Statement, { type: Type }>;

/** Ends what it is in, without a step of its own. */
function signalling(signal: Signal): Execute {
  return function* () {
    return signal;
  };
}

function compileIf({ test, body, alternate }: Of<"If">): Part {
  const [holds, then, otherwise] = [compileExpression(test), compileBlock(body), compileBlock(alternate)];
  return { steps: (scope, out) => (isTrue(holds(scope)) ? then(scope, out) : otherwise(scope, out)) };
}

function compileFor({ loopvar, iterable, body, defaultBlock }: Of<"For">): Part {
  const isFiltered = iterable.type === "SelectExpression";
  const items = compileExpression(isFiltered ? iterable.lhs : iterable);
  const test = isFiltered ? compileExpression(iterable.test) : undefined;
  const assign = compileTarget(loopvar);
  const [turn, otherwise] = [compileBlock(body), compileBlock(defaultBlock)];
  return {
    *steps(scope, out) {
      const holds = (item: Value) => {
        const inner = new Scope(scope);
        assign(inner, item);
        return test === undefined || isTrue(test(inner));
      };
      const loop = new Loop(iterate(items(scope)), test && holds);
      for (let item = loop.next(); item !== undefined; item = loop.next()) {
        const inner = new Scope(scope);
        assign(inner, item);
        inner.set("loop", loop);
        if ((yield* turn(inner, out)) === "break") return undefined;
        yield;
      }
      return loop.isEmpty ? yield* otherwise(new Scope(scope), out) : undefined;
    },
  };
}

/** What a statement assigns to: a name, several in a tuple, or a member of a namespace. */
function compileTarget(target: Expression): (scope: Scope, value: Value) => void {
  if (target.type === "Identifier") return (scope, value) => scope.set(target.value, value);
  if (target.type === "TupleLiteral") {
    const targets = target.value.map(compileTarget);
    return (scope, value) => {
      const values = [...iterate(value)];
      if (values.length !== targets.length) {
        throw new TemplateError(
          `${values.length > targets.length ? "too many" : "not enough"} values to unpack (expected ${targets.length})`,
        );
      }
      for (const [i, assign] of targets.entries()) assign(scope, values[i] ?? null);
    };
  }
  if (target.type === "MemberExpression" && target.property.type === "Identifier") {
    const [object, name] = [compileExpression(target.object), target.property.value];
    return (scope, value) => {
      const whole = object(scope);
      if (!(whole instanceof Namespace)) throw new TemplateError("cannot assign attribute on non-namespace object");
      whole.members.set(name, value);
    };
  }
  throw new SyntaxError(`"${target.type}" cannot be assigned to`);
}

function compileSet({ assignee, value, body }: Of<"Set">): (scope: Scope, out: Output) => void {
  const assign = compileTarget(assignee);
  const computed = value ? compileExpression(value) : captured(body);
  return (scope) => assign(scope, computed(scope));
}

/** The text of statements that are rendered on their own. */
function captured(body: readonly Node[]): Evaluate {
  const block = compileBlock(body);
  return (scope) => textOfBlock(block, new Scope(scope));
}

function textOfBlock(block: Execute, scope: Scope): string {
  const out: Output = { text: "" };
  atOnce(block(scope, out));
  return out.text;
}

function compileMacro({ name, args, body }: MacroNode): (scope: Scope) => void {
  const make = compileFunction(name.value, args, body);
  return (scope) => scope.set(name.value, make(scope));
}

/** A macro, or the block of a call, which sees the variables around where it stands. */
function compileFunction(name: string, args: readonly Parameter[], body: readonly Node[]): (scope: Scope) => Callable {
  const [parameters, block] = [compileParameters(name, args, body), compileBlock(body)];
  return (scope) =>
    new Callable(name, (given) => {
      const inner = new Scope(scope);
      bindParameters(parameters, given, inner);
      return textOfBlock(block, inner);
    });
}

function compileCallBlock({ call, callerArgs, body }: Of<"CallStatement">): (scope: Scope, out: Output) => void {
  const [called, given] = [compileExpression(call.callee), compileArguments(call.args)];
  const caller = compileFunction("caller", callerArgs ?? [], body);
  return (scope, out) => {
    const { positional, named } = given(scope);
    out.text += toText(callValue(called(scope), { positional, named: new Map([...named, ["caller", caller(scope)]]) }));
  };
}

function compileFilterBlock({ filter, body }: Of<"FilterStatement">): (scope: Scope, out: Output) => void {
  const filtered = compileFilter(captured(body), filter);
  return (scope, out) => void (out.text += toText(filtered(scope)));
}
