import { Worker } from "node:worker_threads";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { ScoredCompletion, ScoredSample } from "./module-types.js";
import type { ScoreContext } from "./scorer.js";
import { scorerFailed } from "./scorer-failed.js";

/** What a module says of its scorer; nothing of it has been checked. */
export type ModuleFacts = { scores: boolean } & Record<string, unknown>;

/** What a module gave for an answer: something that may be a score, or in words something that is none. */
export type ModuleAnswer = { given: unknown } | { shown: string };

type Reply =
  | { kind: "loaded"; exported: ModuleFacts }
  | { kind: "unloadable"; message: string }
  | { kind: "crashed"; message: string }
  | { kind: "pong" }
  | { kind: "pending"; id: number }
  | ({ kind: "given"; id: number } & ModuleAnswer)
  | { kind: "failed"; id: number; message: string };

interface Call {
  id: number;
  sample: ScoredSample;
  completion: ScoredCompletion;
  timeoutMs: number | undefined;
  timer: NodeJS.Timeout | undefined;
  resolve: (answer: ModuleAnswer) => void;
  reject: (error: Error) => void;
}

/** A module that scores, or has a plugin whose scorer of that name does, with the options it is given. */
export interface ScoringModule {
  href: string;
  /** As users know it. */
  path: string;
  scorer?: string;
  options?: unknown;
}

interface Loading {
  resolve: (facts: ModuleFacts) => void;
  reject: (error: Error) => void;
}

const ENTRY = new URL("./module-worker.js", import.meta.url);
/** A thread that does not answer for so long is busy with something that does not let go. */
const PING_MS = 500;

/**
 * A scorer module of the user's in a thread of its own, which is ended where the module never lets go, and which never keeps the
 * process from ending. The next answer is sent as soon as the module has returned from the one before, so that those that wait do so
 * together, and each has its own time from when it was sent. Where several were on their way when the thread had to end, they are
 * sent again one at a time: then it is known which of them it was.
 */
export class ModuleThread {
  private readonly module: ScoringModule;
  private worker: Worker | undefined;
  private loading: Loading | undefined;
  private isLoaded = false;
  private waiting: Call[] = [];
  private readonly sent = new Map<number, Call>();
  /** The one the module has not returned from yet. */
  private entering: number | undefined;
  private oneAtATime = false;
  private heard: (() => void) | undefined;
  private lastId = 0;

  constructor(module: ScoringModule) {
    this.module = module;
  }

  /** Loads the module. Throws what loading it throws, or the signal's reason. */
  async load(timeoutMs: number, signal?: AbortSignal): Promise<ModuleFacts> {
    const stop = (error: Error) => {
      this.loading?.reject(error);
      this.end();
    };
    const late = () => stop(new Error(`it takes longer than ${timeoutMs / 1000} s`));
    const abort = () => stop(signal?.reason as Error);
    const timer = setTimeout(late, timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise<ModuleFacts>((resolve, reject) => {
        this.loading = { resolve, reject };
        this.start();
        if (signal?.aborted) abort();
      });
    } finally {
      this.loading = undefined;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.hold();
    }
  }

  /** What the module gives for one answer. Throws SCORER_FAILED, also after the context's time, or the signal's reason. */
  score(
    sample: ScoredSample,
    completion: ScoredCompletion,
    { timeoutMs, signal }: Pick<ScoreContext, "timeoutMs" | "signal"> = {},
  ): Promise<ModuleAnswer> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      const call: Call = { id, sample, completion, timeoutMs, timer: undefined, resolve, reject };
      const abort = () => this.drop(call, signal?.reason as Error);
      if (signal?.aborted) return reject(signal.reason as Error);
      signal?.addEventListener("abort", abort, { once: true });
      const release = () => signal?.removeEventListener("abort", abort);
      call.resolve = (answer) => (release(), resolve(answer));
      call.reject = (error) => (release(), reject(error));
      this.waiting.push(call);
      this.sendNext();
    });
  }

  private start(): void {
    const worker = new Worker(ENTRY, { workerData: this.module });
    this.worker = worker;
    this.isLoaded = false;
    worker.on("message", (reply: Reply) => worker === this.worker && this.hear(reply));
    worker.on("error", (error) => worker === this.worker && this.lose(`it ended its thread: ${messageOf(error)}`));
    worker.on("exit", (code) => worker === this.worker && this.lose(`it ended its thread with exit code ${code}`));
    this.hold();
  }

  private hear(reply: Reply): void {
    if (reply.kind === "crashed") throw this.crash(reply.message);
    if (reply.kind === "loaded") {
      this.isLoaded = true;
      this.loading?.resolve(reply.exported);
    } else if (reply.kind === "unloadable") this.unloadable(reply.message);
    else if (reply.kind === "pong") this.heard?.();
    else this.settle(reply);
    this.sendNext();
  }

  private settle(reply: Extract<Reply, { id: number }>): void {
    if (this.entering === reply.id) this.entering = undefined;
    if (reply.kind === "pending") return;
    const call = this.take(reply.id);
    if (reply.kind === "failed") call?.reject(scorerFailed(reply.message));
    else call?.resolve(reply);
  }

  /** A call that is over. */
  private take(id: number): Call | undefined {
    const call = this.sent.get(id);
    clearTimeout(call?.timer);
    this.sent.delete(id);
    if (this.entering === id) this.entering = undefined;
    this.hold();
    return call;
  }

  private sendNext(): void {
    const call = this.waiting[0];
    if (!call || this.entering !== undefined || (this.oneAtATime && this.sent.size > 0)) return;
    if (!this.worker) this.start();
    if (!this.isLoaded) return;
    this.waiting.shift();
    this.sent.set(call.id, call);
    this.entering = call.id;
    if (call.timeoutMs !== undefined) call.timer = setTimeout(() => void this.late(call), call.timeoutMs);
    this.hold();
    this.worker?.postMessage({ id: call.id, sample: call.sample, completion: call.completion });
  }

  private async late(call: Call): Promise<void> {
    const error = scorerFailed(`it took longer than ${(call.timeoutMs ?? 0) / 1000} s (--timeout)`);
    const isAlone = this.sent.size === 1;
    if (!isAlone && !(await this.answers())) return this.sendAgain();
    if (!this.sent.has(call.id)) return; // it was answered meanwhile, or sent again
    this.take(call.id)?.reject(error);
    if (isAlone) this.end();
    this.sendNext();
  }

  /** Whether the thread still answers. */
  private async answers(): Promise<boolean> {
    const { worker } = this;
    const answered = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), PING_MS);
      const earlier = this.heard;
      this.heard = () => {
        earlier?.();
        clearTimeout(timer);
        resolve(true);
      };
      worker?.postMessage({ kind: "ping" });
    });
    return answered || worker !== this.worker;
  }

  /** The thread is gone, or has to go, and any of those sent may be why. */
  private sendAgain(): void {
    const calls = [...this.sent.values()];
    for (const { id } of calls) this.take(id);
    this.end();
    this.oneAtATime = true;
    this.waiting = [...calls, ...this.waiting];
    this.sendNext();
  }

  private lose(why: string): void {
    this.worker = undefined;
    if (this.loading) return this.loading.reject(neverLoaded(this.module.path));
    if (!this.isLoaded) return this.unloadable(why);
    if (this.sent.size > 1) return this.sendAgain();
    const [id] = this.sent.keys();
    if (id !== undefined) this.take(id)?.reject(scorerFailed(why));
    this.entering = undefined;
    this.sendNext();
  }

  /** A module that was loaded once and cannot be again: nobody gets a score any more. */
  private unloadable(message: string): void {
    if (this.loading) this.loading.reject(new Error(message));
    else for (const call of this.waiting.splice(0)) call.reject(scorerFailed(`its module cannot be loaded again: ${message}`));
    this.end();
  }

  /** What nobody waits for belongs to no row: the command ends, as it would without a thread. */
  private crash(message: string): LlmopsError {
    return new LlmopsError("SCORER_FAILED", `The module ${this.module.path} threw an error that nobody could catch: ${message}`, {
      hint: "Await everything the module starts, so that an error belongs to one row. Finished answers are kept: see --resume.",
    });
  }

  private drop(call: Call, reason: Error): void {
    this.waiting = this.waiting.filter((one) => one !== call);
    if (this.take(call.id) && this.sent.size === 0) this.end();
    call.reject(reason);
    this.sendNext();
  }

  private end(): void {
    const { worker } = this;
    this.worker = undefined;
    this.entering = undefined;
    void worker?.terminate();
  }

  /** The process waits for the thread only as long as somebody waits for a score. */
  private hold(): void {
    if (this.loading || this.sent.size > 0 || this.waiting.length > 0) this.worker?.ref();
    else this.worker?.unref();
  }
}

function neverLoaded(path: string): LlmopsError {
  return new LlmopsError("INTERNAL", `The command cannot finish: while loading, the module ${path} awaits something that never settles.`, {
    hint: `Check what ${path} awaits outside its functions.`,
  });
}
