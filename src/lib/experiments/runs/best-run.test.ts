import { describe, expect, it, onTestFinished } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { openLocalStore } from "../../tracking/open-local-store.js";
import { findBest, toFilter } from "./best-run.js";
import { formatDuration, parseDuration } from "../../base/config/duration.js";

describe("findBest", () => {
  it("takes of equal runs the one its sweep found best, and says how many there are", async () => {
    const store = openLocalStore(temporaryFolder(), { create: true });
    onTestFinished(() => store.close());
    await store.createExperiment({ name: "e" });
    const runs = [0.95, 0.95, 0.9, 0.95].map(async (value, i) => {
      const tags = { "llmops.best": String(i === 1) };
      const { runId } = await store.createRun({ experimentId: "1", startTime: 10 + i, tags });
      const metrics = Object.entries({ accuracy: value, accuracy_ci_low: value - 0.1, accuracy_ci_high: 1 });
      await store.logBatch(runId, { metrics: metrics.map(([key, own]) => ({ key, value: own, timestamp: 1, step: 0 })) });
      return runId;
    });
    const ids = await Promise.all(runs);
    const found = await findBest(store, { metric: "accuracy", direction: "max", experiments: undefined, where: undefined });
    expect([found.run.runId, found.tied, found.considered]).toEqual([ids[1], 3, 4]);
    expect(found.overlapping.map(({ run }) => run.runId).sort()).toEqual([ids[0], ids[2], ids[3]].sort());
  });
});

/** Runs with an accuracy and its interval; what the best of them overlaps, by their places. */
async function overlappingBest(runs: readonly (readonly [value: number, low: number, high: number])[]): Promise<number[]> {
  const store = openLocalStore(temporaryFolder(), { create: true });
  onTestFinished(() => store.close());
  await store.createExperiment({ name: "e" });
  const ids = await runs.reduce<Promise<string[]>>(async (before, [value, low, high], i) => {
    const known = await before;
    const { runId } = await store.createRun({ experimentId: "1", startTime: 10 + i });
    const metrics = Object.entries({ accuracy: value, accuracy_ci_low: low, accuracy_ci_high: high });
    await store.logBatch(runId, { metrics: metrics.map(([key, own]) => ({ key, value: own, timestamp: 1, step: 0 })) });
    return [...known, runId];
  }, Promise.resolve([]));
  const { overlapping } = await findBest(store, { metric: "accuracy", direction: "max", experiments: undefined, where: undefined });
  return overlapping.map(({ run }) => ids.indexOf(run.runId)).sort();
}

it("runs overlap whose intervals meet in one point, from below and from above", async () => {
  expect(
    await overlappingBest([
      [0.9, 0.8, 0.95],
      [0.7, 0.6, 0.8],
      [0.6, 0.5, 0.79],
      [0.5, 0.95, 1],
      [0.4, 0.96, 1],
    ]),
  ).toEqual([1, 3]);
});

describe("toFilter", () => {
  it.each([
    ["p95<2", "metrics.`p95`<2"],
    ["p95/latency <= 2 and params.model = 'a'", "metrics.`p95/latency` <= 2 AND params.model = 'a'"],
    ["status = 'FINISHED' AND start_time > 5", "status = 'FINISHED' AND start_time > 5"],
    ["metrics.acc > 0.5", "metrics.acc > 0.5"],
  ])("takes bare names as metrics: %s", (where, filter) => expect(toFilter(where)).toBe(filter));
});

describe("durations", () => {
  it("are read and written", async () => {
    expect(["90s", "15m", "24h", "7d", "2w", "1.5h"].map(parseDuration)).toEqual([90e3, 900e3, 86_400e3, 604_800e3, 1_209_600e3, 5400e3]);
    expect([8e3, 600e3, 7_500e3, 100 * 3600e3].map(formatDuration)).toEqual(["8 s", "10 min", "2 h 5 min", "4 d 4 h"]);
    for (const text of ["", "5", "h", "-1h", "1y"]) expect((await errorOf(() => parseDuration(text))).code).toBe("INVALID_ARGUMENT");
  });

  it("passes over settings of a study that is still running", async () => {
    const store = openLocalStore(temporaryFolder(), { create: true });
    onTestFinished(() => store.close());
    await store.createExperiment({ name: "e" });
    const ids = await Promise.all(
      [1, 0.8].map(async (value, i) => {
        const { runId } = await store.createRun({ experimentId: "1", startTime: 10, tags: { "llmops.study_id": "s" } });
        await store.logBatch(runId, { metrics: [{ key: "accuracy", value, timestamp: 1, step: 2 }] });
        if (i === 1) await store.updateRun(runId, { status: "FINISHED", endTime: 20 });
        return runId;
      }),
    );
    const found = await findBest(store, { metric: "accuracy", direction: "max", experiments: undefined, where: undefined });
    expect([found.run.runId, found.considered]).toEqual([ids[1], 1]);
  });
});
