import type { NativeContext } from "./native-context.js";

/** Compute threads by what a step evaluates: one token, a token for each of several answers, or prompts. */
export interface ThreadPlan {
  single: number;
  several: number;
  prompt: number;
  /** Tokens of a step from which all threads help: it is bound by arithmetic, and long. */
  promptFrom: number;
}

/** The plan, and what it comes from. */
export interface Calibration {
  plan: ThreadPlan;
  /** Counts that can be chosen, ascending. */
  counts: readonly number[];
  /** Milliseconds of a step of so many tokens, by the count; infinite for one that must not be used. */
  measured: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** Fewer tokens are never a prompt's step. */
export const PROMPT_TOKENS = 32;
const MOST_PROMPT_TOKENS = 512;
/** The step that is measured for it. */
const TRIED_TOKENS = 64;
/** A step shorter than this is not worth a time slice lost in waiting for a thread that has no core of its own. */
const LONG_STEP_MS = 30;
const ROUNDS = 12;
const BUDGET_MS = 500;
/** A candidate so much slower than the best is not measured to the end. */
const HOPELESS = 3;
/**
 * Threads of a step wait for each other by spinning. Where one shares its core with the thread that serves
 * requests, a step takes a whole time slice of the system, about 10 ms. Steps that are much shorter must leave
 * that thread a core of its own, whatever a measurement on an idle machine says.
 */
const SHORT_STEP_MS = 3;

/** The threads of a step that evaluates so many tokens. */
export function threadsFor(plan: ThreadPlan, tokens: number): number {
  if (tokens === 1) return plan.single;
  return tokens < plan.promptFrom ? plan.several : plan.prompt;
}

/**
 * Measures which thread counts suit the model on this machine, in about a second: small models are
 * several times slower with a second thread, large ones need all. Leaves the sequences it used empty.
 */
export async function calibrateThreads(native: NativeContext, cores: number, slots: number): Promise<Calibration> {
  const counts = [...new Set([1, 2, 4, 8, 16, 32, 64, Math.ceil(cores / 2), cores])].filter((n) => n <= cores).sort((a, b) => a - b);
  const sizes = [...new Set([1, Math.min(slots, 4)])];
  const measured = new Map<number, Map<number, number>>();
  for (const tokens of sizes) measured.set(tokens, await measure(native, counts, tokens));
  const best = (tokens: number) => fastest(measured.get(tokens) ?? new Map<number, number>(), counts);
  const [single, several] = [best(1), best(sizes.at(-1) ?? 1)];
  const promptFrom = several === cores ? PROMPT_TOKENS : await longStep(native, several);
  return { plan: { single, several, prompt: cores, promptFrom }, counts, measured };
}

/** Tokens from which a step with so many threads is a long one. */
async function longStep(native: NativeContext, threads: number): Promise<number> {
  native.setThreads(threads);
  const tokens = Array.from({ length: TRIED_TOKENS }, () => 1);
  const ms = await bestOf((round) => native.step([{ sequence: 0, position: round * TRIED_TOKENS, tokens }]), {
    rounds: 2,
    giveUpMs: Infinity,
  });
  native.clear(0);
  return Math.round(Math.min(MOST_PROMPT_TOKENS, Math.max(PROMPT_TOKENS, (TRIED_TOKENS * LONG_STEP_MS) / Math.max(ms, 0.01))));
}

/** What a step of so many answers takes, by the count. */
async function measure(native: NativeContext, counts: readonly number[], answers: number): Promise<Map<number, number>> {
  const times = new Map<number, number>();
  if (counts.length === 1) return times;
  let best = Infinity;
  for (const threads of counts) {
    if (best < SHORT_STEP_MS && threads === counts.at(-1)) {
      times.set(threads, Infinity);
      break;
    }
    native.setThreads(threads);
    const ms = await bestStepMs(native, answers, best * HOPELESS);
    times.set(threads, ms);
    best = Math.min(best, ms);
  }
  return times;
}

function fastest(times: ReadonlyMap<number, number>, counts: readonly number[]): number {
  const ranked = [...times].sort(([, a], [, b]) => a - b);
  return ranked[0]?.[0] ?? counts[0] ?? 1;
}

/** The shortest of several steps of answers: what else the machine does only ever makes them longer. */
async function bestStepMs(native: NativeContext, sequences: number, giveUpMs: number): Promise<number> {
  const samplers = Array.from({ length: sequences }, () => native.createSampler({ temperature: 0 }));
  // with a sampler, because the output layer is a good part of a small model
  const step = (round: number) => native.step(samplers.map((sampler, sequence) => ({ sequence, position: round, tokens: [1], sampler })));
  const best = await bestOf(step, { rounds: ROUNDS, giveUpMs });
  for (const [sequence, sampler] of samplers.entries()) {
    native.clear(sequence);
    sampler.release();
  }
  return best;
}

/** The shortest of some rounds in milliseconds; the first one pays for memory that later ones find in place, and does not count. */
async function bestOf(
  step: (round: number) => Promise<unknown>,
  { rounds, giveUpMs }: { rounds: number; giveUpMs: number },
): Promise<number> {
  let best = Infinity;
  const start = performance.now();
  for (let round = 0; round <= rounds; round++) {
    const before = performance.now();
    await step(round);
    const elapsed = performance.now() - before;
    if (round > 0) best = Math.min(best, elapsed);
    if (round > 0 && (elapsed > giveUpMs || performance.now() - start > BUDGET_MS)) break;
  }
  return best;
}
