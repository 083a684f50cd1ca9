// What benchmarks that run studies share: a plan over the temperatures, its cells, and a run without an MLflow store.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveScorers } from "../dist/lib/experiments/scoring/scorers.js";
import { orderCells, orderSamples } from "../dist/lib/experiments/study/cell-order.js";
import { planSweep } from "../dist/lib/experiments/study/plan-sweep.js";
import { runStudy } from "../dist/lib/experiments/study/run-study.js";
import { newStudyId } from "../dist/lib/experiments/study/study-folder.js";
import { StudyJournal } from "../dist/lib/experiments/study/study-journal.js";
import { TargetPool } from "../dist/lib/experiments/study/target-pool.js";

export const LIMITS = { timeoutMs: 300_000, retries: 2 };

/** Every temperature over every sample. */
export async function temperaturePlan(temperatures, dataset, { repeats = 3, concurrency = 4, maxTokens = 64 } = {}) {
  return planSweep([{ name: "temperature", values: temperatures }], dataset, {
    ...{ design: "single", strategies: [], fixed: { max_tokens: maxTokens }, repeats, seed: 42, concurrency },
    ...{ correction: "holm", minEffect: 0, addRepeats: false, scorers: await resolveScorers([]) },
  });
}

/** A dataset of made-up questions. */
export function madeUpDataset(count, questionAt) {
  const samples = Array.from({ length: count }, (_, i) => ({
    ...{ id: `s${i}`, question: questionAt(i), answer: "yes", answers: ["yes"], topic: null, fields: {} },
  }));
  return { name: "bench", path: "bench", digest: "0", available: count, samples };
}

/** All cells in the order a study asks them. */
export function cellsOf(plan) {
  return [
    ...orderCells(
      plan,
      orderSamples(plan),
      plan.settings.map((_, i) => i),
    ),
  ];
}

/** Runs a plan on one target, its journal in a folder that is removed afterwards. */
export async function runPlan(plan, target) {
  const folder = mkdtempSync(join(tmpdir(), "llmops-bench-study-"));
  const journal = StudyJournal.create(folder, studyHeader(newStudyId()));
  try {
    return await runStudy(plan, new TargetPool(plan, () => Promise.resolve(target)), { journal, limits: LIMITS });
  } finally {
    journal.close({ finished: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

export function studyHeader(id) {
  return { id, command: "bench", argv: [], folder: ".", createdAt: "", status: "running", facts: {} };
}
