import { describe, expect, it } from "vitest";
import type { JobOptions } from "./job.js";
import type { BatchPart, NativeContext } from "./native-context.js";
import { fixedThreads } from "./step-threads.js";
import { Scheduler } from "./scheduler.js";

const END = 0;

/** Samplers that give their tokens one after the other, over a context that only keeps count. Its steps can be told to fail. */
class ScriptedContext {
  readonly batches: BatchPart[][] = [];
  readonly copies: [number, number][] = [];
  readonly cleared: number[] = [];
  failing = false;
  /** Called while something is awaited. */
  meanwhile: () => void = () => undefined;
  private readonly held = new Map<number, number>();

  async step(parts: readonly BatchPart[]) {
    this.batches.push([...parts]);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failing) throw new Error("Eval has failed");
    return parts.map(({ sequence, position, tokens, sampler, moreSamplers = [] }) => {
      expect(position, `position in sequence ${sequence}`).toBe(this.held.get(sequence) ?? 0);
      this.held.set(sequence, position + tokens.length);
      const draw = (one: unknown) => ({ token: (one as { next: () => number }).next() });
      return { logitIndexes: [0], sample: sampler && draw(sampler), moreSamples: moreSamplers.map(draw) };
    });
  }

  async readLogits() {
    this.meanwhile();
    return { top: [], logProbabilities: [] };
  }

  async copy(target: number, source: number) {
    this.copies.push([target, source]);
    this.meanwhile();
    this.held.set(target, this.held.get(source) ?? 0);
  }

  truncate(sequence: number, length: number) {
    this.held.set(sequence, length);
    return true;
  }

  clear(sequence: number) {
    this.cleared.push(sequence);
    this.held.delete(sequence);
  }

  isWhole = (sequence: number) => this.held.has(sequence);
  setThreads = () => undefined;
}

const range = (length: number, from = 1) => Array.from({ length }, (_, i) => i + from);

function setUp(slots: number) {
  const native = new ScriptedContext();
  const scheduler = new Scheduler(native as unknown as NativeContext, {
    slots,
    batchSize: 128,
    slotBytes: 1,
    reusePrefixes: true,
    isEndToken: (token) => token === END,
    threads: fixedThreads(1),
  });
  const log: string[] = [];
  /** Submits a job that will be given `tokens`; what happens to it is written to the log. */
  const submit = (name: string, prompt: number[], tokens: number[], more: Partial<JobOptions> = {}) => {
    const script = [...tokens];
    const sampler = {
      next: () => script.shift() ?? END,
      constrain: () => undefined,
      bias: () => undefined,
      release: () => log.push(`${name} released`),
    };
    return scheduler.submit({
      prompt,
      maxTokens: 100,
      createSampler: () => sampler,
      onToken: (token) => log.push(`${name} ${token}`) === 0,
      onEnd: (reason) => log.push(`${name} ${reason}`),
      onError: (error) => log.push(`${name} failed: ${(error as Error).message}`),
      ...more,
    });
  };
  return { native, scheduler, submit, log };
}

describe("Scheduler", () => {
  it("leaves a job cancelled that is cancelled while its probabilities are read", async () => {
    const { native, submit, scheduler, log } = setUp(1);
    const job = submit("gone", [1], range(50, 5), { topLogprobs: 2 });
    native.meanwhile = () => {
      if (job.generated === 2) job.cancel();
    };
    await scheduler.idle();
    expect(job).toMatchObject({ over: true, generated: 2 });
    expect(log).toEqual(["gone 5", "gone 6", "gone released"]);
  });

  it("leaves a job cancelled that is cancelled while it parts from one it followed", async () => {
    const { native, submit, scheduler, log } = setUp(2);
    const stays = submit("stays", [1, 2], [5, 6, 7]);
    const goes = submit("goes", [1, 2], range(50, 60));
    native.meanwhile = () => goes.cancel();
    await scheduler.idle();
    expect([stays.over, goes.over]).toEqual([true, true]);
    expect(native.copies).toHaveLength(1);
    expect(goes.generated).toBeLessThan(3);
    expect(log).toContain("stays 7");
  });

  it("runs a job that comes at the very moment the last one ended", async () => {
    for (let ticks = 0; ticks < 8; ticks++) {
      const { submit, scheduler, log } = setUp(1);
      const late = async () => {
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
        submit("second", [1, 2], [5]);
      };
      let done: Promise<void> | undefined;
      submit("first", [1], [], { onEnd: () => void (done = late()) });
      await scheduler.idle();
      await done;
      await expect.poll(() => log, { interval: 1, message: `after ${ticks} ticks` }).toContain("second stop");
    }
  });

  it("evaluates running answers together and ends them by end token or by length", async () => {
    const { native, scheduler, submit, log } = setUp(2);
    submit("a", range(5), [11, 12, END]);
    submit("b", range(5, 50), [21, 22, 23, 24], { maxTokens: 3 });
    await scheduler.idle();
    const ofJob = (name: string) => log.filter((line) => line.startsWith(name) && !line.endsWith("released"));
    expect(ofJob("a")).toEqual(["a 11", "a 12", "a stop"]);
    expect(ofJob("b")).toEqual(["b 21", "b 22", "b 23", "b length"]);
    expect(native.batches.map((parts) => parts.length)).toEqual([2, 2, 2]);
  });

  it("starts waiting jobs in the order they came, as soon as a slot is free", async () => {
    const { scheduler, submit, log } = setUp(1);
    for (const name of ["a", "b", "c"]) submit(name, range(3, name.charCodeAt(0)), [1, END]);
    await scheduler.idle();
    expect(log.filter((line) => line.endsWith("stop"))).toEqual(["a stop", "b stop", "c stop"]);
  });

  it("drops the token that is already on its way when the owner ends a job", async () => {
    const { scheduler, submit, log } = setUp(1);
    submit("a", range(3), [11, 12, 13], { onToken: (token) => log.push(`a ${token}`) > 0 && token === 11 });
    await scheduler.idle();
    expect(log).toEqual(["a 11", "a stop", "a released"]);
  });

  it("ends a job once that its owner ends at the last token it may have", async () => {
    const { scheduler, submit, log } = setUp(1);
    submit("a", range(3), [11, 12], { maxTokens: 1, onToken: () => true });
    await scheduler.idle();
    expect(log.filter((line) => !line.endsWith("released"))).toEqual(["a stop"]);
  });

  it("empties every slot after an evaluation that failed: nobody knows what is in them", async () => {
    const { native, scheduler, submit, log } = setUp(2);
    submit("a", range(5), [1, 2, END], { onToken: () => ((native.failing = true), false) });
    await scheduler.idle();
    expect(log).toContain("a failed: Eval has failed");
    expect(native.cleared).toEqual([0, 1]);
    native.failing = false;
    submit("b", range(5), [7, END]);
    await scheduler.idle();
    expect(log.filter((line) => line.startsWith("b"))).toEqual(expect.arrayContaining(["b 7", "b stop"]));
  });

  it("frees the slot of a cancelled job, also of one that waits", async () => {
    const { scheduler, submit, log } = setUp(1);
    const running = submit("a", range(3), Array(1e6).fill(5), { maxTokens: 1e6 });
    const waiting = submit("b", range(3, 40), [1]);
    submit("c", range(3, 80), [1, END]);
    await expect.poll(() => log, { interval: 1 }).toContain("a 5");
    running.cancel();
    waiting.cancel();
    await scheduler.idle();
    expect(log.some((line) => line.startsWith("b"))).toBe(false);
    expect(log).toContain("c stop");
    expect(scheduler.busySlots).toBe(0);
  });

  it("evaluates a long beginning once for a burst of requests over it, and copies it to the others", async () => {
    const { native, scheduler, submit } = setUp(3);
    const shared = range(300, 1000);
    for (const own of [1, 2, 3]) submit(`${own}`, [...shared, own], [9, END]);
    await scheduler.idle();
    const evaluated = native.batches.flat().reduce((sum, part) => sum + part.tokens.length, 0);
    expect(native.copies).toHaveLength(2);
    expect(evaluated).toBeLessThan(2 * 300);
  });

  it("lets the next one evaluate the beginning when the one that did is cancelled", async () => {
    const { scheduler, submit, log } = setUp(2);
    const first = submit("a", [...range(400), 1], [9, END]);
    submit("b", [...range(400), 2], [9, END]);
    await new Promise((resolve) => setImmediate(resolve));
    first.cancel();
    await scheduler.idle();
    expect(log).toContain("b stop");
  });

  it("answers a failed evaluation with an error and continues with the next request", async () => {
    const { native, scheduler, submit, log } = setUp(2);
    native.failing = true;
    submit("a", range(5), [1]);
    await scheduler.idle();
    native.failing = false;
    submit("b", range(5), [1, END]);
    await scheduler.idle();
    expect(log.filter((line) => !line.endsWith("released"))).toEqual(["a failed: Eval has failed", "b 1", "b stop"]);
  });

  it("keeps an error of one job to that job", async () => {
    const { scheduler, submit, log } = setUp(2);
    submit("a", range(5), [1, END], {
      createSampler: () => {
        throw new Error("bad grammar");
      },
    });
    submit("b", range(5, 60), [1, END]);
    await scheduler.idle();
    expect(log).toContain("a failed: bad grammar");
    expect(log).toContain("b stop");
  });

  describe("with several jobs over one prompt", () => {
    const evaluated = (native: ScriptedContext) => native.batches.flat().reduce((sum, part) => sum + part.tokens.length, 0);
    const ofJob = (log: string[], name: string) => log.filter((line) => line.startsWith(`${name} `) && !line.endsWith("released"));

    it("evaluates what they have in common once, each with its own tokens and end", async () => {
      const { native, scheduler, submit, log } = setUp(4);
      submit("a", range(5), [11, 12, 13, END]);
      submit("b", range(5), [11, 12, 13, END]);
      submit("c", range(5), [11, 12, 33, 34, END]);
      submit("d", range(5), [11, 42, END], { maxTokens: 2 });
      await scheduler.idle();
      expect(ofJob(log, "a")).toEqual(["a 11", "a 12", "a 13", "a stop"]);
      expect(ofJob(log, "b")).toEqual(["b 11", "b 12", "b 13", "b stop"]);
      expect(ofJob(log, "c")).toEqual(["c 11", "c 12", "c 33", "c 34", "c stop"]);
      expect(ofJob(log, "d")).toEqual(["d 11", "d 42", "d length"]);
      // the prompt, 11, 12, 13 of a and b; 33, 34 of c; d ends where it parts
      expect(evaluated(native)).toBe(5 + 3 + 2);
      expect(native.copies).toHaveLength(1);
      expect(log.filter((line) => line.endsWith("released"))).toHaveLength(4);
      expect(scheduler.busySlots).toBe(0);
    });

    it("continues with the others when the one that leads is cancelled, or ends first", async () => {
      const { native, scheduler, submit, log } = setUp(3);
      const many = range(500, 1000);
      const leader = submit("a", range(5), many);
      submit("b", range(5), [...many.slice(0, 300), 7, END], { maxTokens: 1000 });
      submit("c", range(5), [...many.slice(0, 400), END], { maxTokens: 1000 });
      await expect.poll(() => leader.generated, { interval: 1 }).toBeGreaterThan(0);
      leader.cancel();
      await scheduler.idle();
      expect(ofJob(log, "b")).toHaveLength(302);
      expect(ofJob(log, "b").slice(-2)).toEqual(["b 7", "b stop"]);
      expect(ofJob(log, "c")).toHaveLength(401);
      expect(evaluated(native)).toBe(5 + 400 + 1);
    });

    it("answers all of them when an evaluation fails, and one alone when its sampler does", async () => {
      const { native, scheduler, submit, log } = setUp(3);
      native.failing = true;
      submit("a", range(5), [1]);
      submit("b", range(5), [1]);
      await scheduler.idle();
      expect(ofJob(log, "a")).toEqual(["a failed: Eval has failed"]);
      expect(ofJob(log, "b")).toEqual(["b failed: Eval has failed"]);
      native.failing = false;
      submit("c", range(5), [1, 2, END]);
      submit("d", range(5), [-1]);
      submit("e", range(5), [1, 2, END]);
      await scheduler.idle();
      expect(ofJob(log, "d")).toEqual(["d failed: the sampler found no token to choose"]);
      for (const name of ["c", "e"]) expect(ofJob(log, name)).toEqual([`${name} 1`, `${name} 2`, `${name} stop`]);
    });

    it("keeps every job's tokens whatever happens: 300 random bursts with cancellations", async () => {
      let seed = 7;
      const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
      for (let round = 0; round < 300; round++) {
        const { scheduler, submit, log } = setUp(1 + Math.floor(random() * 6));
        const jobs = Array.from({ length: 8 }, (_, i) => {
          const tokens = Array.from({ length: 1 + Math.floor(random() * 6) }, () => 1 + Math.floor(random() * 2));
          const prompt = range(3, random() < 0.7 ? 1 : 50);
          const job = submit(String(i), prompt, [...tokens, END]);
          const cancelled = random() < 0.2;
          if (cancelled) setTimeout(() => job.cancel(), random() * 3);
          return { name: String(i), tokens, cancelled };
        });
        await scheduler.idle();
        for (const { name, tokens, cancelled } of jobs) {
          const expected = [...tokens.map((token) => `${name} ${token}`), `${name} stop`];
          const seen = ofJob(log, name);
          expect(seen).toEqual(cancelled ? expected.slice(0, seen.length) : expected);
        }
        expect(scheduler.busySlots).toBe(0);
      }
    });
  });
});
