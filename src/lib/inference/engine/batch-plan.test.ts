import { describe, expect, it } from "vitest";
import { planBatch } from "./batch-plan.js";
import { Job } from "./job.js";
import type { Slot } from "./slots.js";

let clock = 0;

function slot(id: number, phase: "prefill" | "decode", promptTokens: number, held = 0): Slot {
  const job = new Job({
    prompt: Array.from({ length: promptTokens }, (_, i) => i),
    maxTokens: 8,
    createSampler: () => ({ constrain: () => undefined, bias: () => undefined, release: () => undefined }),
    onToken: () => false,
    onEnd: () => undefined,
    onError: () => undefined,
  });
  job.phase = phase;
  job.next = 7;
  job.sampler = { constrain: () => undefined, bias: () => undefined, release: () => undefined };
  job.times.queuedAt = ++clock;
  return { id, job, tokens: Array.from({ length: held }, (_, i) => i), lastUsed: 0 };
}

const compare = (a: Job, b: Job) => a.times.queuedAt - b.times.queuedAt;
const limits = { batchSize: 512, promptTokensBeside: () => 128, compare };
const shape = (slots: Slot[], own = limits) =>
  planBatch(slots, own).map((part) => [part.sequence, part.tokens.length, part.sampler !== undefined]);

describe("planBatch", () => {
  it("gives every running answer one token and samples after it", () => {
    expect(shape([slot(0, "decode", 10, 10), slot(1, "decode", 10, 12)])).toEqual([
      [0, 1, true],
      [1, 1, true],
    ]);
  });

  it("packs whole prompts, first come first served, in slot order", () => {
    const slots = [slot(2, "prefill", 300), slot(0, "prefill", 100), slot(1, "prefill", 200)];
    expect(shape(slots)).toEqual([
      [0, 100, true],
      [2, 300, true],
    ]);
  });

  it("cuts a prompt that is longer than any batch, and samples only after its end", () => {
    expect(shape([slot(0, "prefill", 1300)])).toEqual([[0, 512, false]]);
    expect(shape([slot(0, "prefill", 1300, 1024)])).toEqual([[0, 276, true]]);
  });

  it("gives prompts less room beside running answers, so that these do not stutter", () => {
    expect(shape([slot(0, "decode", 5, 5), slot(1, "prefill", 600)])).toEqual([
      [0, 1, true],
      [1, 128, false],
    ]);
  });

  it("takes a prompt whole that is only a little longer than its room", () => {
    expect(shape([slot(0, "decode", 5, 5), slot(1, "prefill", 150)])).toEqual([
      [0, 1, true],
      [1, 150, true],
    ]);
  });

  it("leaves few tokens more than the others have for the next steps, where they cost no pass of their own", () => {
    const [long, short] = [slot(0, "prefill", 103), slot(1, "prefill", 100)];
    expect(shape([long, short])).toEqual([
      [0, 100, false],
      [1, 100, true],
    ]);
    const rest = slot(0, "prefill", 103, 100);
    expect(shape([rest, slot(1, "decode", 100, 100)])).toEqual([
      [0, 1, false],
      [1, 1, true],
    ]);
    expect(shape([rest])).toEqual([[0, 3, true]]);
  });

  it("never exceeds the batch", () => {
    const slots = Array.from({ length: 32 }, (_, id) => slot(id, id < 8 ? "decode" : "prefill", 40));
    const total = planBatch(slots, { batchSize: 64, promptTokensBeside: () => 1000, compare }).reduce(
      (sum, part) => sum + part.tokens.length,
      0,
    );
    expect(total).toBeLessThanOrEqual(64);
  });

  it("is empty when nothing is to be done", () => expect(shape([{ id: 0, tokens: [], job: undefined, lastUsed: 0 }])).toEqual([]));
});
