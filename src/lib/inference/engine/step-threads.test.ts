import { expect, it, onTestFinished, vi } from "vitest";
import type { Calibration } from "./calibrate-threads.js";
import { MachineLoad } from "./machine-load.js";
import { adaptiveThreads, describeThreads, fixedThreads, type StepThreads } from "./step-threads.js";

const MEASURED: Calibration = {
  plan: { single: 2, several: 2, prompt: 2, promptFrom: 32 },
  counts: [1, 2],
  measured: new Map([[1, new Map([[1, 30], [2, 16]])]]), // prettier-ignore
};

/** Two threads are held up wherever somebody else wants to run. */
function stepOf(threads: StepThreads, clock: { ms: number }, others: number): number {
  const count = threads.next(1);
  const elapsedMs = count === 1 ? 40 : others > 0 ? 200 : 16;
  clock.ms += elapsedMs;
  threads.record(1, count, elapsedMs);
  return count;
}

function start() {
  const clock = { ms: 0 };
  const spy = vi.spyOn(performance, "now").mockImplementation(() => clock.ms);
  onTestFinished(() => spy.mockRestore());
  const machine = { others: 0 };
  const load = new MachineLoad({ cores: 2, machineCores: 2, readRunnable: () => 1 + machine.others });
  const threads = adaptiveThreads(MEASURED, { load, isQuiet: true });
  const steps = (count: number) => Array.from({ length: count }, () => stepOf(threads, clock, machine.others));
  return { threads, machine, steps };
}

it("threads follow who else wants to run, and say so now and then", () => {
  const { threads, machine, steps } = start();
  const told: string[] = [];
  threads.onChange = (state) => told.push(describeThreads(state));
  expect(steps(50).every((count) => count === 2)).toBe(true);
  machine.others = 2;
  const busy = steps(400);
  expect(busy.indexOf(1)).toBeLessThan(4);
  expect(busy.filter((count) => count === 2).length).toBeLessThan(20);
  machine.others = 0;
  expect(steps(50).indexOf(2)).toBeLessThan(4);
  expect(told[0]).toContain("1 (one answer)");
  expect(told).toContain("1, adapting, while others take 2 cores");
});

it("a fixed count stays", () => {
  const threads = fixedThreads(3);
  threads.record(1, 3, 10_000);
  expect([threads.next(1), threads.next(500)]).toEqual([3, 3]);
  expect(describeThreads(threads.state)).toBe("3");
});
