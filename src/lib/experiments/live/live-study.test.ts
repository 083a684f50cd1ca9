import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TrackedBatch, TrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import { LiveStudy } from "./live-study.js";

interface Written {
  at: number;
  tags: Record<string, string>;
}

/** A live study of a run that keeps what it is given, in a store that says what it is told to say. */
function liveStudy({ tags = () => ({}) }: { tags?: () => Record<string, string> } = {}) {
  const written: Written[] = [];
  const documents: { at: number; status: string; cells: object }[] = [];
  const stops: string[] = [];
  const state = { done: 0, total: 1000, isBehind: false, asked: 0 };
  const run = {
    key: "k",
    log: (batch: TrackedBatch) => written.push({ at: performance.now(), tags: batch.tags ?? {} }),
    artifact: (_: string, text: string) => {
      documents.push({ ...(JSON.parse(text) as { status: string; cells: object }), at: performance.now() });
    },
  } as unknown as TrackedRun;
  const tracker = {
    idOf: () => "r1",
    together: (record: () => void) => record(),
    get isBehind() {
      return state.isBehind;
    },
  } as unknown as Tracker;
  const store = { getRun: () => (state.asked++, Promise.resolve({ tags: tags() } as never)) };
  const live = new LiveStudy(run, tracker, { kind: "sweep", resume: "llmops sweep --resume x", store, onStop: (why) => stops.push(why) });
  live.begin({ progress: () => ({ ...state }), document: () => Promise.resolve({ cells: state.done }) });
  return { live, state, written, documents, stops };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a live study", () => {
  it("writes at most every two seconds, whenever cells come, and within two seconds of a cell", async () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(gaps, async (waits) => {
        const { live, state, written } = liveStudy();
        for (const wait of waits) {
          state.done++;
          const from = performance.now();
          await vi.advanceTimersByTimeAsync(wait);
          if (wait < 2000) continue;
          const [first] = written.filter(({ at, tags }) => at >= from && tags["llmops.cells"] === `${state.done}/1000`);
          expect((first?.at ?? Infinity) - from).toBeLessThanOrEqual(2000);
        }
        live.end();
        const times = written.map(({ at }) => at);
        expect(times.slice(1).every((at, i) => at - (times[i] ?? 0) >= 2000)).toBe(true);
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });

  it("says what is done and how long the rest takes at that pace", async () => {
    const { live, state, written } = liveStudy();
    state.done = 250;
    await vi.advanceTimersByTimeAsync(2000);
    expect(written.at(-1)?.tags).toEqual({ "llmops.progress": "0.25", "llmops.cells": "250/1000", "llmops.eta_ms": "6000" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(1); // no cell came
    live.end();
  });

  it("writes nothing while the store is behind, and everything when it is not", async () => {
    const { live, state, written } = liveStudy();
    Object.assign(state, { done: 10, isBehind: true });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toEqual([]);
    state.isBehind = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(written).toHaveLength(1);
    live.end();
  });

  it("keeps its document at most every ten seconds, and the one at the end", async () => {
    const { live, state, documents } = liveStudy();
    for (let second = 0; second < 40; second++) {
      state.done++;
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(documents.length).toBeGreaterThanOrEqual(3);
    expect(documents.every(({ status }) => status === "running")).toBe(true);
    expect(documents.slice(1).every(({ at }, i) => at - (documents[i]?.at ?? 0) >= 10_000)).toBe(true);
    live.conclude({ status: "finished", verdict: "Good.", failure: undefined, result: {}, progress: { done: 40, total: 1000 } });
    expect(documents.at(-1)).toMatchObject({ schema: "llmops.study/1", status: "finished", verdict: "Good.", cells: { done: 40 } });
    const { length } = documents;
    state.done++;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(documents).toHaveLength(length);
  });

  it("hears the wish that it ends within two seconds, once, and who has it", async () => {
    let tags: Record<string, string> = { "llmops.stop": "false" };
    const { live, state, stops, written } = liveStudy({ tags: () => tags });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([stops, state.asked]).toEqual([[], 5]);
    tags = { "llmops.stop": "true", "llmops.stop_by": "ada" };
    await vi.advanceTimersByTimeAsync(2000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([stops, state.asked]).toEqual([['Stopped by ada: the tag llmops.stop of run r1 is "true".'], 6]);
    live.conclude({ status: "interrupted", verdict: null, failure: undefined, result: {}, progress: { done: 40, total: 1000 } });
    expect(written.at(-1)?.tags).toEqual({
      ...{ "llmops.progress": "0.04", "llmops.cells": "40/1000", "llmops.eta_ms": "0" },
      "llmops.stop": "false", // it was done
    });
  });
});
