import { expect, it } from "vitest";
import type { BenchDocument, BenchLevel } from "../../../api/bench-document.js";
import type { RunRow } from "../../../api/documents.js";
import { levelsOf } from "./bench-levels.js";

function level(value: number, more: Partial<BenchLevel> = {}): BenchLevel {
  const times = { p50: 1, p90: 2, p99: 3, max: 4 };
  return {
    ...{ load: "concurrency", value, seconds: 1, requests: { done: 10, failed: 0 }, requests_per_second: 10 },
    ...{ completion_tokens_per_second: 100, prompt_tokens_per_second: 50, ttft_ms: times, itl_ms: times, e2e_ms: times },
    ...{ goodput: 9, slos: [{ slo: "ttft<1s", share: 0.9, met: false }], errors: [], ...more },
  };
}

function run(value: number, status: RunRow["status"], metrics: Record<string, number>): RunRow {
  const summaries = Object.entries(metrics).map(([key, last]) => [key, { last, min: last, max: last, step: 0, points: 1 }]);
  return {
    ...{ run_id: `r${value}`, run_name: "", experiment_id: "1", status, lifecycle_stage: "active", start_time: 0, end_time: 2000 },
    ...{ user_id: "", parent_run_id: null, children: 0, params: { load: "concurrency", concurrency: String(value) }, tags: {} },
    metrics: Object.fromEntries(summaries) as RunRow["metrics"],
  };
}

it("has levels by their load: of the document, and of the run where a level runs", () => {
  const document = { levels: [level(4), level(1)], errors: [] } as unknown as BenchDocument;
  const running = run(4, "RUNNING", { cells: 30, failed: 1, ttft_ms_p50: 20, "ttft_ms_p50.low": 15, requests_per_second: 12 });
  const shown = levelsOf(document, [run(1, "FINISHED", { cells: 10 }), running, run(16, "RUNNING", {})]);
  expect(shown.map(({ value, isRunning, runId, requests }) => [value, isRunning, runId, requests.done])).toEqual([
    [1, false, "r1", 10],
    [4, true, "r4", 30],
  ]);
  expect(shown[0]?.ttft_ms.p99).toBe(3);
  expect(shown[1]?.ttft_ms).toMatchObject({
    p50: 20,
    p99: null,
    intervals: { p50: { low: 15, high: null }, p90: { low: null, high: null } },
  });
  expect(shown[1]?.itl_ms.intervals).toBeUndefined();
  expect(shown[1]?.slos).toHaveLength(1);
});
