import { readGbnf, type Gbnf, type GbnfSymbol } from "../../src/lib/inference/grammar/gbnf.js";
import { GbnfWalk, type Places } from "../../src/lib/inference/grammar/gbnf-walk.js";

type Stack = Places["stacks"][number];

/** Writes texts of a grammar at random, and reads whether a text is one of them. */
export class GbnfSampler {
  private readonly walk: GbnfWalk;
  private readonly shortest: readonly number[];

  constructor(source: string) {
    const grammar = readGbnf(source);
    this.walk = new GbnfWalk(grammar);
    this.shortest = shortestTexts(grammar);
  }

  matches(text: string): boolean {
    return this.walk.matches(text);
  }

  /** A text; after `soft` characters it takes the shortest way to its end. */
  sample(random: () => number, soft = 120): string {
    let places = this.walk.start();
    let text = "";
    for (let length = 0; ; length++) {
      if (places.over && (places.stacks.length === 0 || length >= soft || random() < 0.3)) return text;
      if (places.stacks.length === 0 || length > soft + 20_000) throw new Error(`the grammar leads nowhere after ${JSON.stringify(text)}`);
      const code = this.pick(places.stacks, random, length >= soft);
      text += String.fromCodePoint(code);
      places = this.walk.step(places, code);
    }
  }

  private pick(stacks: readonly Stack[], random: () => number, hurry: boolean): number {
    const lengths = hurry ? stacks.map((stack) => this.lengthOf(stack)) : [];
    const stack = hurry ? stacks[lengths.indexOf(Math.min(...lengths))] : stacks[Math.floor(random() * stacks.length)];
    const set = this.walk.setOf(stack as Stack);
    const [from, to] = set[Math.floor(random() * set.length)] as [number, number];
    const last = to > 0x2fff && random() < 0.8 ? Math.max(from, Math.min(to, 0x7e)) : to;
    const code = from + Math.floor(random() * (last - from + 1));
    // half a pair is no character
    return code >= 0xd800 && code <= 0xdfff ? from : code;
  }

  private lengthOf(stack: Stack): number {
    let length = 0;
    for (let at: Stack | undefined = stack; at; at = at.under) {
      for (const symbol of at.symbols.slice(at.at)) length += symbol.set ? 1 : (this.shortest[symbol.rule] ?? 0);
    }
    return length;
  }
}

/** The length of the shortest text of each rule. */
function shortestTexts({ rules }: Gbnf): number[] {
  const shortest = rules.map(() => Infinity);
  const lengthOf = (symbols: readonly GbnfSymbol[]) =>
    symbols.reduce((sum, symbol) => sum + (symbol.set ? 1 : (shortest[symbol.rule] ?? Infinity)), 0);
  for (let changed = true; changed;) {
    changed = false;
    for (let rule = rules.length - 1; rule >= 0; rule--) {
      const length = Math.min(...(rules[rule] ?? []).map(lengthOf));
      if (length < (shortest[rule] ?? 0)) {
        shortest[rule] = length;
        changed = true;
      }
    }
  }
  return shortest;
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = (seed % 0x7fff_fffe) + 1;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}
