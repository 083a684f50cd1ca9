import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { atOnce, inSlices, SLICE_MS, type Steps } from "./slices.js";

/** Work of `steps` steps that take `stepMs` each. */
function* busy(steps: number, stepMs: number): Steps<number> {
  for (let step = 0; step < steps; step++) {
    const end = performance.now() + stepMs;
    while (performance.now() < end);
    yield;
  }
  return steps;
}

async function countTurns(work: Promise<unknown>): Promise<number> {
  let over = false;
  let turns = 0;
  void work.then(() => (over = true));
  while (!over) {
    await nextTurn();
    turns++;
  }
  return turns;
}

describe("inSlices", () => {
  it("gives the result of the work, as doing it at once does", async () => {
    expect(await inSlices(busy(3, 0))).toBe(3);
    expect(atOnce(busy(3, 0))).toBe(3);
  });

  it("lets the event loop turn between slices", async () => {
    expect(await countTurns(inSlices(busy(40, SLICE_MS)))).toBeGreaterThanOrEqual(39);
  });

  it("does one slice in a turn, however many works there are", async () => {
    const works = Array.from({ length: 8 }, () => inSlices(busy(6, SLICE_MS)));
    // the first step of each is done at once, and each turn after that has one step
    expect(await countTurns(Promise.all(works))).toBeGreaterThanOrEqual(8 * 5 - 1);
  });

  it("rejects with what the work throws, and ends with its signal", async () => {
    const broken = (function* (): Steps<void> {
      yield;
      throw new Error("broken");
    })();
    await expect(inSlices(broken)).rejects.toThrow("broken");
    const controller = new AbortController();
    const running = inSlices(busy(1000, SLICE_MS), { signal: controller.signal });
    controller.abort(new Error("gone"));
    await expect(running).rejects.toThrow("gone");
  });
});
