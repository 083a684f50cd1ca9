import type { LlmopsError } from "../../base/errors/llmops-error.js";
import { planBatch, type BatchLimits, type SlotPart } from "./batch-plan.js";
import { Deliveries } from "./deliveries.js";
import { FairQueue } from "./fair-queue.js";
import { Job, type EndToken, type JobOptions, type TokenReading } from "./job.js";
import type { NativeContext, PartResult, SampledToken } from "./native-context.js";
import { placePrompt } from "./prompt-placement.js";
import { findLeader, follow, regroup, replaceLeader } from "./shared-decoding.js";
import type { StepThreads } from "./step-threads.js";
import { StepMeter } from "./step-meter.js";
import { chooseSlot, type Slot } from "./slots.js";

export interface SchedulerOptions {
  slots: number;
  /** Tokens one batch takes. */
  batchSize: number;
  /** Bytes of cache a slot has: what copying one costs. */
  slotBytes: number;
  /** Use what a slot holds of an earlier prompt. Off, every prompt is evaluated anew and alone. */
  reusePrefixes: boolean;
  isEndToken: (token: number) => boolean;
  threads: StepThreads;
}

/**
 * Continuous batching over the slots of one context. One loop: put waiting jobs into free slots, build one
 * batch, evaluate it, and while that runs hand out the tokens of the batch before. Jobs start by their
 * priority, callers share by tokens, and each caller's jobs start in the order they came.
 */
export class Scheduler {
  readonly slots: readonly Slot[];
  private readonly native: NativeContext;
  private readonly options: SchedulerOptions;
  private readonly meter: StepMeter;
  private readonly limits: BatchLimits;
  private readonly queue = new FairQueue<Job>();
  private readonly deliveries = new Deliveries();
  private loop: Promise<void> | undefined;
  private releases = 0;

  constructor(native: NativeContext, options: SchedulerOptions) {
    this.native = native;
    this.options = options;
    this.meter = new StepMeter(options.slotBytes);
    this.limits = {
      batchSize: options.batchSize,
      promptTokensBeside: (answers, waiting) => this.meter.promptTokensBeside(answers, waiting),
      compare: this.queue.compare,
    };
    this.slots = Array.from({ length: options.slots }, (_, id) => ({ id, tokens: [], job: undefined, lastUsed: 0 }));
  }

  /** Slots whose answer is still wanted. */
  get busySlots(): number {
    return this.slots.filter((slot) => slot.job && !slot.job.over).length;
  }

  get queuedJobs(): number {
    return this.queue.waiting;
  }

  /** How long a request that comes now will probably wait for a slot. */
  get expectedWaitMs(): number {
    return (this.meter.jobMs * (this.queuedJobs + 1)) / this.slots.length;
  }

  submit(options: JobOptions): Job {
    const job = new Job(options);
    this.queue.add(job);
    this.loop ??= this.run();
    return job;
  }

  /**
   * Refuses waiting jobs of callers who have more of them than this one, until `count` of its own can wait where `places` are lacking.
   * False, and nobody is refused, where it has its share of the queue already.
   */
  makeRoom(caller = "", lacking: { count: number; places: number }, refusal: LlmopsError): boolean {
    const displaced = this.queue.displacedBy(caller, lacking);
    for (const job of displaced ?? []) this.fail(job, refusal);
    return displaced !== undefined;
  }

  /** Resolves once nothing is running. */
  async idle(): Promise<void> {
    while (this.loop) await this.loop;
  }

  private async run(): Promise<void> {
    // requests that came in together start together
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (!this.deliveries.isEmpty || this.queue.next() || this.slots.some((slot) => slot.job)) await this.turnOrFail();
    } finally {
      this.loop = undefined; // at once: a job that comes now must start a loop of its own
    }
  }

  private async turnOrFail(): Promise<void> {
    try {
      await this.turn();
    } catch (error) {
      this.failAll(error);
    }
  }

  private async turn(): Promise<void> {
    this.releaseOver();
    this.admit();
    await this.placePrompts();
    const parts = planBatch(this.slots, this.limits);
    if (parts.length === 0) return this.deliver();
    const tokens = parts.reduce((sum, part) => sum + part.tokens.length, 0);
    const threads = this.options.threads.next(tokens);
    this.native.setThreads(threads);
    const start = performance.now();
    const evaluation = this.native.step(parts);
    evaluation.catch(() => undefined); // handled below; delivering must not leave it without a handler
    this.deliver();
    const results = await evaluation;
    const elapsedMs = performance.now() - start;
    this.meter.record(tokens, elapsedMs);
    this.options.threads.record(tokens, threads, elapsedMs);
    await this.collect(parts, results);
  }

  /** Waiting jobs take free slots, in the order of the queue. */
  private admit(): void {
    for (let job = this.queue.next(); job; job = this.queue.next()) {
      const slot = chooseSlot(this.slots, job.options.prompt);
      if (!slot) return;
      slot.job = job;
      this.queue.start(job);
    }
  }

  private async placePrompts(): Promise<void> {
    const waiting = this.slots.filter((slot) => slot.job?.phase === "waiting");
    waiting.sort((a, b) => (a.job?.times.queuedAt ?? 0) - (b.job?.times.queuedAt ?? 0));
    for (const slot of waiting) {
      const job = slot.job as Job;
      const leader = this.options.reusePrefixes ? findLeader(this.slots, job) : undefined;
      if (leader) {
        this.startJob(job, job.options.prompt.length, () => follow(job, leader));
        continue;
      }
      const placed = await placePrompt(this.native, this.slots, slot, {
        reuse: this.options.reusePrefixes,
        worthCopying: this.meter.tokensWorthCopying(),
      });
      if (placed && !job.over) this.startJob(job, slot.tokens.length, () => (job.phase = "prefill"));
    }
  }

  private startJob(job: Job, cachedTokens: number, begin: () => void): void {
    job.cachedTokens = cachedTokens;
    job.times.startedAt = performance.now();
    this.guard(job, () => {
      if (job.options.maxTokens > 0) job.sampler = job.options.createSampler();
      begin();
    });
  }

  private async collect(parts: readonly SlotPart[], results: readonly PartResult[]): Promise<void> {
    for (const [i, part] of parts.entries()) {
      const { slot, job, tokens } = part;
      slot.tokens.push(...tokens);
      if (part.position < job.options.prompt.length) this.countPrompt(job, tokens.length);
      const result = results[i];
      if (!result) continue;
      if (part.allLogits && !job.over) await this.readPrompt(part, result.logitIndexes);
      if (result.sample) await this.takeSamples(part, result, result.sample);
      else if (!job.over && job.options.maxTokens === 0 && slot.tokens.length === job.options.prompt.length) this.end(job, "length");
    }
  }

  private countPrompt(job: Job, tokens: number): void {
    job.evaluatedTokens += tokens;
    this.queue.count(job, tokens);
  }

  /** The logits of a place say how likely the prompt's next token was there. */
  private async readPrompt({ job, position, tokens }: SlotPart, logitIndexes: readonly number[]): Promise<void> {
    const { prompt, promptTopLogprobs = 0, onPromptToken } = job.options;
    for (const offset of tokens.keys()) {
      const next = prompt[position + offset + 1];
      if (next === undefined) return;
      const logits = await this.native.readLogits(logitIndexes[offset] ?? 0, promptTopLogprobs, [next]);
      this.guard(job, () => onPromptToken?.(next, logits));
    }
  }

  /** The job of a part and those that follow it have their tokens; a slot's job may have become over meanwhile. */
  private async takeSamples(
    { slot, job, followers }: SlotPart,
    { moreSamples, logitIndexes }: PartResult,
    sample: SampledToken,
  ): Promise<void> {
    const logitIndex = logitIndexes.at(-1) ?? 0;
    await this.takeSample(job, sample, logitIndex);
    for (const [i, follower] of followers.entries()) await this.takeSample(follower, moreSamples[i] ?? { error: noSample() }, logitIndex);
    if (followers.length > 0) await regroup(this.native, this.slots, slot, followers);
  }

  private async takeSample(job: Job, sample: SampledToken, logitIndex: number): Promise<void> {
    if (job.over) return;
    if ("error" in sample) return this.fail(job, sample.error);
    const { topLogprobs, logitTokens = [], steer } = job.options;
    let { token } = sample;
    if (steer && token >= 0) this.guard(job, () => (token = steer(token)));
    if (job.over) return;
    const logits = topLogprobs === undefined ? undefined : await this.native.readLogits(logitIndex, topLogprobs, [token, ...logitTokens]);
    // its reader may have gone away while they were read
    if (!job.over) this.accept(job, token, { logits, drawn: drawnAs(token, sample) });
  }

  private accept(job: Job, token: number, reading: TokenReading): void {
    if (token < 0) return this.fail(job, new Error("the sampler found no token to choose"));
    job.generated++;
    this.queue.count(job, 1);
    job.times.firstTokenAt ??= performance.now();
    const { stopTokens, keepsStop } = job.options;
    const isStop = stopTokens?.has(token) === true;
    const ended = isStop || this.options.isEndToken(token);
    const isLast = ended && !(isStop && keepsStop);
    if (!isLast) this.deliveries.add({ job, token, reading });
    const end = ended ? "stop" : job.generated >= job.options.maxTokens ? "length" : undefined;
    job.next = token;
    job.phase = "decode";
    if (end !== undefined) this.end(job, end, isLast ? { token, ...reading } : undefined);
  }

  private end(job: Job, end: "stop" | "length", last?: EndToken): void {
    job.cancel();
    this.deliveries.add({ job, end, last });
  }

  /** Hands out tokens and ends, while the next batch runs. */
  private deliver(): void {
    this.deliveries.handOut((job, work) => this.guard(job, work));
  }

  /** An error in what belongs to one job ends that job only. */
  private guard(job: Job, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(job, error);
    }
  }

  private fail(job: Job, error: unknown): void {
    job.cancel();
    job.options.onError(error);
  }

  private releaseOver(): void {
    for (const slot of this.slots) replaceLeader(this.slots, slot);
    for (const slot of this.slots) {
      if (!slot.job?.over) continue;
      const { sampler, times } = slot.job;
      sampler?.release();
      if (times.startedAt !== undefined) this.meter.recordJob((times.endedAt ?? performance.now()) - times.startedAt);
      this.queue.end(slot.job);
      slot.job = undefined;
      slot.lastUsed = ++this.releases;
    }
  }

  /** A failed evaluation leaves the caches unknown: its jobs fail, the slots start empty, and the next jobs go on. */
  private failAll(error: unknown): void {
    this.deliver();
    for (const slot of this.slots) {
      if (slot.job && !slot.job.over) this.fail(slot.job, error);
      this.native.clear(slot.id);
      slot.tokens = [];
    }
    this.releaseOver();
  }
}

/** What a token was drawn from; one that took the place of the sampled one was not drawn. */
function drawnAs(token: number, { token: sampled, drawn }: Exclude<SampledToken, { error: unknown }>): TokenReading["drawn"] {
  return token === sampled || !drawn ? drawn : { ...drawn, own: 0 };
}

function noSample(): Error {
  return new Error("the step gave no token");
}
