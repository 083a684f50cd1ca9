import { expect, it } from "vitest";
import { StepMeter } from "./step-meter.js";

it("gives prompts what fits into a short pause, and more while many wait", () => {
  const meter = new StepMeter(0);
  expect(meter.promptTokensBeside(4, 1)).toBe(128);
  meter.record(512, 512);
  expect(meter.promptTokensBeside(4, 1)).toBe(400);
  expect(meter.promptTokensBeside(4, 4)).toBe(1500);
});

it("never gives so little that prompts crawl, and learns nothing from single tokens", () => {
  const meter = new StepMeter(0);
  meter.record(64, 64_000);
  meter.record(1, 0.001);
  expect(meter.promptTokensBeside(4, 1)).toBe(64);
});

it("copies a slot only where that spares more time than it takes", () => {
  const small = new StepMeter(1_000_000);
  const large = new StepMeter(2_000_000_000);
  for (const meter of [small, large]) meter.record(512, 512);
  expect(small.tokensWorthCopying()).toBe(64);
  expect(large.tokensWorthCopying()).toBe(1000);
});

it("gives prompts less at once after a step that was held up, and more again step by step", () => {
  const meter = new StepMeter(0);
  for (let i = 0; i < 20; i++) meter.record(512, 512);
  meter.record(512, 51_200);
  expect(meter.promptTokensBeside(4, 1)).toBeLessThan(64 + 1);
  for (let i = 0; i < 20; i++) meter.record(512, 512);
  expect(meter.promptTokensBeside(4, 1)).toBeGreaterThan(350);
});
