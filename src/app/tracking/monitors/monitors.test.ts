import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canaryAlerts, serverAlerts } from "./firing-alerts.js";
import { watchState, type ReadServer, type WatchRun } from "./watch-state.js";

const NOW = 1_790_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const running = { status: "RUNNING", startTime: NOW - DAY } as const;
const last = { time: NOW - MINUTE, ended_at: null, interval_ms: 30_000, timeout_ms: 30_000 };

describe("whether a monitor is at work", () => {
  it("it is as long as it misses no more than three intervals", () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: DAY }), fc.nat(60_000), fc.nat(DAY), (interval_ms, timeout_ms, ago) => {
        const state = watchState(running, { ...last, time: NOW - ago, interval_ms, timeout_ms }, NOW);
        expect(state).toBe(ago <= 3 * interval_ms + timeout_ms + 15_000 ? "watching" : "silent");
      }),
      { endOnFailure: true },
    );
  });

  it("it is stopped once its run has ended, but for one that polled once", () => {
    expect(watchState({ ...running, status: "FINISHED" }, last, NOW)).toBe("stopped");
    expect(watchState({ ...running, status: "FINISHED" }, { ...last, interval_ms: null }, NOW)).toBe("polled");
    expect(watchState({ ...running, status: "KILLED" }, undefined, NOW)).toBe("stopped");
  });

  it("it may have recorded nothing yet, at its start and once it has begun again", () => {
    expect(watchState({ ...running, startTime: NOW - MINUTE }, undefined, NOW)).toBe("watching");
    expect(watchState(running, undefined, NOW)).toBe("silent");
    expect(watchState(running, { ...last, time: NOW - DAY, ended_at: NOW - DAY }, NOW)).toBe("watching");
  });
});

describe("what fires of a watched server", () => {
  const alert = { name: "Slow", severity: "warning", summary: "s", evidence: "e", since: NOW - DAY, state: "firing" as const };
  const server = (more: Partial<ReadServer>): ReadServer => ({
    ...{ runId: "r", runName: "monitor x", experimentId: "1", target: "http://x", state: "watching", seen: NOW - MINUTE },
    document: { time: NOW - MINUTE, alerts: [alert, { ...alert, name: "Later", state: "pending" }] } as never,
    ...more,
  });
  const names = (more: Partial<ReadServer>) => serverAlerts(server(more), NOW).map(({ name }) => name);

  it("is what fires, not what is pending, and nothing once nobody watches", () => {
    expect(names({})).toEqual(["Slow"]);
    expect(names({ state: "stopped" })).toEqual([]);
    expect(names({ document: null, seen: null })).toEqual([]);
  });

  it("is also the silence of its monitor, for a week", () => {
    expect(names({ state: "silent" })).toEqual(["Slow", "MonitorSilent"]);
    expect(names({ state: "silent", seen: NOW - 8 * DAY })).toEqual([]);
  });

  it("is for a day what a single poll found", () => {
    expect(names({ state: "polled" })).toEqual(["Slow"]);
    expect(names({ state: "polled", seen: NOW - 2 * DAY })).toEqual([]);
  });
});

describe("canaries that drift", () => {
  const round = (state: string, ago: number, name = "canary") =>
    ({
      ...{ runId: `${name}${ago}`, experimentId: "2", startTime: NOW - ago, endTime: NOW - ago + 1 },
      tags: {
        "llmops.canary": name,
        "llmops.canary_target": "http://x",
        "llmops.canary_state": state,
        "llmops.verdict": "Drift: contains.",
      },
    }) as unknown as WatchRun;

  it("fire since the first of their last rounds with a drift; rounds that cannot tell change nothing", () => {
    const rounds = [round("cannot tell", 1), round("drift", 2), round("drift", 3), round("fine", 4), round("drift", 5)];
    expect(canaryAlerts(rounds, NOW)).toMatchObject([{ name: "CanaryDrift", since: NOW - 3, seen: NOW - 1, evidence: "Drift: contains." }]);
    expect(canaryAlerts([round("fine", 1), round("drift", 2)], NOW)).toEqual([]);
    expect(canaryAlerts([round("saved", 1), round("drift", 2), round("drift", 3, "other")], NOW)).toHaveLength(1);
    expect(canaryAlerts([round("drift", 8 * DAY)], NOW)).toEqual([]);
  });
});
