import { explore, minimize, NO_END, TooComplex, type Automaton, type Effort } from "./automaton.js";
import type { CharSet } from "./char-set.js";
import type { Pattern } from "./pattern.js";

const MOST_STATES = 30_000;

/** The automaton of a pattern. Throws TooComplex. */
export function toAutomaton(pattern: Pattern, effort: Effort): Automaton {
  return minimize(determinize([pattern], effort), effort);
}

/** The automaton that tells texts apart: the label of one is the place of the first pattern that it matches. Throws TooComplex. */
export function determinize(patterns: readonly Pattern[], effort: Effort): Automaton {
  const machine = new Machine(effort);
  const start = machine.state();
  const labels = new Map<number, number>();
  patterns.forEach((pattern, label) => {
    const begin = machine.state();
    machine.jump(start, begin);
    labels.set(machine.build(pattern, begin), label);
  });
  return explore<readonly number[]>({
    start: machine.closure([start]),
    keyOf: (states) => states.join(),
    edgesOf: (states) => states.flatMap((state) => machine.moves[state] ?? []).map(({ set, to }) => ({ set, to: [to] })),
    join: (targets) => machine.closure(targets.flat()),
    endOf: (states) => states.reduce((end, state) => lower(end, labels.get(state)), NO_END),
    effort,
  });
}

function lower(end: number, label: number | undefined): number {
  if (label === undefined) return end;
  return end === NO_END ? label : Math.min(end, label);
}

/** States of an automaton that may be in many of them at once. */
class Machine {
  readonly moves: { set: CharSet; to: number }[][] = [];
  private readonly jumps: number[][] = [];
  private readonly effort: Effort;

  constructor(effort: Effort) {
    this.effort = effort;
  }

  state(): number {
    this.effort.spend(1);
    if (this.moves.length >= MOST_STATES) throw new TooComplex(`it has more than ${MOST_STATES} parts`);
    this.jumps.push([]);
    return this.moves.push([]) - 1;
  }

  jump(from: number, to: number): void {
    this.jumps[from]?.push(to);
  }

  /** Adds what the pattern matches after a state; returns the state after it. */
  build(pattern: Pattern, from: number): number {
    if (pattern.kind === "sequence") return pattern.parts.reduce((state, part) => this.build(part, state), from);
    if (pattern.kind === "repeat") return this.buildRepeat(pattern, from);
    const to = this.state();
    if (pattern.kind === "set") this.moves[from]?.push({ set: pattern.set, to });
    else if (pattern.kind === "choice") for (const option of pattern.options) this.jump(this.build(option, this.after(from)), to);
    else throw new TooComplex("an assertion stands where it cannot be held");
    return to;
  }

  /** A state of its own, so that what loops in one option is not in the others. */
  private after(from: number): number {
    const state = this.state();
    this.jump(from, state);
    return state;
  }

  private buildRepeat({ of, min, max }: Extract<Pattern, { kind: "repeat" }>, from: number): number {
    let state = this.after(from);
    for (let count = 0; count < min; count++) state = this.build(of, state);
    const to = this.state();
    if (max === undefined) {
      const loop = this.after(state);
      this.jump(this.build(of, loop), loop);
      this.jump(loop, to);
      return to;
    }
    for (let count = min; count < max; count++) {
      this.jump(state, to);
      state = this.build(of, this.after(state));
    }
    this.jump(state, to);
    return to;
  }

  /** All states that are reached from these without a character, in order. */
  closure(states: readonly number[]): readonly number[] {
    const reached = new Set(states);
    for (const state of reached) for (const to of this.jumps[state] ?? []) reached.add(to);
    this.effort.spend(1 + reached.size);
    // what only jumps on says nothing itself
    return [...reached]
      .filter((state) => (this.moves[state]?.length ?? 0) > 0 || (this.jumps[state]?.length ?? 0) === 0)
      .sort((a, b) => a - b);
  }
}
