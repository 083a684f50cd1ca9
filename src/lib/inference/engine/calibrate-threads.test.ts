import { describe, expect, it, onTestFinished, vi } from "vitest";
import { calibrateThreads, threadsFor } from "./calibrate-threads.js";
import type { BatchPart, NativeContext } from "./native-context.js";

/** A context whose steps take as long as the test says, by threads and answers at once. */
function timedContext(stepMs: (threads: number, answers: number) => number): NativeContext {
  let threads = 0;
  const context = {
    setThreads: (count: number) => (threads = count),
    step: (parts: BatchPart[]) => new Promise((resolve) => setTimeout(resolve, stepMs(threads, parts.length), [])),
    createSampler: () => ({ release: () => undefined }),
    clear: () => undefined,
  };
  return context as unknown as NativeContext;
}

describe("calibrateThreads", () => {
  it("takes the fastest count for one answer and for several, and all for prompts", async () => {
    const { plan } = await calibrateThreads(
      timedContext((threads, answers) => (answers === 1 ? 10 * threads : 60 / threads)),
      4,
      4,
    );
    expect(plan).toEqual({ single: 1, several: 4, prompt: 4, promptFrom: 32 });
  });

  it("tells what it measured, so that a count can be chosen anew", async () => {
    const { counts, measured } = await calibrateThreads(
      timedContext((threads, answers) => (answers === 1 ? 10 * threads : 60 / threads)),
      4,
      4,
    );
    expect(counts).toEqual([1, 2, 4]);
    expect([...measured.keys()]).toEqual([1, 4]);
    expect(measured.get(4)?.get(1)).toBeGreaterThan(50);
  });

  it("leaves the serving thread a core where steps are very short, however fast all cores look", async () => {
    expect(
      (
        await calibrateThreads(
          timedContext(() => 0),
          2,
          4,
        )
      ).plan.single,
    ).toBe(1);
  });

  it("uses all cores only for steps that are long without them", async () => {
    let clock = 0;
    const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
    onTestFinished(() => now.mockRestore());
    const promptFrom = async (ms: number) => {
      const context = Object.assign(
        timedContext(() => 0),
        { step: () => Promise.resolve((clock += ms)) },
      );
      return (await calibrateThreads(context, 2, 4)).plan.promptFrom;
    };
    expect(await promptFrom(0.1)).toBe(512);
    expect(await promptFrom(12)).toBe(160);
    expect(await promptFrom(100)).toBe(32);
  });

  it("has nothing to choose on one core", async () => {
    const { plan, counts } = await calibrateThreads(
      timedContext(() => 0),
      1,
      4,
    );
    expect(counts).toEqual([1]);
    expect(plan).toEqual({ single: 1, several: 1, prompt: 1, promptFrom: 32 });
  });
});

it("threadsFor tells answers from prompts by the size of a step", () => {
  const plan = { single: 1, several: 2, prompt: 8, promptFrom: 100 };
  expect([1, 4, 200].map((tokens) => threadsFor(plan, tokens))).toEqual([1, 2, 8]);
});
