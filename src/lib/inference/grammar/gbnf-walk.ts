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

/** Follows texts through a grammar, character by character. */
export class GbnfWalk {
  private readonly grammar: Gbnf;
  private readonly numbers = new Map<readonly GbnfSymbol[], number>();
  private readonly known = new Map<string, Stack>();

  /** The grammar must have no rule that begins with itself. */
  constructor(grammar: Gbnf) {
    this.grammar = grammar;
    for (const alternatives of grammar.rules) for (const symbols of alternatives) this.numbers.set(symbols, this.numbers.size);
  }

  /** Before the first character of what a rule matches; more than `most` ways are not followed to their ends. */
  start(rule: number = this.grammar.root, most = Infinity): Places {
    return this.settle(
      (this.grammar.rules[rule] ?? []).map((symbols) => this.push(symbols, 0, undefined)),
      most,
    );
  }

  /** After one more character. */
  step({ stacks }: Places, code: number, most = Infinity): Places {
    const matching = stacks.filter((stack) => contains(this.setOf(stack), code));
    return this.settle(
      matching.map(({ symbols, at, under }) => this.push(symbols, at + 1, under)),
      most,
    );
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
    const key = `${this.numbers.get(symbols) ?? 0}:${at}:${under?.id ?? ""}`;
    const stack = this.known.get(key) ?? { id: this.known.size, symbols, at, under };
    this.known.set(key, stack);
    return stack;
  }

  /** Goes into rules until each stack begins with a character. */
  private settle(begun: readonly (Stack | undefined)[], most: number): Places {
    const seen = new Set<Stack>();
    const stacks: Stack[] = [];
    const waiting = [...begun];
    let over = false;
    while (waiting.length > 0 && stacks.length <= most) {
      const stack = waiting.pop();
      if (!stack) over = true;
      if (!stack || seen.has(stack)) continue;
      seen.add(stack);
      const { symbols, at, under } = stack;
      const rule = symbols[at]?.rule;
      if (rule === undefined) stacks.push(stack);
      else {
        const after = this.push(symbols, at + 1, under);
        for (const inner of this.grammar.rules[rule] ?? []) waiting.push(this.push(inner, 0, after));
      }
    }
    return { stacks, over };
  }
}
