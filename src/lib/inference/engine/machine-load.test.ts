import { describe, expect, it } from "vitest";
import { MachineLoad } from "./machine-load.js";

/** What is seen after looking so often, 20 ms apart; the threads that want to run are the test's. */
function takenAfter(runnable: (number | undefined)[], options: { cores?: number; machineCores?: number } = {}): number[] {
  let look = 0;
  const load = new MachineLoad({ cores: 4, machineCores: 4, ...options, readRunnable: () => runnable[look] });
  return runnable.map((_, i) => {
    look = i;
    return load.taken(20 * i);
  });
}

describe("MachineLoad", () => {
  it("counts who wants to run beside this thread", () => {
    expect(takenAfter([1, 1]).at(-1)).toBe(0);
    expect(takenAfter([3, 3, 3, 3, 3]).at(-1)).toBe(2);
  });

  it("leaves out what others do for a moment", () => {
    expect(takenAfter([1, 1, 9, 1, 1, 5, 1])).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("notices who stays within a few looks, and at once who goes", () => {
    expect(takenAfter([1, 3, 3, 3, 3, 3, 3, 1]).slice(-3)).toEqual([2, 2, 0]);
  });

  it("counts only what leaves less than this process may use", () => {
    expect(takenAfter([11, 11], { cores: 4, machineCores: 16 }).at(-1)).toBe(0);
    expect(takenAfter([15, 15], { cores: 4, machineCores: 16 }).at(-1)).toBe(2);
  });

  it("knows nothing where the system does not say, and looks no more often than every 20 ms", () => {
    expect(takenAfter([undefined, undefined]).at(-1)).toBe(0);
    let looks = 0;
    const load = new MachineLoad({ cores: 2, machineCores: 2, readRunnable: () => ++looks });
    for (let ms = 0; ms < 100; ms++) load.taken(ms);
    expect(looks).toBe(5);
  });
});
