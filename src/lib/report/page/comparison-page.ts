import { toComparisonDocument } from "../../base/stats/comparison-document.js";
import type { Direction } from "../../base/stats/verdict.js";
import type { CheckResult } from "../../experiments/gates/checks.js";
import type { ScoreComparison } from "../../experiments/runs/compare-scores.js";
import { keyed } from "../../tracking/keyed.js";
import type { ShownRow } from "./run-rows.js";
import type { Page } from "./write-page.js";

/** Results that were compared with the first of them. */
export interface ComparedRows {
  title: string;
  command: string;
  rows: readonly ShownRow[];
  /** A comparison's source is the place of its row. */
  comparisons: readonly ScoreComparison[];
  directions: Readonly<Record<string, Direction>>;
  notes: readonly string[];
  checks: readonly CheckResult[];
}

/** Results beside each other: what differs, and the verdict of every score. */
export function comparisonPage({ title, command, rows, comparisons, directions, notes, checks }: ComparedRows): Page {
  const pairs = new Map<string, object[]>();
  for (const comparison of comparisons) {
    const pair = { run_id: rows[comparison.source]?.run_id ?? "", ...toComparisonDocument(comparison) };
    pairs.set(comparison.score, [...(pairs.get(comparison.score) ?? []), pair]);
  }
  return { title, view: { kind: "comparison", command, runs: rows, pairs: keyed([...pairs]), directions, notes, checks } };
}
