import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { inTurn } from "./slices.js";

/** A thread ends after so long without a task. */
const IDLE_MS = 60_000;

export interface ThreadOptions<Task, Outcome> {
  /** The module that asks (its import.meta.url), and the worker beside it, which exports what does a task. */
  from: string;
  worker: string;
  most: number;
  /** Memory of each thread's JavaScript objects; see isOutOfMemory. */
  megabytes?: number;
  /** Does a task in this thread: sources that were not compiled have no file for another one to run. */
  here: (task: Task) => Outcome | Promise<Outcome>;
}

/** Does tasks in threads, so that nothing waits for the event loop. Threads start with the first task, and keep no process from ending. */
export class IdleThreads<Task, Outcome> {
  private readonly options: ThreadOptions<Task, Outcome>;
  private pool: Tinypool | undefined;

  constructor(options: ThreadOptions<Task, Outcome>) {
    this.options = options;
  }

  /** What came of a task. Throws what doing it throws. */
  async run(task: Task): Promise<Outcome> {
    const { from, worker, most, megabytes, here } = this.options;
    if (!from.endsWith(".js")) return inTurn(() => here(task));
    this.pool ??= new Tinypool({
      filename: fileURLToPath(new URL(worker, from)),
      ...{ runtime: "worker_threads", minThreads: 0, maxThreads: most, idleTimeout: IDLE_MS },
      ...(megabytes !== undefined && { resourceLimits: { maxOldGenerationSizeMb: megabytes } }),
    });
    return (await this.pool.run(task)) as Outcome;
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const pool = this.pool;
    this.pool = undefined;
    await pool?.destroy();
  }
}

/** Whether a task ended because its thread had no memory left. */
export function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ERR_WORKER_OUT_OF_MEMORY";
}
