import { describe, expect, it } from "vitest";
import { monitorHtml } from "../../src/lib/report/monitor-report.js";
import type { MonitorSeries } from "../../src/lib/report/monitor-series.js";
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

describe.skipIf(lacks("chromium"))("the page of a watched server", () => {
  it("shows its charts and alerts, and runs nothing that came from outside", async () => {
    const { tab, errors } = await openFilePage(await monitorHtml(series));
    expect(await tab.locator("figure svg").count()).toBe(5);
    expect(await tab.locator("h1").textContent()).toBe("monitor http://<b>x</b>");
    const titles = await tab.locator("figure svg text").allTextContents();
    for (const title of ["Memory", "Generation speed of the probe", "Latency of the probe", "Errors"]) expect(titles).toContain(title);
    expect(await tab.locator("td", { hasText: "Slow<script>" }).count()).toBe(1);
    const widths = await tab.locator("figure svg").evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().width));
    expect(Math.min(...widths)).toBeGreaterThan(100);
    expect(errors).toEqual([]);
  });
});
