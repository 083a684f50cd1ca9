import { NO_END, type Automaton, type Edge, type Effort } from "./automaton.js";
import { charSet } from "./char-set.js";

/** Other steps take as long as so many characters of a text. */
const CHARACTERS_A_STEP = 4;

/**
 * The smallest automaton of these texts, each with its label. What several begin with is there once, and what they end with, too:
 * llama.cpp compares the tokens of its vocabulary with every alternative of a place. A step is spent for a few characters. Throws
 * TooComplex.
 */
export function trieOf(texts: ReadonlyMap<string, number>, effort: Effort): Automaton {
  const trie = new Trie();
  for (const text of [...texts.keys()].sort(byCharacters)) {
    effort.spend(1 + Math.ceil(text.length / CHARACTERS_A_STEP));
    trie.add(text, texts.get(text) ?? NO_END);
  }
  return trie.merged();
}

/** In the order of code points: those of surrogates are in another place among the units of a text. */
function byCharacters(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  // the first unit that differs may be the second of a pair
  const isWithin = at > 0 && a.codePointAt(at - 1) !== a.charCodeAt(at - 1);
  const isOther = at > 0 && b.codePointAt(at - 1) !== b.charCodeAt(at - 1);
  const from = isWithin || isOther ? at - 1 : at;
  return (a.codePointAt(from) ?? -1) - (b.codePointAt(from) ?? -1);
}

/** Texts that come in order; a state's targets are a list that is linked from its last on. */
class Trie {
  private readonly codes = [0];
  private readonly last = [0];
  private readonly before = [0];
  private readonly ends = [NO_END];

  add(text: string, label: number): void {
    let state = 0;
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      const last = this.last[state] ?? 0;
      state = last !== 0 && this.codes[last] === code ? last : this.grow(state, code);
    }
    this.ends[state] = label;
  }

  /** One state for all that say the same. States lead to later ones only, so that from the last on all targets are known. */
  merged(): Automaton {
    const same = new Int32Array(this.codes.length);
    const known = new Map<string, number>();
    const edges: Edge[][] = [];
    const labels: number[] = [];
    for (let state = this.codes.length - 1; state >= 0; state--) {
      const label = this.ends[state] ?? NO_END;
      const targets = this.targetsOf(state, same);
      let key = String(label);
      for (const [to, codes] of targets) key += `|${to}=${codes.join(";")}`;
      let found = known.get(key);
      if (found === undefined) {
        found = edges.push(targets.map(([to, codes]) => ({ set: charSet(...codes), to }))) - 1;
        known.set(key, found);
        labels.push(label);
      }
      same[state] = found;
    }
    // the first state was met last
    for (const list of edges) for (const edge of list) edge.to = edges.length - 1 - edge.to;
    return { edges: edges.reverse(), ends: labels.reverse() };
  }

  private grow(state: number, code: number): number {
    const next = this.codes.push(code) - 1;
    this.before.push(this.last[state] ?? 0);
    this.last.push(0);
    this.ends.push(NO_END);
    this.last[state] = next;
    return next;
  }

  /** The characters that lead from a state to each of those its targets are one with. */
  private targetsOf(state: number, same: Int32Array): [to: number, codes: number[]][] {
    const last = this.last[state] ?? 0;
    if (last === 0) return [];
    if (this.before[last] === 0) return [[same[last] ?? 0, [this.codes[last] ?? 0]]];
    const targets = new Map<number, number[]>();
    for (let next = last; next !== 0; next = this.before[next] ?? 0) {
      const [to, code] = [same[next] ?? 0, this.codes[next] ?? 0];
      const codes = targets.get(to);
      if (codes) codes.push(code);
      else targets.set(to, [code]);
    }
    return [...targets].sort(([a], [b]) => a - b);
  }
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
