import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { SweepResult } from "../study/sweep-result.js";
import { renderSweep } from "./sweep-table.js";

const plain = new Chalk({ level: 0 });
const estimate = (mean: number) => ({ mean, low: mean - 0.05, high: mean + 0.05, n: 40 });

function result(change: Partial<SweepResult> = {}): SweepResult {
  const setting = (temperature: number, accuracy: number) => ({
    params: { temperature },
    repeats: 3,
    metrics: {
      accuracy: estimate(accuracy),
      latency_seconds: estimate(0.25),
      tokens_per_second: estimate(80),
      response_length: estimate(6.25),
    },
    cells: { done: 120, failed: 0, planned: 120 },
    run_id: "r",
  });
  return {
    schema: "llmops.sweep/1",
    command: "llmops sweep temperature 0.1,0.9",
    study: {
      name: "sweep temperature",
      status: "finished",
      model: "demo",
      target: "demo.gguf",
      dataset: { path: "qa.jsonl", digest: "0", samples: 40, available: 240 },
      scorer: "contains",
      seed: 42,
      concurrency: 4,
      fixed: {},
      cells: { done: 240, failed: 0, planned: 240 },
      seconds: 3.21,
      tracking_uri: "sqlite:///x/mlflow.db",
      experiment: "sweep",
      experiment_id: "1",
      run_id: "abc",
    },
    settings: [setting(0.1, 0.9), setting(0.9, 0.7)],
    best: { params: { temperature: 0.1 }, accuracy: 0.9, run_id: "r", tied_with: [] },
    errors: [],
    ...change,
  };
}

describe("renderSweep", () => {
  it("shows a row for each setting with accuracy, interval, latency and speed", () => {
    const text = renderSweep(result(), plain);
    expect(text).toMatch(/│ +0\.1 │ +90\.0 % │ 85\.0 % - 95\.0 % │ +6\.3 │ +250 ms │ +80 │ +120 │/);
    expect(text).toContain("Best: temperature 0.1 with 90.0 % accuracy (contains), significantly better than every other setting");
    expect(text).toContain('Recorded in sqlite:///x/mlflow.db, experiment "sweep", run abc (3.2 s).');
  });

  it("names the settings that are tied with the best", () => {
    const best = { params: { temperature: 0.1 }, accuracy: 0.9, run_id: "r", tied_with: [{ params: { temperature: 0.9 }, p_value: 0.2 }] };
    expect(renderSweep(result({ best }), plain)).toMatch(/but it is tied with: temperature 0\.9\.\nThe 40 samples cannot tell these apart/);
  });

  it("does not compare a single setting with others", () => {
    const one = result();
    expect(renderSweep({ ...one, settings: one.settings.slice(0, 1) }, plain)).toContain(
      "Best: temperature 0.1 with 90.0 % accuracy (contains).",
    );
  });

  it("says when it was interrupted, when cells failed, and when nothing could be scored", () => {
    const base = result();
    const study = { ...base.study, status: "interrupted" as const, cells: { done: 100, failed: 7, planned: 240 } };
    const text = renderSweep({ ...base, study, best: null, errors: ["the endpoint was busy"] }, plain);
    expect(text).toContain("No best setting");
    expect(text).toContain("Interrupted after 100 of 240 cells");
    expect(text).toContain("7 of 100 cells failed and are left out. First: the endpoint was busy");
  });

  it("shows a dash for what was not measured", () => {
    const base = result();
    const settings = base.settings.map((setting) => ({ ...setting, metrics: {} }));
    expect(renderSweep({ ...base, settings, best: null }, plain)).toMatch(/│ +0\.1 │ +- │ +- │/);
  });
});
