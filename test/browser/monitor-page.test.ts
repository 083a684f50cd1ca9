import { describe, expect, it } from "vitest";
import type { MonitorSeries } from "../../src/lib/report/monitor-series.js";
import { monitorPage } from "../../src/lib/report/page/monitor-page.js";
import { writePage } from "../../src/lib/report/page/write-page.js";
import type { MonitorStatus } from "../../src/lib/operations/monitor/monitor-status.js";
import { openFilePage } from "../helpers/browser-page.js";
import { lacks } from "../helpers/tools.js";

const start = Date.UTC(2026, 0, 1);
const points = (valueOf: (i: number) => number): [number, number][] =>
  Array.from({ length: 50 }, (_, i) => [start + i * 60_000, valueOf(i)]);
const series: MonitorSeries = {
  name: "monitor http://<b>x</b>",
  metrics: new Map([
    ["memory_allocated_gb", points(() => 4)],
    ["tokens_per_second", points((i) => 50 + i)],
    ["latency_seconds", points((i) => 0.2 + 0.01 * i)],
    ["error_rate", points((i) => i / 500)],
    ["slo_ttft_error_budget_left", points((i) => 1 - i)],
  ]),
  alerts: [{ event: "firing", time: start, name: "Slow<script>", severity: "critical", summary: "s", since: start, evidence: "e" }],
};

const status: MonitorStatus = {
  ...{ schema: "llmops.monitor-status/1", target: "http://<b>x</b>", dialect: "llmops", up: true, time: start + 49 * 60_000, polls: 50 },
  ...{ watching_since: start, ended_at: null, interval_ms: 60_000, timeout_ms: 1000, measures: { error_rate: 0.1 }, kpis: [], slos: [] },
  ...{ rules: [], errors: [{ time: start, text: "</script><img src=x onerror=window.hacked=1>" }] },
  alerts: [{ name: "Slow<script>", severity: "critical", summary: "s", state: "firing", since: start, evidence: "e" }],
};

describe.skipIf(lacks("chromium"))("the page of a watched server", () => {
  it("shows how it was, its charts and alerts, and runs nothing that came from outside", async () => {
    const { tab, errors } = await openFilePage(writePage(monitorPage({ ...series, status })));
    await tab.getByRole("heading", { level: 1, name: "monitor http://<b>x</b>" }).waitFor();
    await tab.getByText("This is how the server was when it was last polled").waitFor();
    await tab.locator("canvas").first().waitFor();
    const titles = await tab.locator("figcaption").allTextContents();
    expect(titles).toEqual(["Errors", "Memory", "Probe: time", "Probe: speed"]);
    expect(await tab.getByRole("listitem").filter({ hasText: "Slow<script>" }).count()).toBeGreaterThan(0);
    expect(await tab.evaluate("window.hacked")).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("shows the charts of a server that another program watched", async () => {
    const { tab, errors } = await openFilePage(writePage(monitorPage({ ...series, alerts: [] })));
    await tab.locator("canvas").first().waitFor();
    expect(await tab.locator("figcaption").count()).toBe(4);
    expect(errors).toEqual([]);
  });
});
