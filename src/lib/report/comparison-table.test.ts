import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { RunComparison } from "../experiments/runs/compare-runs.js";
import { renderComparison } from "./comparison-table.js";
import { displayWidth } from "./display-width.js";

describe("runs beside each other", () => {
  it("have every number whole in 80 columns, further runs in a table below", () => {
    const runs = [1, 2, 3, 4].map((run) => ({
      ...{ runId: `${run}`.repeat(32), runName: `temperature=0.${run}, top_p=0.95, of a long name`, params: { temperature: `0.${run}` } },
      metrics: [{ key: "latency_p95", value: 0.08905 + run / 1000, step: 0, timestamp: 0 }],
    }));
    const comparison = { runs, params: ["temperature"], metrics: ["latency_p95"], paired: [] } as unknown as RunComparison;
    const text = renderComparison(comparison, { chalk: new Chalk({ level: 0 }), width: 80 });
    const values = ["0.09005 ", "0.09105 (+0.001)", "0.09205 (+0.002)", "0.09305 (+0.003)", " 0.1 ", " 0.4 "];
    for (const value of values) expect(text).toContain(value);
    for (const run of [1, 2, 3, 4]) expect(text).toContain(`${run}`.repeat(8));
    expect(text).not.toContain("hidden");
    expect(Math.max(...text.split("\n").map(displayWidth))).toBeLessThanOrEqual(80);
  });
});
