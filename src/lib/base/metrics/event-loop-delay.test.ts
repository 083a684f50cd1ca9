import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { eventLoopDelay } from "./event-loop-delay.js";

it("the delay of the event loop is as long as it was blocked", async () => {
  eventLoopDelay();
  await wait(50);
  const begun = performance.now();
  while (performance.now() - begun < 150);
  await expect.poll(() => eventLoopDelay().max).toBeGreaterThan(0.12);
  const { p50, p99, max } = eventLoopDelay();
  expect(p50).toBeLessThan(0.1);
  expect(p99).toBeLessThanOrEqual(max);
});
