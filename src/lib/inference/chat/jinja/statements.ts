import { atOnce, type Steps } from "../../../base/slices/slices.js";
import { isPauseDue, make, makeObjects, spend } from "./budget.js";
import { RECURSIVE } from "./check-tokens.js";
import { compileArguments, compileExpression, compileFilter, type Evaluate } from "./expressions.js";
import { Loop } from "./loop.js";
import { bindParameters, compileParameters } from "./macro.js";
import { callValue, listOf } from "./members.js";
import { toText } from "./print.js";
import { Scope } from "./scope.js";
import { partsOf, type CallNode, type Expression, type MacroNode, type Node, type Parameter, type Statement } from "./syntax.js";
import { Callable, isTrue, iterate, Namespace, TemplateError, type Arguments, type Value } from "./values.js";

/** What is rendered so far. */
export interface Output {
  text: string;
}

/** What a statement says to the loop around it. */
type Signal = "break" | "continue" | undefined;

/** Renders statements, in steps: between turns of loops, where others should have their turn. Throws TemplateError. */
export type Execute = (scope: Scope, out: Output) => Steps<Signal>;

/** A statement that is done at once, or in steps. */
type Part = { now: (scope: Scope, out: Output) => void } | { steps: Execute };

/** Adds to what is rendered. */
function write(out: Output, text: string): void {
  make(text.length);
  out.text += text;
}

/** Makes statements ready to be rendered again and again. Throws SyntaxError for what no statement is. */
export function compileBlock(nodes: readonly Node[]): Execute {
  const parts = nodes.map((node) => ({ ...compilePart(node), work: workOf(node) }));
  return function* (scope, out) {
    for (const part of parts) {
      spend(part.work);
      if ("now" in part) part.now(scope, out);
      else {
        const signal = yield* part.steps(scope, out);
        if (signal !== undefined) return signal;
      }
    }
    return undefined;
  };
}

/** The work of a statement without its body: expressions have no loops, so that what they are made of is computed at most once. */
function workOf(node: Node): number {
  switch (node.type) {
    case "If":
      return partsOf(node.test);
    case "For":
      return partsOf(node.iterable);
    case "Set":
      return partsOf([node.assignee, node.value]);
    case "Macro":
      return partsOf(node.args);
    case "CallStatement":
      return partsOf([node.call, node.callerArgs]);
    case "FilterStatement":
      return partsOf(node.filter);
    default:
      return partsOf(node);
  }
}

function compilePart(node: Node): Part {
  switch (node.type) {
    case "StringLiteral":
      return { now: (_, out) => write(out, node.value) };
    case "If":
      return compileIf(node);
    case "For":
      return compileFor(node);
    case "Set":
      return compileSet(node);
    case "Macro":
      return { now: compileMacro(node) };
    case "CallStatement":
      return { now: compileCallBlock(node) };
    case "FilterStatement":
      return { now: compileFilterBlock(node) };
    default:
      return compileSimplePart(node);
  }
}

function compileSimplePart(node: Exclude<Node, Statement> | Of<"Break" | "Continue" | "Comment">): Part {
  switch (node.type) {
    case "Comment":
      return { now: () => undefined };
    case "Break":
    case "Continue":
      return { steps: signalling(node.type === "Break" ? "break" : "continue") };
    case "CallExpression":
      return { steps: compileCallOutput(node) };
    default: {
      const value = compileExpression(node);
      return { now: (scope, out) => write(out, toText(value(scope))) };
    }
  }
}

/** What a call gives: a macro is rendered in steps. */
function compileCallSteps({ callee, args }: CallNode): (scope: Scope) => Steps<Value> {
  const [called, given] = [compileExpression(callee), compileArguments(args)];
  return function* (scope) {
    const value = called(scope);
    const steps = value instanceof Callable ? value.steps : undefined;
    return steps ? yield* steps(given(scope)) : callValue(value, given(scope));
  };
}

function compileCallOutput(node: CallNode): Execute {
  const steps = compileCallSteps(node);
  return function* (scope, out) {
    write(out, toText(yield* steps(scope)));
    return undefined;
  };
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
  const [first] = body;
  const isRecursive = first?.type === "Comment" && first.value === RECURSIVE;
  const work = partsOf([loopvar, isFiltered && iterable.test]);
  function* turns(all: Value, level: number, { scope, out }: { scope: Scope; out: Output }): Steps<Signal> {
    const holds = (item: Value) => {
      spend(work);
      const inner = new Scope(scope);
      assign(inner, item);
      return test === undefined || isTrue(test(inner));
    };
    const again = (inner: Value) => atOnce(capture((text) => turns(inner, level + 1, { scope, out: text })));
    const loop = new Loop(iterate(all), { holds: test && holds, level, again: isRecursive ? again : undefined });
    makeObjects(1);
    for (let item = loop.next(); item !== undefined; item = loop.next()) {
      const inner = new Scope(scope);
      assign(inner, item);
      inner.set("loop", loop);
      if ((yield* turn(inner, out)) === "break") return undefined;
      if (isPauseDue()) yield;
    }
    return loop.isEmpty ? yield* otherwise(new Scope(scope), out) : undefined;
  }
  return { steps: (scope, out) => turns(items(scope), 0, { scope, out }) };
}

/** What a statement assigns to: a name, several in a tuple, or a member of a namespace. */
function compileTarget(target: Expression): (scope: Scope, value: Value) => void {
  if (target.type === "Identifier") return (scope, value) => scope.set(target.value, value);
  if (target.type === "TupleLiteral") {
    const targets = target.value.map(compileTarget);
    return (scope, value) => {
      const values = listOf(value);
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
      makeObjects(1);
      whole.members.set(name, value);
    };
  }
  throw new SyntaxError(`"${target.type}" cannot be assigned to`);
}

function compileSet({ assignee, value, body }: Of<"Set">): Part {
  const assign = compileTarget(assignee);
  if (value && value.type !== "CallExpression") {
    const computed = compileExpression(value);
    return { now: (scope) => assign(scope, computed(scope)) };
  }
  const steps = value ? compileCallSteps(value) : capturedSteps(body);
  return {
    *steps(scope) {
      assign(scope, yield* steps(scope));
      return undefined;
    },
  };
}

/** The text of statements that are rendered on their own. */
function captured(body: readonly Node[]): Evaluate {
  const steps = capturedSteps(body);
  return (scope) => atOnce(steps(scope));
}

function capturedSteps(body: readonly Node[]): (scope: Scope) => Steps<string> {
  const block = compileBlock(body);
  return (scope) => capture((out) => block(new Scope(scope), out));
}

/** The text of what is rendered. */
function* capture(render: (out: Output) => Steps<Signal>): Steps<string> {
  const out: Output = { text: "" };
  yield* render(out);
  return out.text;
}

function compileMacro({ name, args, body }: MacroNode): (scope: Scope) => void {
  const make = compileFunction(name.value, args, body);
  return (scope) => scope.set(name.value, make(scope));
}

/** A macro, or the block of a call, which sees the variables around where it stands. */
function compileFunction(name: string, args: readonly Parameter[], body: readonly Node[]): (scope: Scope) => Callable {
  const [parameters, block, work] = [compileParameters(name, args, body), compileBlock(body), partsOf(args)];
  return (scope) => {
    makeObjects(4);
    const steps = (given: Arguments) => {
      spend(work);
      const inner = new Scope(scope);
      bindParameters(parameters, given, inner);
      return capture((out) => block(inner, out));
    };
    return new Callable(name, (given) => atOnce(steps(given)), steps);
  };
}

function compileCallBlock({ call, callerArgs, body }: Of<"CallStatement">): (scope: Scope, out: Output) => void {
  const [called, given] = [compileExpression(call.callee), compileArguments(call.args)];
  const caller = compileFunction("caller", callerArgs ?? [], body);
  return (scope, out) => {
    const { positional, named } = given(scope);
    write(out, toText(callValue(called(scope), { positional, named: new Map([...named, ["caller", caller(scope)]]) })));
  };
}

function compileFilterBlock({ filter, body }: Of<"FilterStatement">): (scope: Scope, out: Output) => void {
  const filtered = compileFilter(captured(body), filter);
  return (scope, out) => write(out, toText(filtered(scope)));
}
