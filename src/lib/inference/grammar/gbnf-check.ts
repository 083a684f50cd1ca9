import { Effort, TooComplex } from "./automaton.js";
import { contains, type CharSet } from "./char-set.js";
import { WrongGrammar, type Gbnf, type GbnfSymbol } from "./gbnf.js";
import { GbnfWalk, type Places } from "./gbnf-walk.js";

/** llama.cpp follows what rules begin with again for each rule that begins with them, one within the other. */
const MOST_BEGINNINGS = 3_000_000;
const MOST_DEEP = 4000;
/** So many ways at one place cost a step of the model a few milliseconds. */
const MOST_WAYS = 512;
const WALKS = 12;
const LONGEST_WALK = 300;
/** Ways looked at in all walks together. */
const MOST_LOOKS = 15_000;
/** Rules gone into in all walks together, with their alternatives: ten for each look, where common grammars need three. */
const MOST_STEPS = 150_000;

/**
 * Throws WrongGrammar for a grammar that would hold up or end llama.cpp: one with a rule that begins with itself, that no text matches,
 * whose texts can be read in very many ways at once, or that goes into very many rules between two characters.
 */
export function checkGbnf(grammar: Gbnf): void {
  checkBeginnings(grammar);
  checkMatched(grammar);
  try {
    if (!isTooAmbiguous(grammar)) return;
  } catch (thrown) {
    if (thrown instanceof TooComplex) throw new WrongGrammar("its rules lead into each other too often between two characters of a text");
    throw thrown;
  }
  throw new WrongGrammar(`a text can be read in more than ${MOST_WAYS} ways at once: tell alternatives apart early`);
}

/** How often and how deep llama.cpp follows what a rule begins with. */
interface Beginning {
  cost: number;
  depth: number;
}

function checkBeginnings(grammar: Gbnf): void {
  const empty = fixpoint(grammar, (symbol, found) => symbol.rule !== undefined && found.has(symbol.rule));
  const beginnings = grammar.rules.map((alternatives) => alternatives.flatMap((symbols) => beginningsOf(symbols, empty)));
  const known = new Map<number, Beginning | "begun">();
  let total = 0;
  const waiting = [...grammar.rules.keys()];
  for (let rule = waiting.at(-1); rule !== undefined; rule = waiting.at(-1)) {
    const next = beginnings[rule] ?? [];
    if (!known.has(rule)) {
      known.set(rule, "begun");
      if (next.some((one) => known.get(one) === "begun")) throw beginsWithItself(grammar, rule);
      waiting.push(...next.filter((one) => !known.has(one)));
      continue;
    }
    waiting.pop();
    if (known.get(rule) !== "begun") continue;
    const found = follow(next.map((one) => known.get(one)));
    if (!found) throw beginsWithItself(grammar, rule);
    total += found.cost;
    if (total > MOST_BEGINNINGS || found.depth > MOST_DEEP) throw new WrongGrammar("its rules begin with each other in too many ways");
    known.set(rule, found);
  }
}

/** A rule by those it begins with; undefined where one of them is not over itself. */
function follow(next: readonly (Beginning | "begun" | undefined)[]): Beginning | undefined {
  let [cost, depth] = [1, 0];
  for (const one of next) {
    if (typeof one !== "object") return undefined;
    cost += one.cost;
    depth = Math.max(depth, one.depth);
  }
  return { cost, depth: depth + 1 };
}

function beginsWithItself(grammar: Gbnf, rule: number): WrongGrammar {
  return new WrongGrammar(`the rule ${grammar.names[rule] ?? ""} begins with itself`);
}

/** The rules that a sequence may begin with. */
function beginningsOf(symbols: readonly GbnfSymbol[], empty: ReadonlySet<number>): number[] {
  const rules: number[] = [];
  for (const { rule } of symbols) {
    if (rule === undefined) break;
    rules.push(rule);
    if (!empty.has(rule)) break;
  }
  return rules;
}

function checkMatched(grammar: Gbnf): void {
  const matched = fixpoint(grammar, ({ set, rule }, matched) => (set ? set.length > 0 : matched.has(rule)));
  if (!matched.has(grammar.root)) throw new WrongGrammar("no text matches it");
}

/** The rules with an alternative all of whose symbols are `good`, which may ask for the rules found so far. */
function fixpoint(grammar: Gbnf, good: (symbol: GbnfSymbol, found: ReadonlySet<number>) => boolean): Set<number> {
  const found = new Set<number>();
  const users = grammar.rules.map((): number[] => []);
  grammar.rules.forEach((alternatives, rule) =>
    alternatives.flat().forEach((symbol) => symbol.rule !== undefined && users[symbol.rule]?.push(rule)),
  );
  const waiting = [...grammar.rules.keys()];
  for (let rule = waiting.pop(); rule !== undefined; rule = waiting.pop()) {
    if (found.has(rule) || !grammar.rules[rule]?.some((symbols) => symbols.every((symbol) => good(symbol, found)))) continue;
    found.add(rule);
    waiting.push(...(users[rule] ?? []));
  }
  return found;
}

/**
 * Whether a text is soon found that can be read in very many ways at once: walks through the grammar, from its root and from what its rules
 * match, that mostly take the character which keeps the most ways open.
 */
function isTooAmbiguous(grammar: Gbnf): boolean {
  const walk = new GbnfWalk(grammar, { ways: MOST_WAYS, effort: new Effort(MOST_STEPS) });
  const random = generator();
  let looks = 0;
  const goes = (from: number, turns: number): boolean => {
    let places = walk.start(from);
    for (let step = 0; step < turns && places.stacks.length > 0; step++) {
      if (places.stacks.length > MOST_WAYS) return true;
      looks += places.stacks.length;
      if (looks > MOST_LOOKS) return false;
      places = walk.step(places, pick(walk, places, random));
    }
    return places.stacks.length > MOST_WAYS;
  };
  for (let turn = 0; turn < WALKS; turn++) if (goes(grammar.root, LONGEST_WALK)) return true;
  return grammar.rules.some((alternatives, rule) => looks <= MOST_LOOKS && alternatives.length > 1 && goes(rule, 24));
}

function pick(walk: GbnfWalk, { stacks }: Places, random: () => number): number {
  const any = (set: CharSet): number => set[Math.floor(random() * set.length)]?.[0] ?? 0;
  const some = stacks[Math.floor(random() * stacks.length)] ?? stacks[0];
  if (!some || random() < 0.3) return some ? any(walk.setOf(some)) : 0;
  const counted = stacks.slice(0, 32).map((stack) => {
    const code = any(walk.setOf(stack));
    return { code, count: stacks.filter((other) => contains(walk.setOf(other), code)).length };
  });
  const most = Math.max(...counted.map(({ count }) => count));
  const best = counted.filter(({ count }) => count === most);
  return best[Math.floor(random() * best.length)]?.code ?? 0;
}

/** The same numbers each time: a grammar is refused always or never. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}
