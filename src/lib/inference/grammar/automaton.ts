import { ALL, charSet, type CharSet } from "./char-set.js";

export interface Edge {
  set: CharSet;
  to: number;
}

/**
 * A deterministic automaton over characters; it begins in state 0. `ends` has the label of what a text means that ends in a state, or
 * NO_END; no state is one that leads to no end.
 */
export interface Automaton {
  edges: readonly (readonly Edge[])[];
  ends: readonly number[];
}

export const NO_END = -1;

/** The work of making an automaton is bounded: some patterns of a few characters have automata of millions of states. */
export class TooComplex extends Error {}

/** Counts down the steps that making automata may take. */
export class Effort {
  private left: number;
  private readonly whole: Effort | undefined;

  /** `whole`: what these steps are a part of. */
  constructor(steps: number, whole?: Effort) {
    this.left = steps;
    this.whole = whole;
  }

  /** Spends steps where so many are left; false where they are not. */
  allows(steps: number): boolean {
    if (this.left < steps) return false;
    this.spend(steps);
    return true;
  }

  /** Throws TooComplex where no steps are left. */
  spend(steps: number): void {
    this.whole?.spend(steps);
    this.left -= steps;
    if (this.left < 0) throw new TooComplex("it takes too many steps");
  }
}

/** How the states of an automaton are found from others'. */
export interface Exploration<State> {
  start: State;
  keyOf: (state: State) => string;
  /** Edges may overlap: what a character leads to is what `join` makes of all their targets. */
  edgesOf: (state: State) => readonly { set: CharSet; to: State }[];
  join: (targets: readonly State[]) => State;
  endOf: (state: State) => number;
  effort: Effort;
}

const MOST_STATES = 6000;

/** The automaton of all states that are reached from a first one, without those that lead to no end. Throws TooComplex. */
export function explore<State>({ start, keyOf, edgesOf, join, endOf, effort }: Exploration<State>): Automaton {
  const numbers = new Map([[keyOf(start), 0]]);
  const states = [start];
  const edges: Edge[][] = [];
  for (let at = 0; at < states.length; at++) {
    const groups = new Groups();
    for (const { range, targets } of cut(edgesOf(states[at] as State), effort)) {
      const target = join(targets);
      const key = keyOf(target);
      const number = numbers.get(key) ?? states.push(target) - 1;
      numbers.set(key, number);
      groups.add(number, [range]);
    }
    edges.push(groups.edges());
    if (states.length > MOST_STATES) throw new TooComplex(`it has more than ${MOST_STATES} states`);
  }
  return trim({ edges, ends: states.map(endOf) });
}

/** Ranges by the state they lead to. */
class Groups {
  private readonly ranges = new Map<number, (readonly [number, number])[]>();

  add(to: number, set: CharSet): void {
    const ranges = this.ranges.get(to);
    if (ranges) ranges.push(...set);
    else this.ranges.set(to, [...set]);
  }

  edges(): Edge[] {
    return Array.from(this.ranges, ([to, ranges]) => ({ set: charSet(...ranges), to }));
  }
}

/** Cuts what edges overlap in: each range with the targets of the edges it belongs to. */
function cut<T>(edges: readonly { set: CharSet; to: T }[], effort: Effort): { range: readonly [number, number]; targets: T[] }[] {
  const changes = edges.flatMap(({ set }, edge) =>
    set.flatMap(([from, to]) => [
      { at: from, edge, begins: true },
      { at: to + 1, edge, begins: false },
    ]),
  );
  changes.sort((a, b) => a.at - b.at);
  effort.spend(1 + changes.length);
  const active = new Set<number>();
  const out: { range: readonly [number, number]; targets: T[] }[] = [];
  for (let i = 0; i < changes.length; i++) {
    const { at, edge, begins } = changes[i] as (typeof changes)[number];
    if (begins) active.add(edge);
    else active.delete(edge);
    const next = changes[i + 1]?.at ?? at;
    if (next === at || active.size === 0) continue;
    effort.spend(active.size);
    out.push({ range: [at, next - 1], targets: Array.from(active, (one) => edges[one]?.to as T) });
  }
  return out;
}

/** Without states that lead to no end, and without those that are not reached. */
export function trim({ edges, ends }: Automaton): Automaton {
  const before: number[][] = edges.map(() => []);
  edges.forEach((list, from) => list.forEach(({ to }) => before[to]?.push(from)));
  const useful = reach(
    ends.flatMap((end, state) => (end === NO_END ? [] : [state])),
    (state) => before[state] ?? [],
  );
  const kept = edges.map((list) => list.filter(({ to }) => useful.has(to)));
  const reached = [...reach([0], (state) => (kept[state] ?? []).map(({ to }) => to))].sort((a, b) => a - b);
  const numbers = new Map(reached.map((state, index) => [state, index]));
  return {
    edges: reached.map((state) => (kept[state] ?? []).map(({ set, to }) => ({ set, to: numbers.get(to) ?? 0 }))),
    ends: reached.map((state) => ends[state] ?? NO_END),
  };
}

function reach(from: readonly number[], next: (state: number) => readonly number[]): Set<number> {
  const reached = new Set(from);
  const waiting = [...from];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    for (const other of next(state)) {
      if (reached.has(other)) continue;
      reached.add(other);
      waiting.push(other);
    }
  }
  return reached;
}

/** Whether it knows no text at all. */
export function isEmpty({ edges, ends }: Automaton): boolean {
  return edges[0]?.length === 0 && ends[0] === NO_END;
}

/** The label of a text, or NO_END. */
export function endOf({ edges, ends }: Automaton, text: string): number {
  let state: number | undefined = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    state = edges[state]?.find(({ set }) => set.some(([from, to]) => from <= code && code <= to))?.to;
    if (state === undefined) return NO_END;
  }
  return ends[state] ?? NO_END;
}

/**
 * The automaton of what several say of a text together: `combine` gives its label from theirs, in order, NO_END where one does not know
 * the text. Throws TooComplex.
 */
export function combine(automata: readonly Automaton[], label: (labels: readonly number[]) => number, effort: Effort): Automaton {
  const step = (states: readonly number[], each: (automaton: Automaton, state: number, index: number) => void) =>
    automata.forEach((automaton, index) => each(automaton, states[index] ?? NO_END, index));
  return minimize(
    explore<readonly number[]>({
      start: automata.map(() => 0),
      keyOf: (states) => states.join(),
      edgesOf: (states) => {
        const dead = automata.map(() => NO_END);
        const edges: { set: CharSet; to: readonly number[] }[] = [{ set: ALL, to: dead }];
        step(states, ({ edges: own }, state, index) => {
          for (const { set, to } of own[state] ?? []) edges.push({ set, to: dead.map((none, at) => (at === index ? to : none)) });
        });
        return edges;
      },
      join: (targets) => automata.map((_, index) => Math.max(...targets.map((states) => states[index] ?? NO_END))),
      endOf: (states) => label(automata.map(({ ends }, index) => ends[states[index] ?? NO_END] ?? NO_END)),
      effort,
    }),
    effort,
  );
}

/** Both say yes. Throws TooComplex. */
export function both(a: Automaton, b: Automaton, effort: Effort): Automaton {
  return combine([a, b], ([one = NO_END, other = NO_END]) => (one === NO_END || other === NO_END ? NO_END : 0), effort);
}

/** The first says yes, the second no. Throws TooComplex. */
export function without(a: Automaton, b: Automaton, effort: Effort): Automaton {
  return combine([a, b], ([one = NO_END, other = NO_END]) => (one !== NO_END && other === NO_END ? 0 : NO_END), effort);
}

/** The same automaton with states that say the same made one: all of those that lead to no circle, and others where there are few. */
export function minimize(automaton: Automaton, effort: Effort): Automaton {
  const { merged, circles } = mergeTails(automaton, effort);
  return circles && merged.edges.length <= 300 ? mergeAlike(merged, effort) : merged;
}

/** From the ends backward: states with the same label whose edges lead to the same states; `circles` tells whether others are left. */
function mergeTails({ edges, ends }: Automaton, effort: Effort): { merged: Automaton; circles: boolean } {
  const before: number[][] = edges.map(() => []);
  const open = edges.map((list, from) => {
    list.forEach(({ to }) => before[to]?.push(from));
    return list.length;
  });
  const same = edges.map((_, state) => state);
  const known = new Map<string, number>();
  const waiting = open.flatMap((count, state) => (count === 0 ? [state] : []));
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const list = edges[state] ?? [];
    effort.spend(1 + list.length);
    const key = signature(ends[state] ?? NO_END, list, (to) => same[to] ?? to);
    same[state] = known.get(key) ?? state;
    known.set(key, same[state] ?? state);
    for (const from of before[state] ?? []) {
      open[from] = (open[from] ?? 0) - 1;
      if (open[from] === 0) waiting.push(from);
    }
  }
  return { merged: renumber({ edges, ends }, same), circles: open.some((count) => count > 0) };
}

/** Parts states by their labels, then by the parts their edges lead to, until nothing changes. */
function mergeAlike({ edges, ends }: Automaton, effort: Effort): Automaton {
  let parts = ends.map((end) => end);
  for (let count = new Set(parts).size; ;) {
    const known = new Map<string, number>();
    const next = edges.map((list, state) => {
      effort.spend(1 + list.length);
      const key = `${parts[state] ?? 0}:${signature(ends[state] ?? NO_END, list, (to) => parts[to] ?? to)}`;
      const part = known.get(key) ?? known.size;
      known.set(key, part);
      return part;
    });
    parts = next;
    if (known.size === count) break;
    count = known.size;
  }
  const first = new Map<number, number>();
  parts.forEach((part, state) => first.set(part, first.get(part) ?? state));
  return renumber(
    { edges, ends },
    parts.map((part) => first.get(part) ?? 0),
  );
}

/** What a state says, whatever the order of its edges. */
function signature(end: number, edges: readonly Edge[], nameOf: (to: number) => number): string {
  const groups = new Groups();
  for (const { set, to } of edges) groups.add(nameOf(to), set);
  const written = groups.edges().map(({ set, to }) => `${to}=${set.join(";")}`);
  return `${end}|${written.sort().join("|")}`;
}

function renumber({ edges, ends }: Automaton, same: readonly number[]): Automaton {
  const merged = edges.map((list) => {
    const groups = new Groups();
    for (const { set, to } of list) groups.add(same[to] ?? to, set);
    return groups.edges();
  });
  return trim({ edges: merged, ends });
}
