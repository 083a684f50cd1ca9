import { describe, expect, it } from "vitest";
import { Job } from "./job.js";
import { chooseSlot, commonPrefix, type Slot } from "./slots.js";

const range = (length: number, from = 0) => Array.from({ length }, (_, i) => i + from);
const busy = new Job({
  prompt: [],
  maxTokens: 1,
  createSampler: () => ({ constrain: () => undefined, bias: () => undefined, release: () => undefined }),
  onToken: () => false,
  onEnd: () => undefined,
  onError: () => undefined,
});
const slot = (id: number, tokens: number[], lastUsed = 0, job?: Job): Slot => ({ id, tokens, lastUsed, job });

describe("chooseSlot", () => {
  it("takes the slot with the longest beginning of the prompt", () => {
    const slots = [slot(0, range(10)), slot(1, range(200)), slot(2, range(100))];
    expect(chooseSlot(slots, range(300))?.id).toBe(1);
  });

  it("takes the one unused for longest when no beginning is worth much, so that other conversations keep theirs", () => {
    const slots = [slot(0, range(500), 5), slot(1, range(500), 2), slot(2, range(500), 9)];
    expect(chooseSlot(slots, [...range(20), 999])?.id).toBe(1);
  });

  it("keeps busy slots together: llama.cpp evaluates neighbors in one pass", () => {
    const slots = [slot(0, [], 0), slot(1, [], 9, busy), slot(2, [], 8), slot(3, [], 7, busy), slot(4, [], 0)];
    expect(chooseSlot(slots, range(5))?.id).toBe(2);
  });

  it("gives nothing when all are busy", () => expect(chooseSlot([slot(0, [], 0, busy)], [1])).toBeUndefined());
});

it("commonPrefix counts equal tokens from the beginning, at most the limit", () => {
  expect(commonPrefix([1, 2, 3], [1, 2, 4])).toBe(2);
  expect(commonPrefix([1, 2, 3], [1, 2, 3, 4])).toBe(3);
  expect(commonPrefix([1, 2, 3], [1, 2, 3], 2)).toBe(2);
  expect(commonPrefix([], [1])).toBe(0);
});
