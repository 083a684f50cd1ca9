import type { ComparisonDocument } from "../../src/lib/base/stats/comparison-document.js";
import type { SettingResult, SweepResult } from "../../src/lib/experiments/study/sweep-result.js";

const estimate = (mean: number) => ({ mean, low: mean - 0.05, high: mean + 0.05, n: 40 });

/** A comparison as results have it. */
export function comparisonResult(change: Partial<ComparisonDocument> = {}): ComparisonDocument {
  const verdict = { verdict: "worse" as const, further_samples: null, test: "paired t" };
  return {
    samples: 40,
    difference: -0.2,
    low: -0.3,
    high: -0.1,
    confidence: 0.95,
    p_value: 0.0004,
    effect_size: -0.6,
    ...verdict,
    ...change,
  };
}

/** One setting of a result. */
export function settingResult(temperature: number, accuracy: number, change: Partial<SettingResult> = {}): SettingResult {
  return {
    name: `temperature=${temperature}`,
    params: { temperature },
    repeats: 3,
    metrics: {
      accuracy: estimate(accuracy),
      latency_seconds: estimate(0.25),
      tokens_per_second: estimate(80),
      response_length: estimate(6.25),
    },
    reliability: { k: 3, pass_any: 1, pass_all: 0.8, flaky: 0.2 },
    cells: { done: 120, failed: 0, filtered: 0, unscored: 0, planned: 120 },
    unscored: {},
    model: null,
    letters: "a",
    pareto: false,
    stopped: null,
    comparison: null,
    run_id: "r",
    ...change,
  };
}

/** A finished sweep of two temperatures, the lower one better. */
export function sweepResult(change: Partial<SweepResult> = {}): SweepResult {
  return {
    schema: "llmops.sweep/3",
    command: "llmops sweep temperature 0.1,0.9",
    study: {
      id: "20261121-100000-abcd",
      resume: "llmops sweep --resume 20261121-100000-abcd",
      name: "sweep temperature",
      status: "finished",
      model: "demo",
      target: "demo.gguf",
      dataset: { path: "qa.jsonl", digest: "0123456789", samples: 40, available: 240 },
      ...{ scorer: "contains", metric: "accuracy", direction: "max", kind: "rate", correction: "holm", min_effect: 0 },
      scorers: [{ name: "contains", kind: "rate", direction: "max" }],
      measured: [{ name: "contains", kind: "rate", direction: "max" }],
      ...{ seed: 42, concurrency: 4, fixed: {} },
      cells: { done: 240, failed: 0, filtered: 0, unscored: 0, planned: 240, resumed: 0 },
      tokens: { prompt: 100, completion: 200 },
      latency_drift: null,
      seconds: 3.21,
      tracking_uri: "sqlite:///x/mlflow.db",
      experiment: "sweep",
      experiment_id: "1",
      run_id: "abc",
    },
    settings: [settingResult(0.1, 0.9, { pareto: true }), settingResult(0.9, 0.7, { letters: "b", comparison: comparisonResult() })],
    comparisons: { pairs: 1, correction: "holm", alpha: 0.05, reference_share: null },
    reference: { temperature: 0.1 },
    best: { params: { temperature: 0.1 }, value: 0.9, run_id: "r", tied_with: [] },
    errors: [],
    checks: [],
    ...change,
  };
}
