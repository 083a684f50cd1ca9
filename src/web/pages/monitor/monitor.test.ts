import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ActiveAlert, AlertEvent, CanaryRound, MonitorStatus } from "../../api/monitors.js";
import { formatIn } from "../../format/units.js";
import { canariesOf, driftsOf, metricsOf } from "./canary-data.js";
import { broken } from "./panel-option.js";
import { limitsOf, PANELS, splitLimits, unitOf } from "./panels.js";
import { spanOf } from "./ranges.js";
import { lanesOf, placeIn } from "./timeline.js";

const event = (name: string, kind: AlertEvent["event"], since: number, time: number): AlertEvent => ({
  ...{ name, event: kind, since, time, severity: "warning", summary: "s", evidence: `at ${time}` },
});
const active = (name: string, since: number, state: ActiveAlert["state"] = "firing"): ActiveAlert => ({
  ...{ name, since, state, severity: "warning", summary: "s", evidence: "now" },
});

describe("the timeline of alerts", () => {
  it("has each fire from when its condition began to hold until it was resolved", () => {
    const events = [event("B", "firing", 10, 12), event("A", "firing", 1, 2), event("A", "resolved", 1, 5), event("A", "firing", 7, 8)];
    expect(lanesOf(events, [active("A", 7), active("C", 3, "pending")])).toMatchObject([
      {
        name: "A",
        fires: [
          { from: 1, to: 5, evidence: "at 2" },
          { from: 7, to: null },
        ],
      },
      { name: "B", fires: [{ from: 10, to: 12 }] },
    ]);
  });

  it("has fires whose events are gone, as they still fire", () => {
    expect(lanesOf([], [active("A", 7)])).toMatchObject([{ name: "A", fires: [{ from: 7, to: null }] }]);
  });

  it("is drawn within its span, whatever fired when", () => {
    const time = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(time, fc.option(fc.nat(1000)), time, fc.integer({ min: 1, max: 500 }), (from, length, start, width) => {
        const fire = { from, to: length === null ? null : from + length, severity: "", evidence: "" };
        const place = placeIn({ from: start, to: start + width }, fire);
        const isOutside = from > start + width || (fire.to ?? Infinity) < start;
        expect(place === undefined).toBe(isOutside);
        if (place) expect(place.left >= 0 && place.left + place.width <= 100 + 1e-9).toBe(true);
      }),
      { endOnFailure: true },
    );
  });
});

describe("panels", () => {
  const point = (time: number) => ({ time, mean: time, min: time, max: time, points: 1 });

  it("break a line where nobody looked for longer than usual", () => {
    const times = [0, 10, 20, 100, 110].map(point);
    expect(broken(times, ({ mean }) => mean)).toEqual([
      [0, 0],
      [10, 10],
      [20, 20],
      [60, null],
      [100, 100],
      [110, 110],
    ]);
    expect(broken([], ({ mean }) => mean)).toEqual([]);
  });

  it("have the bounds of objectives, alerts, and indicators on what they show, each value once", () => {
    const bound = { metric: "p95_response_time_seconds", comparator: "<" as const, bound: 1 };
    const status = {
      kpis: [{ ...bound, kpi: "p95_response_time<1s", value: 0.5, state: "passed" }],
      rules: [{ name: "Slow", severity: "warning", summary: "", for_ms: 0, threshold: { ...bound, comparator: ">" } }],
      slos: [{ slo: "e2e<2s@95%/7d", bound_ms: 2000 }],
    } as unknown as MonitorStatus;
    const [response, first] = PANELS.map((panel) => limitsOf(panel, status));
    expect(response).toEqual([
      { label: "objective e2e<2s@95%/7d", value: 2 },
      { label: "alert Slow > 1 s", value: 1 },
    ]);
    expect(first).toEqual([]);
    expect([unitOf("success_rate"), unitOf("process_memory_bytes"), unitOf("requests_per_second")]).toEqual([
      "ratio",
      "bytes",
      "per second",
    ]);
  });

  it("tell limits that are too far away to be drawn", () => {
    const limits = [1, 4, 5].map((value) => ({ label: `${value}`, value }));
    expect(splitLimits(limits, 1).far.map(({ value }) => value)).toEqual([5]);
    expect(splitLimits(limits, 0).near).toEqual(limits);
  });

  it("end now where a monitor is at work, and else when the server was last seen", () => {
    expect(spanOf("1h", { isLive: true, seen: 5, since: 0 }, 7_200_000)).toEqual({ from: 3_600_000, to: 7_200_000 });
    expect(spanOf("15m", { isLive: false, seen: 1_000_000, since: 0 }, 7_200_000)).toEqual({ from: 100_000, to: 1_000_000 });
    expect(spanOf("nonsense", { isLive: false, seen: null, since: 0 }, 3_600_000)).toEqual({ from: 0, to: 3_600_000 });
    expect(spanOf("all", { isLive: true, seen: 5, since: 7 }, 7_200_000)).toEqual({ from: 7, to: 7_200_000 });
    expect(spanOf("all", { isLive: false, seen: 100_000, since: 100_000 })).toEqual({ from: 40_000, to: 100_000 });
  });
});

it("values have their unit", () => {
  expect([formatIn("seconds", 0.0412), formatIn("seconds", 2.5), formatIn("ratio", 0.99953), formatIn("bytes", 1.42e9)]).toEqual([
    ...["41.2 ms", "2.5 s", "99.95 %", "1.42 GB"],
  ]);
  expect([formatIn("per second", 12.34), formatIn("count", 3), formatIn("count", null), formatIn("ratio", NaN)]).toEqual([
    ...["12.3/s", "3", "–", "–"],
  ]);
});

describe("rounds of canaries", () => {
  const round = (run_id: string, target: string, time: string, state?: string) =>
    ({
      ...{ run_id, experiment_id: "1", verdict: "" },
      document: {
        ...{ name: "c", model: "m", target, time },
        comparison: state === undefined ? null : { state, identical: 1, samples: 2, metrics: [metric("a", "fine"), metric("b", state)] },
      },
    }) as unknown as CanaryRound;
  const metric = (name: string, state: string) => ({ metric: name, state, difference: 0.1 });

  it("are told apart by server, and their metrics followed over time", () => {
    const rounds = [round("3", "x", "2026-01-03", "drift"), round("2", "y", "2026-01-02", "fine"), round("1", "x", "2026-01-01")];
    const [first, second] = canariesOf(rounds);
    expect([first?.rounds.map(({ run_id }) => run_id), second?.target]).toEqual([["3", "1"], "y"]);
    expect(metricsOf(first?.rounds ?? [])).toEqual(["b", "a"]);
    expect(driftsOf(first?.rounds ?? [], "b")).toMatchObject([{ runId: "3", time: Date.parse("2026-01-03"), state: "drift" }]);
  });
});
