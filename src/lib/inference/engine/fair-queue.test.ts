import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CountingEngine, type Asked, type CountedJob } from "../../../../test/helpers/counting-engine.js";

const RUNS = 300;

const size = fc.record({ prompt: fc.integer({ min: 1, max: 60 }), answer: fc.integer({ min: 1, max: 60 }) });
const callers = ["a", "b", "c", "d"];
const asked = fc
  .tuple(size, fc.constantFrom(...callers), fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 0, 0, -1, 5))
  .map(([of, caller, at, priority]) => ({ ...of, caller, at, priority }));
const largestOf = (jobs: readonly Asked[]) => Math.max(...jobs.map(({ prompt, answer }) => prompt + answer));

/** Lets the jobs come when they come; `look` is called after every step. */
function run(engine: CountingEngine, jobs: readonly Asked[], look: (asked: readonly CountedJob[]) => void = () => undefined): CountedJob[] {
  const coming = [...jobs].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const all: CountedJob[] = [];
  for (let step = 0, goesOn = true; goesOn || coming.length > 0; step++) {
    while (coming[0] && (coming[0].at ?? 0) <= step) all.push(engine.ask(coming.shift() as Asked));
    goesOn = engine.step();
    look(all);
  }
  return all;
}

describe("the fair queue", () => {
  it("gives the next slot to a caller who comes during another's burst", () => {
    const engine = new CountingEngine({ slots: 2 });
    for (let i = 0; i < 40; i++) engine.ask({ caller: "burst", prompt: 20, answer: 20 });
    for (let i = 0; i < 5; i++) engine.step();
    const other = engine.ask({ caller: "other", prompt: 20, answer: 20 });
    while (other.startedAt === undefined) engine.step();
    expect(engine.started.indexOf(other)).toBe(2);
  });

  it("shares by tokens, not by requests: who asks for little gets more answers", () => {
    const engine = new CountingEngine();
    for (let i = 0; i < 50; i++) engine.ask({ caller: "long", prompt: 10, answer: 90 });
    for (let i = 0; i < 500; i++) engine.ask({ caller: "short", prompt: 5, answer: 5 });
    for (let i = 0; i < 2000; i++) engine.step();
    expect(Math.abs(engine.servedTo("long") - engine.servedTo("short"))).toBeLessThanOrEqual(100);
  });

  it("evaluates another caller's short prompt before the rest of long ones", () => {
    const engine = new CountingEngine({ slots: 4, room: 8 });
    for (let i = 0; i < 3; i++) engine.ask({ caller: "long", prompt: 4000, answer: 1 });
    for (let i = 0; i < 10; i++) engine.step();
    const short = engine.ask({ caller: "short", prompt: 16, answer: 5 });
    let steps = 0;
    for (; short.pending; steps++) engine.step();
    expect(steps).toBeLessThanOrEqual(4);
  });

  it("does not let many short prompts keep a long one waiting", () => {
    const engine = new CountingEngine({ slots: 2, room: 8 });
    const long = engine.ask({ caller: "long", prompt: 400, answer: 1 });
    for (let i = 0; i < 400 && long.pending; i++) {
      if (engine.running.length < 2) engine.ask({ caller: "short", prompt: 8, answer: 1 });
      engine.step();
    }
    expect(engine.servedTo("short")).toBeLessThanOrEqual(400 + 8);
    expect(long.pending).toBe(false);
  });

  it("gives no credit for having been idle, and no blame for having used what nobody wanted", () => {
    const engine = new CountingEngine();
    for (let i = 0; i < 10; i++) engine.ask({ caller: "a", prompt: 10, answer: 90 });
    while (engine.step());
    for (const caller of ["a", "b", "a", "b", "a", "b"]) engine.ask({ caller, prompt: 10, answer: 90 });
    while (engine.step());
    expect(
      engine.started
        .slice(10)
        .map(({ caller }) => caller)
        .join(""),
    ).toBe("ababab");
  });

  it("does not let what waits at a lower priority lower the level of those before it", () => {
    const engine = new CountingEngine();
    engine.ask({ caller: "a", prompt: 10, answer: 10 });
    engine.step();
    engine.ask({ caller: "later", prompt: 10, answer: 10, priority: 9 });
    for (let i = 0; i < 9; i++) engine.ask({ caller: "a", prompt: 10, answer: 10 });
    while (engine.started.length < 10) engine.step();
    for (const caller of ["a", "b", "a", "b", "a", "b"]) engine.ask({ caller, prompt: 10, answer: 10 });
    while (engine.step());
    const order = engine.started.slice(10).map(({ caller }) => caller);
    expect(order.at(-1)).toBe("later");
    expect(order.slice(0, 6).join("")).toMatch(/^(ab|ba)(ab|ba)(ab|ba)$/);
  });

  it("does not blame a caller for the long answer it gets while nobody else asks", () => {
    const engine = new CountingEngine();
    engine.ask({ caller: "a", prompt: 1, answer: 1000 });
    for (let i = 0; i < 950; i++) engine.step();
    for (const caller of ["b", "a", "b", "a", "b", "a"]) engine.ask({ caller, prompt: 10, answer: 90 });
    while (engine.step());
    expect(
      engine.started
        .slice(1)
        .map(({ caller }) => caller)
        .join(""),
    ).toBe("bababa");
  });

  it("gives no credit for what waits at a lower priority", () => {
    const engine = new CountingEngine();
    engine.ask({ caller: "b", prompt: 10, answer: 90 });
    for (let i = 0; i < 20; i++) engine.ask({ caller: "a", prompt: 10, answer: 90 });
    engine.ask({ caller: "b", prompt: 10, answer: 10, priority: 9 });
    while (engine.started.length < 12) engine.step();
    for (let i = 0; i < 5; i++) engine.ask({ caller: "b", prompt: 10, answer: 90 });
    while (engine.started.length < 20) engine.step();
    const since = engine.started.slice(12).filter(({ caller }) => caller === "b");
    expect(since.length).toBeLessThanOrEqual(4);
    expect(since.length).toBeGreaterThanOrEqual(3);
  });

  it("lets no caller overtake another by calling its own more urgent, and lets all step back", () => {
    const engine = new CountingEngine();
    for (let i = 0; i < 20; i++) engine.ask({ caller: "pushy", prompt: 10, answer: 10, priority: -100 });
    for (let i = 0; i < 10; i++) engine.ask({ caller: "plain", prompt: 10, answer: 10 });
    const later = engine.ask({ caller: "polite", prompt: 10, answer: 10, priority: 1 });
    while (engine.step());
    const order = engine.started.map(({ caller }) => caller);
    expect(order.slice(0, 20).filter((caller) => caller === "plain")).toHaveLength(10);
    expect(engine.started.at(-1)).toBe(later);
  });

  it("counts a prompt from the moment it has a slot, so that free slots are shared too", () => {
    const engine = new CountingEngine({ slots: 4 });
    for (let i = 0; i < 4; i++) engine.ask({ caller: "long", prompt: 100, answer: 10 });
    for (let i = 0; i < 4; i++) engine.ask({ caller: "short", prompt: 10, answer: 10 });
    engine.step();
    expect(engine.started.map(({ caller }) => caller)).toEqual(["long", "short", "short", "short"]);
  });

  it("evaluates two callers' prompts by turns", () => {
    const engine = new CountingEngine({ slots: 2, room: 8 });
    engine.ask({ caller: "long", prompt: 800, answer: 10 });
    for (let i = 0; i < 10; i++) engine.step();
    const other = engine.ask({ caller: "other", prompt: 80, answer: 10 });
    for (let i = 0; i < 22; i++) engine.step();
    expect(other.pending).toBe(false);
  });

  it("passes over jobs that are no longer wanted, and forgets who has none", () => {
    const engine = new CountingEngine();
    const jobs = ["a", "a", "b"].map((caller) => engine.ask({ caller, prompt: 5, answer: 5 }));
    for (const job of jobs.slice(0, 2)) job.over = true;
    expect(engine.queue.waiting).toBe(1);
    expect(engine.queue.next()).toBe(jobs[2]);
    while (engine.step());
    expect(engine.started).toEqual([jobs[2]]);
    for (let i = 0; i < 100; i++) {
      engine.ask({ caller: `one of many ${i}`, prompt: 1, answer: 1 });
      while (engine.step());
    }
    expect((engine.queue as unknown as { accounts: Map<string, unknown> }).accounts.size).toBe(1);
  });

  it("starts jobs that step back last, and of one caller's the most urgent first, then those that came first", () => {
    const property = fc.property(fc.array(asked, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), fc.boolean(), (jobs, slots, alone) => {
      const engine = new CountingEngine({ slots });
      const overtaken: [CountedJob, CountedJob][] = [];
      let seen = 0;
      run(engine, alone ? jobs.map((job) => ({ ...job, caller: "a" })) : jobs, (all) => {
        const waiting = all.filter((job) => job.startedAt === undefined);
        for (const job of engine.started.slice(seen)) {
          const passed = waiting.filter((other) => {
            if (other.caller === job.caller) return (job.priority - other.priority || job.order - other.order) > 0;
            return Math.max(0, job.priority) > Math.max(0, other.priority);
          });
          overtaken.push(...passed.map((other): [CountedJob, CountedJob] => [job, other]));
        }
        seen = engine.started.length;
      });
      expect(overtaken).toEqual([]);
      expect(engine.started).toHaveLength(jobs.length);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("serves callers who begin together and keep asking alike, but for one largest job a slot", () => {
    const kinds = fc.array(fc.array(size, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 });
    const property = fc.property(kinds, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100 }), (sizes, slots, room) => {
      const engine = new CountingEngine({ slots, room });
      const names = callers.slice(0, sizes.length);
      const jobs = sizes.flatMap((own, i) => Array.from({ length: 12 }, (_, j) => ({ ...own[j % own.length]!, caller: names[i]! })));
      const waiting = jobs.map((job) => engine.ask(job));
      const asks = (name: string) => waiting.some(({ caller, startedAt }) => caller === name && startedAt === undefined);
      let apart = 0;
      while (names.every(asks)) {
        engine.step();
        const served = names.map((name) => engine.servedTo(name));
        apart = Math.max(apart, Math.max(...served) - Math.min(...served));
      }
      expect(apart).toBeLessThanOrEqual(slots * largestOf(jobs));
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it("lets nobody starve, however urgent others call theirs: while one waits, no other gets more than it does and two largest jobs a slot", () => {
    const jobs = fc
      .array(asked, { minLength: 2, maxLength: 60 })
      .map((some) => some.map((job) => ({ ...job, priority: Math.min(0, job.priority) })));
    const property = fc.property(jobs, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100 }), (some, slots, room) => {
      const engine = new CountingEngine({ slots, room });
      const since = new Map<string, number[]>();
      let ahead = 0;
      run(engine, some, (all) => {
        for (const [own, name] of callers.entries()) {
          const served = callers.map((one) => engine.servedTo(one));
          if (!all.some(({ caller, startedAt }) => caller === name && startedAt === undefined)) since.delete(name);
          else if (!since.has(name)) since.set(name, served);
          const gains = served.map((now, i) => now - (since.get(name)?.[i] ?? now));
          ahead = Math.max(ahead, Math.max(...gains) - gains[own]!);
        }
      });
      expect(ahead).toBeLessThanOrEqual(2 * slots * largestOf(some));
      expect(engine.started).toHaveLength(some.length);
    });
    fc.assert(property, { numRuns: RUNS });
  });
});
