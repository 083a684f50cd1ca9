import fc from "fast-check";
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

it("has levels by their load: of the document, and of the run where that is newer", () => {
  const document = { levels: [level(4), level(1)], errors: [] } as unknown as BenchDocument;
  const running = run(4, "RUNNING", { cells: 30, failed: 1, ttft_ms_p50: 20, "ttft_ms_p50.low": 15, requests_per_second: 12 });
  const shown = levelsOf(document, [run(1, "FINISHED", { cells: 9 }), running, run(16, "RUNNING", {})]);
  expect(shown.map(({ value, isRunning, runId, requests }) => [value, isRunning, runId, requests.done])).toEqual([
    [1, false, "r1", 10],
    [4, true, "r4", 30],
  ]);
  expect(shown[0]?.ttft_ms.p99).toBe(3);
  expect(shown[0]?.slos).toHaveLength(1);
  expect(shown[1]?.ttft_ms).toMatchObject({
    p50: 20,
    p99: null,
    intervals: { p50: { low: 15, high: null }, p90: { low: null, high: null } },
  });
  expect(shown[1]?.itl_ms.intervals).toBeUndefined();
  // the document's are of fewer requests
  expect(shown[1]?.slos).toEqual([]);
});

it("has a level's objectives from its run", () => {
  const metrics = { cells: 30, slo_ttft_1s_95__attained: 0.9, slo_success_attained: 1 };
  const row = { ...run(4, "RUNNING", metrics), params: { load: "concurrency", concurrency: "4", slo: "ttft<1s@95%, success" } };
  expect(levelsOf(undefined, [row])[0]?.slos).toEqual([
    { slo: "ttft<1s@95%", share: 0.9, met: false },
    { slo: "success", share: 1, met: true },
  ]);
});

it("never goes back, in whatever order the document and the run of a level are read, and as whichever they end", () => {
  const status = fc.constantFrom("RUNNING", "FINISHED", "FAILED", "KILLED");
  const step = fc.record({ document: fc.nat(9), run: fc.nat(9), status });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let [ofDocument, ofRun, shown] = [0, 0, 0];
      for (const { document, run: further, status } of steps) {
        [ofDocument, ofRun] = [ofDocument + document, ofRun + further];
        const levels = ofDocument > 0 ? [level(8, { requests: { done: ofDocument, failed: 0 } })] : [];
        const metrics = ofRun > 0 ? { cells: ofRun, completion_tokens_per_second: ofRun } : {};
        const [one] = levelsOf({ levels, errors: [] } as unknown as BenchDocument, [run(8, status, metrics)]);
        expect(one?.requests.done ?? 0).toBe(Math.max(ofDocument, ofRun));
        expect(one?.requests.done ?? 0).toBeGreaterThanOrEqual(shown);
        // all of one source
        if (one) expect(one.completion_tokens_per_second).toBe(ofRun >= ofDocument ? ofRun : 100);
        shown = one?.requests.done ?? 0;
      }
    }),
    { endOnFailure: true },
  );
});
