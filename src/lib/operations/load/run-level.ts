import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../base/math/random.js";
import type { CompletionRequest } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { timeRequest, type RequestTiming } from "./request-timing.js";

/** How requests come: so many at a time, or so many a second whether or not earlier ones are answered. */
export type Load = { kind: "concurrency"; value: number } | { kind: "rate"; value: number };

export interface LevelOptions {
  /** The i-th request. */
  requestAt: (index: number) => CompletionRequest;
  /** Ends after so many requests ... */
  requests: number;
  /** ... or so long, whichever is first. */
  durationMs: number;
  /** Gaps between arrivals: exponential ones as of independent users, or all the same. */
  arrival: "poisson" | "constant";
  seed: number;
  /** How long a request may take from when it is sent; no limit when absent. */
  timeoutMs?: number;
  signal: AbortSignal;
  /** Hears of each request that ended; what was interrupted has no times. */
  onRequest?: (timing: RequestTiming | undefined) => void;
}

export interface LevelRun {
  load: Load;
  timings: RequestTiming[];
  /** From the first request to the last answer. */
  seconds: number;
}

/** Puts a load on a target and times every request. What is running when the time is over is awaited and counted. */
export async function runLevel(target: CompletionTarget, load: Load, options: LevelOptions): Promise<LevelRun> {
  const timings: RequestTiming[] = [];
  const start = performance.now();
  const ask = async (index: number, dueMs: number) => {
    const timing = await timeRequest(target, options.requestAt(index), { dueMs, timeoutMs: options.timeoutMs, signal: options.signal });
    if (timing) timings.push(timing);
    options.onRequest?.(timing);
  };
  if (load.kind === "concurrency") await inTurns(load.value, start, options, ask);
  else await onTime(load.value, start, options, ask);
  return { load, timings, seconds: (performance.now() - start) / 1000 };
}

type Ask = (index: number, dueMs: number) => Promise<void>;

/** A closed loop: a worker asks again when it is answered. */
async function inTurns(concurrency: number, start: number, { requests, durationMs, signal }: LevelOptions, ask: Ask): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < requests && performance.now() - start < durationMs && !signal.aborted) await ask(next++, performance.now());
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** An open loop: requests start when they are due, however many are waiting. */
async function onTime(rate: number, start: number, options: LevelOptions, ask: Ask): Promise<void> {
  const { requests, durationMs, arrival, seed, signal } = options;
  const random = createRandom(seed);
  const running: Promise<void>[] = [];
  let dueMs = start;
  for (let index = 0; index < requests && dueMs - start < durationMs && !signal.aborted; index++) {
    const wait = dueMs - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    running.push(ask(index, dueMs));
    dueMs += (1000 / rate) * (arrival === "poisson" ? -Math.log(1 - random()) : 1);
  }
  await Promise.all(running);
}
