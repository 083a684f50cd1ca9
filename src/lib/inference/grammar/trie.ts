import { minimize, NO_END, type Automaton, type Edge, type Effort } from "./automaton.js";
import { charSet } from "./char-set.js";

/**
 * The automaton of these texts, each with its label. What several begin with is there once, and what they end with, too: llama.cpp
 * compares the tokens of its vocabulary with every alternative of a place.
 */
export function trieOf(texts: ReadonlyMap<string, number>, effort: Effort): Automaton {
  const [nexts, ends] = [[new Map<number, number>()], [NO_END]];
  for (const [text, label] of texts) {
    let state = 0;
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      const next = nexts[state]?.get(code) ?? nexts.push(new Map()) - 1;
      nexts[state]?.set(code, next);
      state = next;
    }
    effort.spend(3 * text.length);
    ends[state] = label;
  }
  const edges = nexts.map((next) => Array.from(next, ([code, to]): Edge => ({ set: [[code, code]], to })));
  const trie = { edges, ends: edges.map((_, state) => ends[state] ?? NO_END) };
  // texts with labels of their own have no end in common
  return new Set(texts.values()).size === texts.size ? trie : minimize(trie, effort);
}

/** The automaton of any text of so many characters. */
export function textsOfLength(min: number, max: number | undefined): Automaton {
  const last = max ?? min;
  const any = charSet([0, 0x10ffff]);
  return {
    edges: Array.from({ length: last + 1 }, (_, length) =>
      length < last ? [{ set: any, to: length + 1 }] : max === undefined ? [{ set: any, to: length }] : [],
    ),
    ends: Array.from({ length: last + 1 }, (_, length) => (length >= min ? 0 : NO_END)),
  };
}

/** The least and the greatest number of characters of an automaton's texts; the greatest is Infinity where it has no end. */
export function lengthsOf({ edges, ends }: Automaton): { least: number; most: number } {
  const least = new Map([[0, 0]]);
  for (const [state, length] of least) for (const { to } of edges[state] ?? []) if (!least.has(to)) least.set(to, length + 1);
  const ended = [...least].filter(([state]) => ends[state] !== NO_END).map(([, length]) => length);
  return { least: Math.min(...ended), most: longest(edges) };
}

/** All states lead to an end: the longest way is the longest text. */
function longest(edges: Automaton["edges"]): number {
  const left = edges.map(() => 0);
  for (const { to } of edges.flat()) left[to] = (left[to] ?? 0) + 1;
  const length = edges.map(() => 0);
  const waiting = left.flatMap((count, state) => (count === 0 ? [state] : []));
  let settled = 0;
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    settled++;
    for (const { to } of edges[state] ?? []) {
      length[to] = Math.max(length[to] ?? 0, (length[state] ?? 0) + 1);
      left[to] = (left[to] ?? 0) - 1;
      if (left[to] === 0) waiting.push(to);
    }
  }
  return settled < edges.length ? Infinity : Math.max(...length);
}
