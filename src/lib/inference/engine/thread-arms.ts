export interface ArmsOptions {
  /** Thread counts, ascending. */
  counts: readonly number[];
  /** The count that suits a quiet machine. */
  best: number;
  /** What a step takes with each count on a quiet machine; undefined where that was not measured, infinite for one that must not be used. */
  quiet: readonly (number | undefined)[];
}

/** What is enough to pay for a trial, whatever it is thought to cost: for a first one beside others, and for one again. */
export interface TrialLimits {
  firstMs: number;
  againMs: number;
}

/** What the last steps with one count took at one load. */
interface Estimate {
  ms: number;
  steps: number;
  atMs: number;
}

interface LoadState {
  /** Index of the count in use. */
  current: number;
  /** By the index of the count. */
  estimates: (Estimate | undefined)[];
  /** The count that is being tried, and for how many more steps. */
  trial: { arm: number; left: number } | undefined;
}

/** An estimate follows its last few steps. */
const WEIGHT_OF_NEW = 0.2;
const TRIAL_STEPS = 3;
/** A trial ends at once where its first step is so much longer. */
const HOPELESS = 2;
/** Another count is taken, or tried, only where it is, or may be, better by more than chance. */
const BETTER = 0.92;
/** Estimates older than this may no longer hold. */
const FRESH_MS = 3000;
/** Longer than on a quiet machine by so much: something is wrong. */
const SLOW = 1.3;
/** What a first trial is thought to cost, in steps: little, and more where all of its threads share their cores with others (measured: 7 to 20). */
const FIRST_TRIAL = 0.25;
const FIRST_TRIAL_CROWDED = 10;
/** What was lost in a trial is expected of the next one less and less: by half after so long. */
const FORGET_MS = 4000;

/** The thread counts of one kind of step: what each of them takes, by the load of the machine. Times are in one unit, whichever that is. */
export class StepArms {
  private readonly counts: readonly number[];
  private readonly best: number;
  private readonly quiet: (number | undefined)[];
  private readonly states = new Map<number, LoadState>();

  constructor({ counts, best, quiet }: ArmsOptions) {
    this.counts = counts;
    this.best = Math.max(0, counts.indexOf(best));
    this.quiet = [...quiet];
  }

  /** The count for the next step, which may be a trial. */
  next(load: number): number {
    const { trial, current } = this.stateOf(load);
    return this.counts[trial?.arm ?? current] as number;
  }

  /** The count that is believed best. */
  current(load: number): number {
    return this.counts[this.stateOf(load).current] as number;
  }

  isTrying(load: number): boolean {
    return this.stateOf(load).trial !== undefined;
  }

  /** What a step with so many threads is expected to take; undefined before the first. */
  expected(load: number, threads: number): number | undefined {
    return this.stateOf(load).estimates[this.counts.indexOf(threads)]?.ms;
  }

  /** Learns what a step took; gives what was lost by it if it was a trial. */
  note(load: number, { threads, ms, atMs }: { threads: number; ms: number; atMs: number }): number {
    const arm = this.counts.indexOf(threads);
    if (arm < 0) return 0;
    const state = this.stateOf(load);
    const { steps = 0, ms: mean = ms } = state.estimates[arm] ?? {};
    const weight = Math.max(WEIGHT_OF_NEW, 1 / (steps + 1));
    state.estimates[arm] = { ms: mean + weight * (ms - mean), steps: steps + 1, atMs };
    this.quiet[arm] = Math.min(this.quiet[arm] ?? ms, ms);
    if (state.trial?.arm !== arm) return 0;
    const usual = state.estimates[state.current]?.ms ?? ms;
    state.trial.left = ms > HOPELESS * usual ? 0 : state.trial.left - 1;
    return Math.max(0, ms - usual);
  }

  /** Ends a trial that nothing can be learned from. */
  giveUp(load: number): void {
    this.stateOf(load).trial = undefined;
  }

  /** Takes another count where it is better, and begins to try one that may be, if that can be paid for. */
  reconsider(load: number, { creditMs, enough, atMs }: { creditMs: number; enough: TrialLimits; atMs: number }): void {
    const state = this.stateOf(load);
    if (state.trial && state.trial.left > 0) return;
    state.trial = undefined;
    const own = state.estimates[state.current];
    if (!own) return;
    const isFresh = (estimate: Estimate | undefined) => estimate !== undefined && atMs - estimate.atMs < FRESH_MS;
    const better = this.candidates(state.current).find((arm) => {
      const estimate = state.estimates[arm];
      return isFresh(estimate) && (estimate?.ms ?? Infinity) < BETTER * own.ms;
    });
    if (better !== undefined) {
      state.current = better;
      return;
    }
    const worth = this.candidates(state.current).find((arm) => {
      const estimate = state.estimates[arm];
      if (isFresh(estimate) || this.hope(state.current, arm, own.ms) >= BETTER * own.ms) return false;
      if (!estimate) return creditMs >= FIRST_TRIAL * own.ms + Math.min(enough.firstMs, own.ms * this.crowdedSteps(arm, load));
      return creditMs >= Math.min(enough.againMs, trialCost(estimate, own.ms, atMs));
    });
    if (worth === undefined) return;
    state.trial = { arm: worth, left: TRIAL_STEPS };
    state.estimates[worth] = undefined; // what it takes now is what counts
  }

  /**
   * What a count would take at best: what it takes on a quiet machine. Where that is not known more threads may help as much as there are
   * more of them, and fewer are hoped for only where those in use are slower than they should be.
   */
  private hope(current: number, arm: number, ms: number): number {
    const known = this.quiet[arm];
    if (known !== undefined) return known;
    const scale = (this.counts[current] as number) / (this.counts[arm] as number);
    if (arm > current) return ms * scale;
    const own = this.quiet[current] ?? ms;
    return ms > SLOW * own ? own * scale : Infinity;
  }

  /** What a first trial is thought to cost more, in steps, where some of its threads have to share their cores with others. */
  private crowdedSteps(arm: number, load: number): number {
    const count = this.counts[arm] as number;
    const crowded = Math.min(count, Math.max(0, count + load - (this.counts.at(-1) ?? 1)));
    return (FIRST_TRIAL_CROWDED * crowded) / count;
  }

  /**
   * The next counts below and above; one thread, which waits for nobody; and what suits a quiet machine. A step on the way to those may be
   * no better.
   */
  private candidates(arm: number): number[] {
    return [...new Set([arm - 1, arm + 1, 0, this.best])].filter((one) => one >= 0 && one < this.counts.length && one !== arm);
  }

  /** A load that was not met before begins with as many threads as there are cores left. */
  private stateOf(load: number): LoadState {
    const there = this.states.get(load);
    if (there) return there;
    const free = Math.max(1, (this.counts.at(-1) ?? 1) - load);
    const fitting = this.counts.findLastIndex((count) => count <= free);
    const state: LoadState = {
      current: load === 0 ? this.best : Math.min(this.best, Math.max(0, fitting)),
      estimates: this.counts.map(() => undefined),
      trial: undefined,
    };
    this.states.set(load, state);
    return state;
  }
}

/** What trying again is thought to cost. A step that something else held up must not keep a count from being tried for ever. */
function trialCost({ ms, atMs }: Estimate, ownMs: number, nowMs: number): number {
  return TRIAL_STEPS * (ms - ownMs) * 0.5 ** Math.max(0, (nowMs - atMs - FRESH_MS) / FORGET_MS);
}
