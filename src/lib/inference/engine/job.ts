import type { QueuedJob } from "./fair-queue.js";
import type { NativeSampler } from "./native-sampler.js";
import type { Logits, Probabilities } from "./native-context.js";

/** Where the time of a job went; milliseconds of performance.now(). */
export interface JobTimes {
  queuedAt: number;
  startedAt: number | undefined;
  firstTokenAt: number | undefined;
  endedAt: number | undefined;
}

/** What was read at the place of a token. */
export interface TokenReading {
  /** Where log-probabilities are read. */
  logits: Logits | undefined;
  /** What it was drawn from, where its sampler tells. */
  drawn: Probabilities | undefined;
}

export interface JobOptions {
  /** The prompt, at least one token; prompt and completion together have to fit a slot. */
  prompt: readonly number[];
  /** Tokens to generate at most; 0 only evaluates the prompt. */
  maxTokens: number;
  /** Lower ones start before higher ones; 0 when absent. */
  priority?: number;
  /** Who asks: callers share what the model computes. Jobs without one are one caller's. */
  caller?: string;
  /** Made when the job starts. */
  createSampler: () => NativeSampler;
  /** Most likely tokens to report with each token; absent: no log-probabilities are read. */
  topLogprobs?: number;
  /** Tokens whose logits are reported with each token, where log-probabilities are read. */
  logitTokens?: readonly number[];
  /** Takes the logits at the place of every prompt token but the first; the prompt is then evaluated whole. */
  onPromptToken?: (token: number, logits: Logits) => void;
  /** Most likely tokens to report with each of these; 0 when absent. */
  promptTopLogprobs?: number;
  /** The token to take where this one was sampled, between two steps: what holds an answer to more than its sampler knows. */
  steer?: (sampled: number) => number;
  /** Tokens that end the job, beside those of the model. */
  stopTokens?: ReadonlySet<number>;
  /** The token that ends the job is given to onToken, too. */
  keepsStop?: boolean;
  /** Takes a token one step after it was sampled; true ends the job, "length" for taking too long. */
  onToken: (token: number, reading: TokenReading) => boolean | "length";
  /** The job is over: by an end token, which is given here, or by onToken (stop), or by maxTokens (length). */
  onEnd: (reason: "stop" | "length", last?: EndToken) => void;
  onError: (error: unknown) => void;
}

/** The token that ended a job, which onToken was not given. */
export type EndToken = TokenReading & { token: number };

let made = 0;

/** One continuation of one prompt on its way through the scheduler. */
export class Job implements QueuedJob {
  readonly options: JobOptions;
  readonly caller: string;
  readonly priority: number;
  readonly order = ++made;
  readonly times: JobTimes = { queuedAt: performance.now(), startedAt: undefined, firstTokenAt: undefined, endedAt: undefined };
  /** waiting: queued, or in a slot for a prefix that another job is evaluating; follow: another job is evaluated for both. */
  phase: "waiting" | "prefill" | "decode" | "follow" | "over" = "waiting";
  /** The id of the slot whose job it follows. */
  leader: number | undefined;
  sampler: NativeSampler | undefined;
  /** The token to evaluate next. */
  next: number | undefined;
  generated = 0;
  /** Prompt tokens that were in the cache already. */
  cachedTokens = 0;
  /** Prompt tokens that were evaluated for it. */
  evaluatedTokens = 0;

  constructor(options: JobOptions) {
    this.options = options;
    this.caller = options.caller ?? "";
    this.priority = options.priority ?? 0;
  }

  get pending(): boolean {
    return this.generated === 0;
  }

  get promptLeft(): number {
    return this.pending ? Math.max(0, this.options.prompt.length - this.cachedTokens - this.evaluatedTokens) : 0;
  }

  get over(): boolean {
    return this.phase === "over";
  }

  /** No token of it is wanted any more; its slot becomes free after the step that is running. */
  cancel(): void {
    this.phase = "over";
    this.times.endedAt ??= performance.now();
  }
}
