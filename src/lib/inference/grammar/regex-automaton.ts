import { both, NO_END, trim, without, type Automaton, type Effort } from "./automaton.js";
import { contains } from "./char-set.js";
import { ANY_TEXT, BEGIN, choice, EMPTY, END, oneOf, sequence, type Pattern } from "./pattern.js";
import { toAutomaton } from "./pattern-automaton.js";
import { readRegex } from "./regex.js";
import { takeAhead } from "./regex-ahead.js";

const [AFTER_BEGIN, BEFORE_END] = [sequence(oneOf(BEGIN), ANY_TEXT), sequence(ANY_TEXT, oneOf(END))];

/**
 * The automaton of all texts in which a regular expression finds a match, or that it matches as a `whole`. Throws UnreadableRegex, and
 * TooComplex.
 */
export function regexAutomaton(source: string, { whole, effort }: { whole: boolean; effort: Effort }): Automaton {
  const { pattern, ahead } = takeAhead(readRegex(source, effort), whole);
  const [before, after] = whole ? [oneOf(BEGIN), oneOf(END)] : [AFTER_BEGIN, BEFORE_END];
  const main = between(sequence(choice(EMPTY, before), pattern, choice(EMPTY, after)), effort);
  return ahead.reduce((automaton, { of, negative }) => {
    const other = between(sequence(oneOf(BEGIN), of, choice(EMPTY, BEFORE_END)), effort);
    return negative ? without(automaton, other, effort) : both(automaton, other, effort);
  }, main);
}

/** What a pattern says about texts between BEGIN and END. */
function between(pattern: Pattern, effort: Effort): Automaton {
  const { edges, ends } = toAutomaton(pattern, effort);
  const begun = edges[0]?.find(({ set }) => contains(set, BEGIN[0]?.[0] ?? 0))?.to;
  if (begun === undefined) return { edges: [[]], ends: [NO_END] };
  const hasEnd = (state: number): boolean =>
    edges[state]?.some(({ set, to }) => contains(set, END[0]?.[0] ?? 0) && ends[to] !== NO_END) ?? false;
  const start = { edges: edges[begun] ?? [], end: hasEnd(begun) };
  const plain = [start.edges, ...edges].map((list) =>
    list.map(({ set, to }) => ({ set: set.filter(([from]) => from <= 0x10ffff), to: to + 1 })).filter(({ set }) => set.length > 0),
  );
  return trim({ edges: plain, ends: [start.end ? 0 : NO_END, ...edges.map((_, state) => (hasEnd(state) ? 0 : NO_END))] });
}
