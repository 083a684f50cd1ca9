import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { Pace } from "./pace.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});

/** Whether one that waits 10 ms gets its turn, where the clock moves by `stepMs` whenever it is read, and runs `rate` times as fast as timers. */
async function getsItsTurn(stepMs: number, rate: number): Promise<boolean> {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += stepMs));
  const pace = new Pace();
  const { signal } = new AbortController();
  (await pace.enter(signal)).refused(0.01);
  let hasTurn = false;
  void pace.enter(signal, true).then(() => (hasTurn = true));
  for (let ms = 0; ms < 100 && !hasTurn; ms++) {
    now += rate;
    await vi.advanceTimersByTimeAsync(1);
  }
  return hasTurn;
}

it("whoever waits gets a turn once the pause is over, at whatever moment the clock is read", async () => {
  for (let step = 1; step <= 200; step++) {
    for (const rate of [1, 0.8]) expect(await getsItsTurn(step / 20, rate), `${step / 20} ms, ${rate}`).toBe(true);
  }
});
