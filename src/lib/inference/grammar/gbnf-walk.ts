import type { Effort } from "./automaton.js";
import { contains, type CharSet } from "./char-set.js";
import type { Gbnf, GbnfSymbol } from "./gbnf.js";

/** What is still to come: from a place of an alternative on, then what is under it. */
interface Stack {
  id: number;
  symbols: readonly GbnfSymbol[];
  at: number;
  under: Stack | undefined;
}

/** Where the readers of a text stand that follow a grammar in all ways at once, as llama.cpp does. */
export interface Places {
  stacks: readonly Stack[];
  /** The text may end here. */
  over: boolean;
}

/** Numbers of places and of stacks are exact in one number: there are at most 2 ** 20 places. */
const MOST_STACKS = 2 ** 32;

/** What following a grammar is bounded by. */
export interface WalkLimits {
  /** More ways at once are not followed to their ends. */
  ways: number;
  /** Steps of it are spent for each rule that is gone into, and for its alternatives. */
  effort: Effort;
}

/** Follows texts through a grammar, character by character. */
export class GbnfWalk {
  private readonly grammar: Gbnf;
  private readonly most: number;
  private readonly effort: Effort | undefined;
  /** The number of an alternative's first place; those after it follow. */
  private readonly numbers = new Map<readonly GbnfSymbol[], number>();
  private readonly known = new Map<number, Stack>();
  private stacks = 0;

  /** The grammar must have no rule that begins with itself. */
  constructor(grammar: Gbnf, limits?: WalkLimits) {
    this.grammar = grammar;
    this.most = limits?.ways ?? Infinity;
    this.effort = limits?.effort;
    let places = 0;
    for (const symbols of grammar.rules.flat()) {
      this.numbers.set(symbols, places);
      places += symbols.length;
    }
  }

  /** Before the first character of what a rule matches. Throws TooComplex where the effort is spent, as `step` does. */
  start(rule: number = this.grammar.root): Places {
    // what was met on an earlier walk is not met again
    this.known.clear();
    return this.settle((this.grammar.rules[rule] ?? []).map((symbols) => this.push(symbols, 0, undefined)));
  }

  /** After one more character. */
  step({ stacks }: Places, code: number): Places {
    const matching = stacks.filter((stack) => contains(this.setOf(stack), code));
    return this.settle(matching.map(({ symbols, at, under }) => this.push(symbols, at + 1, under)));
  }

  /** The characters that a stack continues with. */
  setOf({ symbols, at }: Stack): CharSet {
    return symbols[at]?.set ?? [];
  }

  /** Whether a text is one of the grammar. */
  matches(text: string): boolean {
    let places = this.start();
    for (const character of text) places = this.step(places, character.codePointAt(0) ?? 0);
    return places.over;
  }

  /** A stack without what is over already; undefined where all of it is. */
  private push(symbols: readonly GbnfSymbol[], at: number, under: Stack | undefined): Stack | undefined {
    if (at >= symbols.length) return under;
    const key = ((this.numbers.get(symbols) ?? 0) + at) * MOST_STACKS + (under ? under.id : 0);
    const known = this.known.get(key);
    if (known) return known;
    const stack = { id: ++this.stacks, symbols, at, under };
    this.known.set(key, stack);
    return stack;
  }

  /** Goes into rules until each stack begins with a character. */
  private settle(begun: readonly (Stack | undefined)[]): Places {
    const seen = new Set<Stack>();
    const stacks: Stack[] = [];
    const waiting = [...begun];
    let over = false;
    while (waiting.length > 0 && stacks.length <= this.most) {
      const stack = waiting.pop();
      if (!stack) over = true;
      if (!stack || seen.has(stack)) continue;
      seen.add(stack);
      const { symbols, at, under } = stack;
      const rule = symbols[at]?.rule;
      if (rule === undefined) stacks.push(stack);
      else {
        const after = this.push(symbols, at + 1, under);
        for (const inner of this.enter(rule)) waiting.push(this.push(inner, 0, after));
      }
    }
    return { stacks, over };
  }

  private enter(rule: number): readonly (readonly GbnfSymbol[])[] {
    const alternatives = this.grammar.rules[rule] ?? [];
    this.effort?.spend(1 + alternatives.length);
    return alternatives;
  }
}
