import { calibrateThreads, PROMPT_TOKENS, threadsFor, type Calibration } from "./calibrate-threads.js";
import { MachineLoad } from "./machine-load.js";
import type { NativeContext } from "./native-context.js";
import { ThreadController, type ThreadsInUse } from "./thread-controller.js";

/** Who says with how many compute threads the next step is evaluated. */
export interface StepThreads {
  /** For a step of so many tokens, while none runs. */
  next(tokens: number): number;
  /** Learns from a step that began with `next`. */
  record(tokens: number, threads: number, elapsedMs: number): void;
  readonly state: ThreadState;
  /** Hears when others are in use than before, at most every ten seconds. */
  onChange?: (state: ThreadState) => void;
}

/** The compute threads in use now. */
export interface ThreadState extends ThreadsInUse {
  /** Whether they follow what steps take. */
  adaptive: boolean;
  /** Cores this process could use that others take; 0 where that is not known. */
  coresTaken: number;
}

const REPORT_MS = 10_000;
/** Where the event loop was busy for more than this share of a step, the end of the step was noticed late. */
const MOSTLY = 0.6;

/** Answers, however many at once, are measured for two sizes of a step; what must not be used for one of them is not for any. */
function mustNotBeUsed(measured: Calibration["measured"], threads: number): boolean {
  return [...measured.values()].some((times) => times.get(threads) === Infinity);
}

/** The same for all steps: what was asked for, or where a graphics card does the work. */
export function fixedThreads(threads: number): StepThreads {
  const state = { single: threads, several: threads, prompt: threads, adaptive: false, coresTaken: 0 };
  return { next: () => threads, record: () => undefined, state };
}

/** Measures a model, and gives what makes threads that adapt from there on, for each context of it that learns by itself. */
export async function measureThreads(native: NativeContext, cores: number, slots: number): Promise<() => StepThreads> {
  const load = new MachineLoad();
  load.taken(performance.now());
  const calibration = await calibrateThreads(native, cores, slots);
  // what was measured beside others says nothing of a quiet machine
  const isQuiet = load.taken(performance.now()) === 0;
  return () => adaptiveThreads(calibration, { load, isQuiet });
}

/** Threads that follow what steps take, from what was measured at the start on. */
export function adaptiveThreads(
  { plan, counts, measured }: Calibration,
  { load, isQuiet }: { load: MachineLoad; isQuiet: boolean },
): StepThreads {
  const controller = new ThreadController({
    counts,
    quiet: (tokens) => threadsFor(plan, tokens),
    quietMs: (tokens, threads) => {
      if (tokens < PROMPT_TOKENS && mustNotBeUsed(measured, threads)) return Infinity;
      return isQuiet ? measured.get(tokens)?.get(threads) : undefined;
    },
  });
  const changes = new ChangeReport(controller.inUse);
  let busyBefore = performance.eventLoopUtilization().active;
  const threads: StepThreads = {
    next: (tokens) => {
      busyBefore = performance.eventLoopUtilization().active;
      controller.setLoad(load.taken(performance.now()));
      return controller.threadsFor(tokens);
    },
    record: (tokens, count, elapsedMs) => {
      const atMs = performance.now();
      const late = performance.eventLoopUtilization().active - busyBefore > MOSTLY * elapsedMs;
      controller.record({ tokens, threads: count, elapsedMs, atMs, late });
      if (changes.isDue(controller.inUse, atMs)) threads.onChange?.(threads.state);
    },
    get state() {
      return { ...controller.inUse, adaptive: true, coresTaken: controller.taken };
    },
  };
  return threads;
}

/** Whether a change is to be told: what changes back and forth is told now and then. */
class ChangeReport {
  private told: ThreadsInUse;
  private toldAtMs = -Infinity;

  constructor(first: ThreadsInUse) {
    this.told = first;
  }

  isDue(now: ThreadsInUse, atMs: number): boolean {
    const { single, several, prompt } = this.told;
    if (atMs - this.toldAtMs < REPORT_MS || (now.single === single && now.several === several && now.prompt === prompt)) return false;
    this.told = now;
    this.toldAtMs = atMs;
    return true;
  }
}

/** The threads in one line, for people and logs. */
export function describeThreads({ single, several, prompt, adaptive, coresTaken }: ThreadState): string {
  const same = single === prompt && several === prompt;
  const counts = same ? String(prompt) : `${single} (one answer), ${several} (several), ${prompt} (prompts)`;
  const taken = coresTaken > 0 ? `, while others take ${coresTaken === 1 ? "a core" : `${coresTaken} cores`}` : "";
  return `${counts}${adaptive ? ", adapting" : ""}${taken}`;
}
