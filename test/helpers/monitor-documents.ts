import type { AlertEvent } from "../../src/lib/operations/monitor/alert-book.js";
import type { MonitorStatus } from "../../src/lib/operations/monitor/monitor-status.js";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";

const burn = (factor: number, rate: number) => ({
  factor,
  long_ms: 3_600_000,
  short_ms: 300_000,
  long_rate: rate,
  short_rate: rate,
  exceeded: rate > factor,
});

/** How a server is whose answers are slow, as its monitor says at a time. */
export function slowStatus(time: number, more: Partial<MonitorStatus> = {}): MonitorStatus {
  const bound = { metric: "p95_response_time_seconds", bound: 1 };
  return {
    ...{ schema: "llmops.monitor-status/1", target: "http://10.0.0.5:8000", dialect: "llmops", up: true, time, polls: 3 },
    ...{ watching_since: time - 60_000, ended_at: null, interval_ms: 30_000, timeout_ms: 30_000 },
    measures: { requests_per_second: 4.2, p95_response_time: 1.4, error_rate: 0, memory: 2e8 },
    kpis: [
      { kpi: "p95_response_time<1s", value: 1.4, state: "failed", comparator: "<", ...bound },
      { kpi: "error_rate<1%", value: 0, state: "passed", metric: "error_rate", comparator: "<", bound: 0.01 },
    ],
    slos: [
      {
        ...{ slo: "e2e<1s@99%/7d", requests: 900, good: 880, attained: 880 / 900, met: false, error_budget_left: -1.2, share: 0.99 },
        ...{ window_ms: 604_800_000, bound_ms: 1000, burn: [burn(14.4, 2.2), burn(1, 2.2)] },
      },
    ],
    rules: [
      {
        name: "HighResponseTime",
        severity: "warning",
        summary: "Answers take long",
        for_ms: 300_000,
        threshold: { ...bound, comparator: ">" },
      },
    ],
    alerts: [
      {
        name: "HighResponseTime",
        severity: "warning",
        summary: "Answers take long",
        state: "firing",
        since: time - 40_000,
        evidence: "1.4 s",
      },
      { name: "HighErrorRate", severity: "critical", summary: "Many requests fail", state: "pending", since: time - 4000, evidence: "9 %" },
    ],
    errors: [{ time, text: "the probe had no answer in time" }],
    ...more,
  };
}

/** Records a slow server and a round of a canary that drifted in a store. */
export async function recordWatching(store: TrackingStore, time = Date.now()): Promise<void> {
  const { experimentId } = await store.createExperiment({ name: "production-monitoring" });
  const status = slowStatus(time);
  const { runId } = await store.createRun({
    experimentId,
    runName: `monitor ${status.target}`,
    startTime: time,
    tags: { "llmops.monitor": status.target },
  });
  const at = [time - 60_000, time - 30_000, time];
  const metrics = at.flatMap((timestamp, step) =>
    Object.entries({ p95_response_time_seconds: 1 + step / 5, error_rate: 0, up: 1, requests_per_second: 4 }).map(([key, value]) => ({
      key,
      value,
      timestamp,
      step,
    })),
  );
  await store.logBatch(runId, { metrics });
  await store.writeArtifact(runId, "monitor.json", JSON.stringify(status));
  const events: AlertEvent[] = [
    {
      name: "HighResponseTime",
      severity: "warning",
      summary: "Answers take long",
      event: "firing",
      since: time - 40_000,
      time: time - 40_000,
      evidence: "1.4 s",
    },
  ];
  await store.writeArtifact(runId, "alerts.json", JSON.stringify(events));
  await recordRound(store, time);
}

async function recordRound(store: TrackingStore, time: number): Promise<void> {
  const { experimentId } = await store.createExperiment({ name: "canary" });
  const tags = {
    "llmops.canary": "canary",
    "llmops.canary_target": "http://10.0.0.5:8000/v1",
    "llmops.canary_state": "drift",
    "llmops.verdict": "Drift: contains −0.2.",
  };
  const { runId } = await store.createRun({ experimentId, runName: "canary canary", startTime: time, tags });
  const metric = { metric: "contains", samples: 40, before: 0.9, now: 0.7, difference: -0.2, low: -0.3, high: -0.1, tolerance: 0.05 };
  const document = {
    ...{
      schema: "llmops.monitor-canary/2",
      name: "canary",
      path: ".llmops/canary/canary.json",
      model: "m",
      target: "http://10.0.0.5:8000/v1",
    },
    ...{ time: new Date(time).toISOString(), run_id: runId, blessed: false, errors: [] },
    comparison: {
      state: "drift",
      identical: 3,
      samples: 40,
      metrics: [{ ...metric, p_mean: 0.001, p_shape: 0.01, distance: 0.2, state: "drift", further_samples: null }],
    },
  };
  await store.writeArtifact(runId, "canary.json", JSON.stringify(document));
}
