import { cpus } from "node:os";
import { availableCores, readSystemFile } from "./machine.js";

const SAMPLE_MS = 20;
const SAMPLES = 5;

export interface MachineLoadOptions {
  /** Cores this process may use, and those of the machine. */
  cores?: number;
  machineCores?: number;
  /** Threads that are running or want to, this one with them; undefined where the system does not say. */
  readRunnable?: () => number | undefined;
}

/**
 * How many of the cores this process may use are taken by others, by the threads that want to run (Linux; 0 elsewhere). To be asked by
 * a context while none of its own compute threads run: those of this process's other contexts take cores as well. What others do for a moment only is left out: it is the least of the last samples.
 */
export class MachineLoad {
  private readonly cores: number;
  private readonly spare: number;
  private readonly readRunnable: () => number | undefined;
  private readonly samples: number[] = [];
  private sampledAt = -Infinity;

  constructor({ cores = availableCores(), machineCores = cpus().length, readRunnable = runnableThreads }: MachineLoadOptions = {}) {
    this.cores = cores;
    this.spare = Math.max(0, machineCores - cores);
    this.readRunnable = readRunnable;
  }

  /** Looks at most every 20 ms. */
  taken(nowMs: number): number {
    if (nowMs - this.sampledAt >= SAMPLE_MS) this.sample(nowMs);
    const others = this.samples.length === 0 ? 0 : Math.min(...this.samples);
    return Math.min(2 * this.cores, Math.max(0, others - this.spare));
  }

  private sample(nowMs: number): void {
    this.sampledAt = nowMs;
    const runnable = this.readRunnable();
    if (runnable === undefined) return;
    this.samples.push(Math.max(0, runnable - 1));
    if (this.samples.length > SAMPLES) this.samples.shift();
  }
}

/** proc(5): the fourth field of /proc/loadavg is "runnable/existing", of scheduling entities. */
function runnableThreads(): number | undefined {
  const runnable = Number(/ (\d+)\/\d+ /.exec(readSystemFile("/proc/loadavg") ?? "")?.[1]);
  return Number.isNaN(runnable) ? undefined : runnable;
}
