import type { Steps } from "../../../base/slices/slices.js";
import { Budget, BudgetError, make, makeItems, makeObjects, within, type Limits } from "./budget.js";
import { Cycler } from "./cycler.js";
import { Given } from "./given.js";
import { toText } from "./print.js";
import { Scope } from "./scope.js";
import { compileBlock, type Execute, type Output } from "./statements.js";
import { strftime } from "./strftime.js";
import { namesIn, parseTemplate } from "./syntax.js";
import {
  Callable,
  charactersOf,
  dictionary,
  isText,
  iterate,
  itemsOf,
  lengthOf,
  Namespace,
  TemplateError,
  textOf,
  toKey,
  toValue,
  typeName,
  type Dict,
  type GivenSize,
  type Value,
} from "./values.js";

/** Longer ranges are refused by the reference renderer too. */
const LONGEST_RANGE = 100_000;

/** A letter of a format becomes so many characters at most. */
const LONGEST_PART_OF_DATE = 24;

/** Gives the time that templates print as today. */
export type Clock = () => Date;

/**
 * A Jinja template, rendered as the reference renderer of chat templates does it: transformers' apply_chat_template, which is Jinja for
 * Python with blocks trimmed, loops that can be left, and a few functions. The library @huggingface/jinja parses it; what it means is
 * found here, for the library differs from Python in what loops leave behind, in methods of texts, in how values are printed and
 * compared, and cannot be interrupted.
 */
export class JinjaTemplate {
  /** The names it reads or sets. */
  readonly variables: ReadonlySet<string>;
  private readonly run: Execute;

  /** Throws an Error saying what is wrong where the source is no template. */
  constructor(source: string) {
    const nodes = parseTemplate(source);
    try {
      this.variables = namesIn(nodes);
      this.run = compileBlock(nodes);
    } catch (cause) {
      if (cause instanceof RangeError) throw new SyntaxError("it is nested too deeply", { cause });
      throw cause;
    }
  }

  /**
   * The text for some variables, in steps. Throws TemplateError, also where it takes more than `limits` and what is allowed for what it
   * is given.
   */
  *render(variables: Readonly<Record<string, unknown>>, clock: Clock, limits?: Limits): Steps<string> {
    const budget = new Budget(limits);
    try {
      return yield* within(budget, this.renderSteps(variables, { clock, budget }));
    } catch (cause) {
      // the stack of calls is full, or a text or list is longer than one can be
      if (cause instanceof BudgetError || cause instanceof RangeError) throw new TemplateError(cause.message, { cause });
      throw cause;
    }
  }

  private *renderSteps(variables: Readonly<Record<string, unknown>>, { clock, budget }: { clock: Clock; budget: Budget }): Steps<string> {
    const globals = new Scope();
    for (const [name, value] of Object.entries(FUNCTIONS)) globals.set(name, new Callable(name, (args) => value(new Given(name, args))));
    globals.set("strftime_now", new Callable("strftime_now", (args) => now(new Given("strftime_now", args), clock)));
    const scope = new Scope(globals);
    const size: GivenSize = { characters: 0 };
    for (const [name, value] of Object.entries(variables)) if (value !== undefined) scope.set(name, toValue(value, size));
    budget.allow(size.characters);
    const out: Output = { text: "" };
    yield* this.run(scope, out);
    return out.text;
  }
}

function now(given: Given, clock: Clock): string {
  const format = given.text(given.take("format")[0], "format");
  make(format.length * LONGEST_PART_OF_DATE);
  return strftime(clock(), format);
}

const FUNCTIONS: Readonly<Record<string, (given: Given) => Value>> = {
  raise_exception: (given) => {
    const [message] = given.take("message");
    throw new TemplateError(message === undefined ? "" : toText(message), { raised: true });
  },
  range,
  dict: (given) => dictOf(given),
  cycler: ({ args }) => new Cycler(args.positional),
  namespace: (given) => new Namespace(new Map(Array.from(dictOf(given), ([key, value]) => [String(key), value]))),
};

/** A dictionary of another one, or of pairs, and of named arguments. */
function dictOf({ args }: Given): Dict {
  const [source] = args.positional;
  const dict = dictionary(source instanceof Map ? source : []);
  if (source !== undefined && !(source instanceof Map)) {
    for (const pair of iterate(source)) {
      const [key, value, ...others] = isText(pair) ? charactersOf(textOf(pair)) : (itemsOf(pair) ?? []);
      if (key === undefined || value === undefined || others.length > 0) {
        throw new TemplateError(`dictionary update sequence element has length ${lengthOf(pair)}; 2 is required`);
      }
      dict.set(toKey(key), value);
    }
  }
  makeObjects(dict.size);
  for (const [name, value] of args.named) dict.set(name, value);
  return dict;
}

function range(given: Given): Value[] {
  const { positional } = given.args;
  const [start, stop, step] = positional.map((value) => {
    if (typeof value === "number") return value;
    throw new TemplateError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  });
  const [from, to, by] = stop === undefined ? [0, given.count(positional[0], 0), 1] : [start ?? 0, stop, step ?? 1];
  if (by === 0) throw new TemplateError("range() arg 3 must not be zero");
  const length = Math.max(0, Math.ceil((to - from) / by));
  if (length > LONGEST_RANGE) throw new TemplateError(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${LONGEST_RANGE}).`);
  makeItems(length);
  return Array.from({ length }, (_, i) => from + i * by);
}
