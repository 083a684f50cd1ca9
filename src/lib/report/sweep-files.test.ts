import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { SweepResult } from "../study/sweep-result.js";
import { sweepCsv } from "./sweep-csv.js";
import { sweepMarkdown } from "./sweep-markdown.js";

const metric = (mean: number, low: number | null = mean - 0.1, high: number | null = mean + 0.1) => ({ mean, low, high, n: 40 });
const cells = { done: 40, failed: 0, planned: 40 };
const result: SweepResult = {
  schema: "llmops.sweep/1",
  command: "llmops sweep temperature 0,1",
  study: {
    name: "sweep temperature",
    status: "finished",
    model: "demo",
    target: "demo.gguf",
    dataset: { path: "qa.jsonl", digest: "0123456789", samples: 40, available: 240 },
    scorer: "contains",
    seed: 42,
    concurrency: 4,
    fixed: {},
    cells: { done: 80, failed: 1, planned: 80 },
    seconds: 1.25,
    tracking_uri: "sqlite:///x",
    experiment: "sweep",
    experiment_id: "1",
    run_id: "r",
  },
  settings: [
    { params: { temperature: 0 }, repeats: 1, metrics: { accuracy: metric(0.9), tokens_per_second: metric(500) }, cells, run_id: "a" },
    {
      params: { temperature: 1 },
      repeats: 1,
      metrics: { accuracy: metric(0.8, null, null) },
      cells: { ...cells, failed: 1 },
      run_id: null,
    },
  ],
  best: { params: { temperature: 0 }, accuracy: 0.9, run_id: "a", tied_with: [{ params: { temperature: 1 }, p_value: 0.214 }] },
  errors: ["a | b\nc"],
};

describe("sweepMarkdown", () => {
  it("says the verdict first, then the settings, then what failed", () => {
    const lines = sweepMarkdown(result).split("\n");
    expect(lines[0]).toBe("### sweep temperature: demo");
    expect(lines[2]).toBe(
      "**Best: temperature 0** with 90.0 % accuracy (contains), tied with temperature 1 (p = 0.21): the samples cannot tell them apart.",
    );
    expect(lines).toContain("| 0 | 90.0 % | 80.0 % - 100.0 % |  | 500 | 40 |");
    expect(lines).toContain("| 1 | 80.0 % |  |  |  | 39/40 |");
    expect(lines.at(-2)).toBe("**1 cells failed.** First: a \\| b c");
  });
});

describe("sweepCsv", () => {
  it("has a row a setting that reads back, empty where there is no value", () => {
    const rows = parse<Record<string, string>>(sweepCsv(result), { columns: true });
    expect(rows).toMatchObject([
      {
        temperature: "0",
        accuracy: "0.9",
        accuracy_ci_low: "0.8",
        accuracy_ci_high: "1",
        accuracy_n: "40",
        tokens_per_second: "500",
        run_id: "a",
      },
      { temperature: "1", accuracy: "0.8", accuracy_ci_low: "", tokens_per_second: "", cells_failed: "1", run_id: "" },
    ]);
  });
});
