import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { GradingTask } from "../judge/judge-method.js";
import { withinPatience } from "./judge-patience.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const after = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

function taskOf(signal = new AbortController().signal): GradingTask {
  const asked = () => after(5000).then(() => ({}) as never);
  return { timeoutMs: 1000, signal, ask: asked, read: asked, answer: asked, vote: asked } as unknown as GradingTask;
}

it("gives what a judge gives, however long the model takes", async () => {
  const verdict = withinPatience(taskOf(), async ({ read, vote }) => {
    await after(900);
    await read();
    await after(900);
    await Promise.all([read(), after(3000).then(() => vote())]);
    return 1;
  });
  await vi.runAllTimersAsync();
  expect(await verdict).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("ends one that takes too long by itself, before or after a request", async () => {
  const never = withinPatience(taskOf(), () => new Promise(() => undefined));
  const later = withinPatience(taskOf(), ({ read }) => read().then(() => after(1100)));
  const both = Promise.all([
    expect(never).rejects.toThrow("it took longer than 1 s by itself (--timeout)"),
    expect(later).rejects.toThrow("by itself"),
  ]);
  await vi.runAllTimersAsync();
  await both;
});

it("ends with the signal", async () => {
  const controller = new AbortController();
  const verdict = withinPatience(taskOf(controller.signal), () => new Promise(() => undefined));
  controller.abort(new Error("enough"));
  await expect(verdict).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
});
