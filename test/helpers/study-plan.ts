import { onTestFinished } from "vitest";
import type { Dataset, Sample } from "../../src/lib/experiments/dataset/sample.js";
import type { CompletionTarget } from "../../src/lib/inference/openai/completion-target.js";
import { containsScorer } from "../../src/lib/experiments/scoring/contains.js";
import { responseLengthScorer } from "../../src/lib/experiments/scoring/response-length.js";
import { planSweep, type SweepPlanOptions } from "../../src/lib/experiments/study/plan-sweep.js";
import { runStudy, type RunOptions } from "../../src/lib/experiments/study/run-study.js";
import type { StudyRun } from "../../src/lib/experiments/study/study-ledger.js";
import type { Dimension } from "../../src/lib/experiments/samplers/designs.js";
import { StudyJournal, type StudyHeader } from "../../src/lib/experiments/study/study-journal.js";
import type { StudyPlan } from "../../src/lib/experiments/study/study.js";
import { TargetPool } from "../../src/lib/experiments/study/target-pool.js";
import { temporaryFolder } from "./temporary-folder.js";

/** So many samples q0, q1, ... that all want "yes". */
export function yesSamples(count: number): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: `s${i}`, question: `q${i}`, answer: "yes", answers: ["yes"], topic: null, fields: { level: String(i) } },
  }));
}

/** A plan over samples that want "yes", scored by `contains`. */
export function studyPlan(dimensions: readonly Dimension[], samples: number | Sample[], change: Partial<SweepPlanOptions> = {}): StudyPlan {
  const rows = typeof samples === "number" ? yesSamples(samples) : samples;
  const dataset: Dataset = { name: "d", path: "d.jsonl", digest: "0".repeat(64), samples: rows, available: rows.length };
  return planSweep(dimensions, dataset, {
    ...{ design: "single", strategies: [], fixed: { max_tokens: 16 }, repeats: undefined, seed: 1, concurrency: 2 },
    ...{ correction: "holm", minEffect: 0, addRepeats: false },
    scorers: { scorers: [containsScorer, responseLengthScorer], primary: containsScorer },
    ...change,
  });
}

/** A journal in a folder of its own, closed when the test ends. */
export function studyJournal(folder = temporaryFolder(), id = "test"): StudyJournal {
  const header: StudyHeader = { id, command: "llmops sweep", argv: [], folder, createdAt: "", status: "running", facts: {} };
  const journal = StudyJournal.create(folder, header);
  onTestFinished(() => journal.close({ finished: false }));
  return journal;
}

/** Runs a plan against one target, or against what `open` gives. */
export function runPlan(
  plan: StudyPlan,
  target: CompletionTarget | ((params: Record<string, number | string>) => CompletionTarget),
  options: Partial<RunOptions> = {},
): Promise<StudyRun> {
  const pool = new TargetPool(plan, (params) => Promise.resolve(typeof target === "function" ? target(params) : target));
  const limits = { timeoutMs: 60_000, retries: 0 };
  return runStudy(plan, pool, { limits, ...options, journal: options.journal ?? studyJournal() });
}
