import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../base/math/random.js";
import { ThreadController } from "./thread-controller.js";

/** A machine with so many cores: what a step takes beside others, as measured where threads of a step wait for each other by spinning. */
interface Machine {
  cores: number;
  /** Milliseconds of a step of one token with one thread. */
  stepMs: number;
  /** How well more threads help: 1 is ideally, 0 not at all. */
  scaling: number;
}

const SLICE_MS = 4;

/** A thread that shares its core loses it for whole slices, and all others wait for it. */
function stepMs(
  { cores, stepMs: one, scaling }: Machine,
  { threads, busy, random }: { threads: number; busy: number; random: () => number },
) {
  const alone = (one * (1 + (1 - scaling) * (threads - 1))) / threads;
  const crowded = Math.max(0, threads + busy - cores);
  if (crowded === 0) return alone * (1 + 0.05 * random());
  // one thread waits for nobody, but its steps wait their turn: most not at all, now and then one for whole slices
  if (threads === 1) return alone * (1 + 0.05 * random()) + slicesLost((alone * crowded) / cores / SLICE_MS, random) * SLICE_MS;
  // each pass of a layer may meet a slice that is another's
  const chance = Math.min(0.9, crowded / threads);
  let lost = 0;
  for (let layer = 0; layer < 10; layer++) if (random() < chance) lost += SLICE_MS * (0.5 + random());
  return alone + lost;
}

/** A whole number of slices with this mean. */
function slicesLost(mean: number, random: () => number): number {
  return Math.floor(mean) + (random() < mean % 1 ? 1 : 0);
}

function countsOf(cores: number): number[] {
  return [...new Set([1, 2, 4, 8, 16, cores])].filter((count) => count <= cores).sort((a, b) => a - b);
}

const means = new WeakMap<Machine, Map<string, number>>();

function meanMs(machine: Machine, threads: number, busy: number): number {
  const known = means.get(machine) ?? new Map<string, number>();
  means.set(machine, known);
  const mean = known.get(`${threads} ${busy}`) ?? measureMeanMs(machine, threads, busy);
  known.set(`${threads} ${busy}`, mean);
  return mean;
}

function measureMeanMs(machine: Machine, threads: number, busy: number): number {
  const random = createRandom(1);
  return Array.from({ length: 2000 }, () => stepMs(machine, { threads, busy, random })).reduce((sum, ms) => sum + ms, 0) / 2000;
}

function bestCount(machine: Machine, busy: number): { threads: number; ms: number } {
  const all = countsOf(machine.cores).map((threads) => ({ threads, ms: meanMs(machine, threads, busy) }));
  return all.sort((a, b) => a.ms - b.ms)[0] as { threads: number; ms: number };
}

function startOn(machine: Machine): ThreadController {
  return new ThreadController({
    counts: countsOf(machine.cores),
    quiet: () => bestCount(machine, 0).threads,
    quietMs: (tokens, threads) => (tokens === 1 ? meanMs(machine, threads, 0) : undefined),
  });
}

interface Phase {
  busy: number;
  ms: number;
}

/** Runs steps of one token through phases of load; what each phase took per step, and the counts chosen. */
function run(machine: Machine, phases: readonly Phase[], { seesLoad, seed = 7 }: { seesLoad: boolean; seed?: number }) {
  const controller = startOn(machine);
  const random = createRandom(seed);
  let atMs = 0;
  return phases.map(({ busy, ms }) => {
    const end = atMs + ms;
    const chosen: number[] = [];
    const took: number[] = [];
    while (atMs < end) {
      if (seesLoad) controller.setLoad(busy);
      const threads = controller.threadsFor(1);
      const elapsedMs = stepMs(machine, { threads, busy, random });
      atMs += elapsedMs;
      controller.record({ tokens: 1, threads, elapsedMs, atMs });
      chosen.push(threads);
      took.push(elapsedMs);
    }
    return { chosen, meanMs: took.reduce((sum, one) => sum + one, 0) / took.length };
  });
}

const LAPTOP: Machine = { cores: 2, stepMs: 30, scaling: 0.9 };
const QUIET: Phase = { busy: 0, ms: 20_000 };
const BUSY: Phase = { busy: 2, ms: 20_000 };

describe.each([true, false])("threads of steps, the load of the machine seen: %s", (seesLoad) => {
  it("step down within a few steps when others take the cores, and up again when they go", () => {
    const [first, busy, last] = run(LAPTOP, [QUIET, BUSY, QUIET], { seesLoad });
    expect(first?.chosen.every((threads) => threads === 2)).toBe(true);
    expect(busy?.chosen.slice(0, 6)).toContain(1);
    expect(busy?.meanMs).toBeLessThan(1.12 * meanMs(LAPTOP, 1, 2));
    expect(last?.chosen.at(-1)).toBe(2);
    expect(last?.meanMs).toBeLessThan(1.25 * meanMs(LAPTOP, 2, 0));
  });

  it("stay as they are where a step is late by chance", () => {
    const controller = startOn(LAPTOP);
    let atMs = 0;
    const used = Array.from({ length: 2000 }, (_, i) => {
      const threads = controller.threadsFor(1);
      const elapsedMs = i % 100 === 99 ? 80 : meanMs(LAPTOP, threads, 0);
      atMs += elapsedMs;
      controller.record({ tokens: 1, threads, elapsedMs, atMs });
      return threads;
    });
    expect(used.filter((threads) => threads !== 2).length).toBeLessThan(40);
  });
});

const machines = fc.record({
  cores: fc.constantFrom(1, 2, 4, 6, 8, 16),
  stepMs: fc.double({ min: 0.5, max: 200, noNaN: true }),
  scaling: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("threads of steps, on any machine", () => {
  it("cost at most 2 % where nothing else runs", () => {
    fc.assert(
      fc.property(machines, fc.boolean(), fc.nat(), (machine, seesLoad, seed) => {
        const [quiet] = run(machine, [QUIET], { seesLoad, seed });
        expect(quiet?.meanMs).toBeLessThan(1.02 * bestCount(machine, 0).ms);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it("are within an eighth of the best fixed count under any load that lasts, once they have met it", () => {
    fc.assert(
      fc.property(machines, fc.integer({ min: 1, max: 8 }), fc.boolean(), fc.nat(), (machine, busy, seesLoad, seed) => {
        const phases = [QUIET, { busy, ms: 30_000 }, { busy, ms: 30_000 }];
        const settled = run(machine, phases, { seesLoad, seed }).at(-1);
        expect(settled?.meanMs).toBeLessThan(1.125 * bestCount(machine, busy).ms);
      }),
      { numRuns: 60, seed: 11, endOnFailure: true },
    );
  });

  it("come back to what suits a quiet machine", () => {
    fc.assert(
      fc.property(machines, fc.integer({ min: 1, max: 8 }), fc.nat(), (machine, busy, seed) => {
        const phases = [QUIET, { busy, ms: 10_000 }, { busy: 0, ms: 30_000 }, QUIET];
        const last = run(machine, phases, { seesLoad: false, seed }).at(-1);
        expect(last?.meanMs).toBeLessThan(1.1 * bestCount(machine, 0).ms);
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

it("loads that change from moment to moment are not learned each from nothing", () => {
  const tiny: Machine = { cores: 2, stepMs: 0.7, scaling: 0.9 };
  const prompt: Machine = { cores: 2, stepMs: 15, scaling: 0.9 };
  const controller = new ThreadController({
    counts: [1, 2],
    quiet: (tokens) => (tokens < 32 ? 1 : 2),
    quietMs: (tokens, threads) => (tokens >= 32 ? undefined : threads === 2 ? Infinity : 0.7),
  });
  const random = createRandom(5);
  let atMs = 0;
  const step = (machine: Machine, tokens: number, busy: number, load: number) => {
    controller.setLoad(load);
    const threads = controller.threadsFor(tokens);
    const elapsedMs = stepMs(machine, { threads, busy, random });
    atMs += elapsedMs;
    controller.record({ tokens, threads, elapsedMs, atMs });
  };
  const rounds = (count: number, busy: number) => {
    for (let round = 0; round < count; round++) {
      const load = () => (busy === 0 ? 0 : busy - 1 + Math.floor(3 * random()));
      for (const tokens of [129, 40]) step(prompt, tokens, busy, load());
      for (let i = 0; i < 64; i++) step(tiny, 1, busy, load());
    }
  };
  rounds(50, 0);
  const from = atMs;
  rounds(50, 2);
  const best = 50 * (2 * meanMs(prompt, 1, 2) + 64 * meanMs(tiny, 1, 2));
  expect((atMs - from) / best).toBeLessThan(1.04);
});

it("threads are learned for each kind of step apart", () => {
  const controller = new ThreadController({ counts: [1, 2], quiet: (tokens) => (tokens >= 32 ? 2 : 1), quietMs: () => undefined });
  let atMs = 0;
  for (let i = 0; i < 200; i++) {
    // one thread is better for single tokens, two for prompts
    for (const [tokens, one, two] of [
      [1, 2, 6],
      [200, 100, 55],
    ] as const) {
      const threads = controller.threadsFor(tokens);
      const elapsedMs = threads === 1 ? one : two;
      atMs += elapsedMs;
      controller.record({ tokens, threads, elapsedMs, atMs });
    }
  }
  expect(controller.inUse).toMatchObject({ single: 1, prompt: 2 });
});

it("one step that something held up does not decide for long", () => {
  const controller = new ThreadController({ counts: [1, 2], quiet: () => 2, quietMs: () => undefined });
  let atMs = 0;
  const used = Array.from({ length: 200 }, (_, i) => {
    const threads = controller.threadsFor(200);
    const elapsedMs = i === 0 ? 20_000 : threads === 2 ? 500 : 950;
    atMs += elapsedMs;
    controller.record({ tokens: 200, threads, elapsedMs, atMs });
    return threads;
  });
  expect(used.slice(0, 40).filter((threads) => threads === 1).length).toBeLessThan(10);
  expect(used.slice(40).filter((threads) => threads === 1).length).toBeLessThan(4);
});

it("a count that must not be used is never tried", () => {
  const controller = new ThreadController({ counts: [1, 2], quiet: () => 1, quietMs: (_, threads) => (threads === 2 ? Infinity : 1) });
  const used = new Set<number>();
  for (let atMs = 0; atMs < 60_000; atMs += 20) {
    used.add(controller.threadsFor(1));
    controller.record({ tokens: 1, threads: controller.threadsFor(1), elapsedMs: 20, atMs });
  }
  expect([...used]).toEqual([1]);
});

it("a step that was noticed late says nothing of its threads, and ends a trial", () => {
  const controller = new ThreadController({ counts: [1, 2], quiet: () => 2, quietMs: () => undefined });
  const step = (elapsedMs: number, atMs: number, late = false) => {
    const threads = controller.threadsFor(1);
    controller.record({ tokens: 1, threads, elapsedMs, atMs, late });
    return threads;
  };
  for (let i = 0; i < 20; i++) step(10, 10 * i);
  for (let i = 0; i < 20; i++) expect(step(100, 300 + 100 * i, true)).toBe(2);
  // one that was really slow begins a trial, which the next late one ends
  step(200, 3000);
  expect(step(20, 3020)).toBe(1);
  step(100, 3120, true);
  expect(controller.threadsFor(1)).toBe(2);
});
