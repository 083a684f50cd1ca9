import { createRandom } from "../../src/lib/base/math/random.js";
import { readGbnf, type Gbnf, type GbnfSymbol } from "../../src/lib/inference/grammar/gbnf.js";
import { GbnfWalk, type Places } from "../../src/lib/inference/grammar/gbnf-walk.js";

type Stack = Places["stacks"][number];

const LONGEST = 20_000;
/** How often the shortest way to the end is taken: what ends with a long mark would otherwise never do so. */
const HURRY = 0.9;

/** A text that a grammar allows, chosen at random. */
export function sampleGrammar(grammar: string, seed: number): string {
  const gbnf = readGbnf(grammar);
  const walk = new GbnfWalk(gbnf);
  const shortest = shortestTexts(gbnf);
  const random = createRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  let places = walk.start();
  let text = "";
  for (let length = 0; length < LONGEST; length++) {
    if (places.over && (places.stacks.length === 0 || random() < 0.5)) return text;
    const least = Math.min(...places.stacks.map((stack) => remaining(stack, shortest)));
    const near = random() < HURRY ? places.stacks.filter((stack) => remaining(stack, shortest) === least) : places.stacks;
    const stack = near[below(near.length)];
    if (!stack) throw new Error("the grammar allows nothing more");
    const set = walk.setOf(stack);
    const [from, to] = set[below(set.length)] ?? [0, 0];
    // most characters of a large range would be none that people write
    const code = from + below(Math.min(to - from + 1, 90));
    text += String.fromCodePoint(code);
    places = walk.step(places, code);
  }
  throw new Error(`no end within ${LONGEST} characters: ${text.slice(0, 200)}`);
}

function remaining(stack: Stack, shortest: readonly number[]): number {
  let length = 0;
  for (let one: Stack | undefined = stack; one; one = one.under) length += lengthOf(one.symbols.slice(one.at), shortest);
  return length;
}

function lengthOf(symbols: readonly GbnfSymbol[], shortest: readonly number[]): number {
  return symbols.reduce((sum, { rule }) => sum + (rule === undefined ? 1 : (shortest[rule] ?? Infinity)), 0);
}

/** The length of the shortest text of each rule. */
function shortestTexts({ rules }: Gbnf): readonly number[] {
  let lengths: number[] = rules.map(() => Infinity);
  for (;;) {
    const next = rules.map((alternatives) => Math.min(...alternatives.map((symbols) => lengthOf(symbols, lengths))));
    if (next.every((length, i) => length === lengths[i])) return lengths;
    lengths = next;
  }
}
