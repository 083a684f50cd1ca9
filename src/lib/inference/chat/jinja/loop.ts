import { makeItems, spend } from "./budget.js";
import { equals } from "./compare.js";
import { Callable, TemplateError, Undefined, type Members, type Value } from "./values.js";

interface LoopOptions {
  /** Whether an item counts, where the loop has a condition. */
  holds?: ((item: Value) => boolean) | undefined;
  /** How many loops of the same kind it stands in: a recursive one. */
  level?: number;
  again?: ((items: Value) => string) | undefined;
}

/** The state of a loop, and its variable `loop`. Items are looked at one by one, as the loop comes to them. */
export class Loop implements Members {
  readonly typeName = "LoopContext";
  private items: Iterator<Value>;
  /** Renders the loop for other items, where it is recursive. */
  readonly again: ((items: Value) => string) | undefined;
  private readonly level: number;
  private holds: ((item: Value) => boolean) | undefined;
  private index = -1;
  private before: Value | undefined;
  private current: Value | undefined;
  /** The next item where it was looked at. */
  private after: Value | undefined;
  private changedFrom: readonly Value[] | undefined;

  constructor(items: Iterable<Value>, { holds, level = 0, again }: LoopOptions = {}) {
    this.items = items[Symbol.iterator]();
    this.holds = holds;
    this.level = level;
    this.again = again;
  }

  /** The next item, or undefined after the last. */
  next(): Value | undefined {
    const next = this.peek();
    this.after = undefined;
    if (next === undefined) return undefined;
    this.index++;
    this.before = this.current;
    this.current = next;
    return next;
  }

  /** True when there was no item at all. */
  get isEmpty(): boolean {
    return this.index === -1;
  }

  member(name: string): Value | undefined {
    switch (name) {
      case "index":
        return this.index + 1;
      case "index0":
        return this.index;
      case "first":
        return this.index === 0;
      case "last":
        return this.peek() === undefined;
      case "length":
        return this.length();
      case "revindex":
        return this.length() - this.index;
      case "revindex0":
        return this.length() - this.index - 1;
      case "previtem":
        return orUndefined(this.before, "the first item has none before it");
      case "nextitem":
        return orUndefined(this.peek(), "the last item has none after it");
      default:
        return this.otherMember(name);
    }
  }

  private otherMember(name: string): Value | undefined {
    switch (name) {
      case "depth":
        return this.level + 1;
      case "depth0":
        return this.level;
      case "cycle":
        return new Callable("cycle", ({ positional }) => this.cycle(positional));
      case "changed":
        return new Callable("changed", ({ positional }) => this.changed(positional));
      default:
        return undefined;
    }
  }

  private cycle(values: readonly Value[]): Value {
    const value = values[this.index % values.length];
    if (value === undefined) throw new TemplateError("no items for cycling given");
    return value;
  }

  private take(): Value | undefined {
    for (let next = this.items.next(); next.done !== true; next = this.items.next()) {
      spend(1);
      if (this.holds === undefined || this.holds(next.value)) return next.value;
    }
    return undefined;
  }

  private peek(): Value | undefined {
    if (this.after === undefined) this.after = this.take();
    return this.after;
  }

  private length(): number {
    const rest: Value[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) rest.push(next);
    makeItems(rest.length);
    this.items = rest[Symbol.iterator]();
    this.holds = undefined;
    return this.index + 1 + (this.after === undefined ? 0 : 1) + rest.length;
  }

  private changed(values: readonly Value[]): boolean {
    const same = this.changedFrom?.length === values.length && values.every((value, i) => equals(value, this.changedFrom?.[i] ?? null));
    this.changedFrom = values;
    return !same;
  }
}

function orUndefined(value: Value | undefined, what: string): Value {
  return value === undefined ? new Undefined(what) : value;
}
