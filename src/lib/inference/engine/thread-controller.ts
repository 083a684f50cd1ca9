import { StepArms } from "./thread-arms.js";

/** What is known of a machine and a model before the first request. */
export interface ThreadKnowledge {
  /** Thread counts that can be chosen, ascending. */
  counts: readonly number[];
  /** What suits steps of so many tokens while nothing else runs; one of the counts. */
  quiet: (tokens: number) => number;
  /** Milliseconds of a step of so many tokens with so many threads on a quiet machine, as far as they were measured. */
  quietMs: (tokens: number, threads: number) => number | undefined;
}

/** How threads are chosen, for people: the counts in use by the kind of step. */
export interface ThreadsInUse {
  single: number;
  several: number;
  prompt: number;
}

/** From so many tokens on a step's time is that of its tokens; below, that of reading the weights once. */
const PER_TOKEN_FROM = 32;
const LARGE_FROM = 128;
const KINDS = 7;
/** The share of all time that may be spent on trying whether another count has become better. */
const TRYING_SHARE = 0.01;
/** The share of a loss nobody expected that may be spent on looking for a way out of it. */
const SURPRISE_SHARE = 0.5;
/** Steps that go on to be so many times longer than those before are a surprise. */
const SURPRISE = 1.5;
const MOST_CREDIT_MS = 3000;
/** Whatever a trial is thought to cost, it is worth trying with so much saved: every 15 s of work the first time, every 150 s later. */
const ENOUGH_FOR_FIRST_MS = 150;
const ENOUGH_MS = 1500;

/**
 * Chooses the compute threads of every step by what the last ones took. Threads of a step wait for each other by spinning: where one has
 * lost its core to another process, all wait for whole time slices, so that on a busy machine a step with fewer threads is several times
 * shorter. Each kind of step (by its tokens) has an estimate for each count at each load. A better count is taken at once; one that may
 * have become better is tried for a few steps. Trying is paid for from a small share of the time, and from what surprises cost: where
 * nothing changes it costs at most 1 %. Time is the caller's, in milliseconds.
 */
export class ThreadController {
  private readonly known: ThreadKnowledge;
  private readonly kinds: readonly StepArms[];
  private creditMs = 0;
  /** By kind: what its last steps took beyond what a surprise begins at, and have not made up for since. */
  private readonly surpriseMs = Array.from({ length: KINDS }, () => 0);
  private load = 0;

  constructor(known: ThreadKnowledge) {
    this.known = known;
    this.kinds = Array.from({ length: KINDS }, (_, kind) => {
      const tokens = leastTokens(kind);
      const unit = unitOf(tokens);
      return new StepArms({
        counts: known.counts,
        best: known.quiet(tokens),
        quiet: known.counts.map((count) => perUnit(known.quietMs(tokens, count), unit)),
      });
    });
  }

  /** Compute threads for the next step. */
  threadsFor(tokens: number): number {
    return this.armsOf(tokens).next(this.load);
  }

  /** Says how many of the cores that could be used are taken by other processes; 0 where that is not known. */
  setLoad(taken: number): void {
    const most = 2 * (this.known.counts.at(-1) ?? 1);
    this.load = Math.min(most, Math.max(0, Math.round(taken)));
  }

  /** Learns from a step. A step that was noticed late, because this process was busy with something else, says nothing of its threads. */
  record(step: { tokens: number; threads: number; elapsedMs: number; atMs: number; late?: boolean }): void {
    const { tokens, threads, elapsedMs, atMs, late = false } = step;
    const arms = this.armsOf(tokens);
    if (late) return arms.giveUp(this.load);
    const [kind, unit] = [kindOf(tokens), unitOf(tokens)];
    const expected = arms.expected(this.load, threads);
    this.creditMs = Math.min(MOST_CREDIT_MS, this.creditMs + TRYING_SHARE * elapsedMs);
    if (expected !== undefined && !arms.isTrying(this.load)) this.surprise(kind, elapsedMs - SURPRISE * expected * unit);
    this.pay(kind, unit * arms.note(this.load, { threads, ms: elapsedMs / unit, atMs }));
    const creditMs = this.creditMs + SURPRISE_SHARE * (this.surpriseMs[kind] as number);
    const enough = { firstMs: ENOUGH_FOR_FIRST_MS / unit, againMs: ENOUGH_MS / unit };
    arms.reconsider(this.load, { creditMs: creditMs / unit, enough, atMs });
  }

  /** Cores that others take, as it was told. */
  get taken(): number {
    return this.load;
  }

  /** The counts steps of the usual sizes get now. */
  get inUse(): ThreadsInUse {
    const of = (tokens: number) => this.armsOf(tokens).current(this.load);
    return { single: of(1), several: of(4), prompt: of(LARGE_FROM) };
  }

  /**
   * Steps that take longer than expected add up, and quick ones after them take away from it: one that had to wait its turn, as they do
   * now and then beside others whatever their threads, says little; several in a row do.
   */
  private surprise(kind: number, ms: number): void {
    this.surpriseMs[kind] = Math.min(MOST_CREDIT_MS, Math.max(0, (this.surpriseMs[kind] as number) + ms));
  }

  /** What a trial cost: first from what a surprise allows, then from the small share of all time. */
  private pay(kind: number, ms: number): void {
    const paid = Math.min(ms, SURPRISE_SHARE * (this.surpriseMs[kind] as number));
    this.surprise(kind, -paid / SURPRISE_SHARE);
    this.creditMs -= ms - paid;
  }

  private armsOf(tokens: number): StepArms {
    return this.kinds[kindOf(tokens)] as StepArms;
  }
}

/** Steps of about as many tokens are of one kind: 1, 2-3, 4-7, 8-15, 16-31, 32-127, and more. */
function kindOf(tokens: number): number {
  if (tokens < PER_TOKEN_FROM) return Math.floor(Math.log2(Math.max(1, tokens)));
  return tokens < LARGE_FROM ? KINDS - 2 : KINDS - 1;
}

function leastTokens(kind: number): number {
  return kind < KINDS - 2 ? 2 ** kind : kind === KINDS - 2 ? PER_TOKEN_FROM : LARGE_FROM;
}

/** By what the time of a step is divided to compare it with that of others of its kind. */
function unitOf(tokens: number): number {
  return tokens < PER_TOKEN_FROM ? 1 : tokens;
}

function perUnit(ms: number | undefined, unit: number): number | undefined {
  return ms === undefined ? undefined : ms / unit;
}
