import { FairQueue, type QueuedJob } from "../../src/lib/inference/engine/fair-queue.js";

/** A job as somebody asks for it. */
export interface Asked {
  caller: string;
  prompt: number;
  answer: number;
  priority?: number;
  /** The step in which it comes. */
  at?: number;
}

let made = 0;

/** A job that takes its prompt and then its answer, token by token. */
export class CountedJob implements QueuedJob {
  readonly caller: string;
  readonly priority: number;
  readonly order = ++made;
  over = false;
  startedAt: number | undefined;
  generated = 0;
  promptLeft: number;
  readonly tokens: number;
  private readonly answer: number;

  constructor({ caller, prompt, answer, priority = 0 }: Asked) {
    this.caller = caller;
    this.priority = priority;
    this.promptLeft = prompt;
    this.answer = answer;
    this.tokens = prompt + answer;
  }

  get pending(): boolean {
    return this.generated === 0;
  }

  get done(): boolean {
    return this.generated === this.answer;
  }
}

/** An engine that only counts: so many slots, and so many prompt tokens a step. */
export class CountingEngine {
  readonly queue = new FairQueue<CountedJob>();
  readonly started: CountedJob[] = [];
  readonly running: CountedJob[] = [];
  private readonly slots: number;
  private readonly room: number;
  private readonly served = new Map<string, number>();
  private steps = 0;

  constructor({ slots = 1, room = 8 }: { slots?: number; room?: number } = {}) {
    this.slots = slots;
    this.room = room;
  }

  ask(asked: Asked): CountedJob {
    const job = new CountedJob(asked);
    this.queue.add(job);
    return job;
  }

  servedTo(caller: string): number {
    return this.served.get(caller) ?? 0;
  }

  /** True while there is work. */
  step(): boolean {
    this.admit();
    this.steps++;
    for (const job of this.running) if (job.promptLeft === 0) this.take(job, 1, () => job.generated++);
    let room = this.room;
    for (const job of this.running.filter(({ promptLeft }) => promptLeft > 0).sort(this.queue.compare)) {
      const tokens = Math.min(room, job.promptLeft);
      room -= tokens;
      if (tokens > 0) this.take(job, tokens, () => (job.promptLeft -= tokens));
    }
    for (const job of this.running.filter((one) => one.done || one.over)) {
      this.running.splice(this.running.indexOf(job), 1);
      this.queue.end(job);
    }
    return this.running.length > 0 || this.queue.next() !== undefined;
  }

  private admit(): void {
    for (let job = this.queue.next(); job && this.running.length < this.slots; job = this.queue.next()) {
      this.queue.start(job);
      job.startedAt = this.steps;
      this.started.push(job);
      this.running.push(job);
    }
  }

  private take(job: CountedJob, tokens: number, work: () => void): void {
    work();
    this.queue.count(job, tokens);
    this.served.set(job.caller, this.servedTo(job.caller) + tokens);
  }
}
