import type { CompletionTarget } from "../openai/completion-target.js";
import type { Estimate } from "../stats/estimate.js";
import type { Setting, StudyPlan } from "./study.js";
import type { StudySummary } from "./summarise.js";

/** The document `llmops sweep --json` prints. Names are snake_case; `schema` changes when fields do. */
export interface SweepResult {
  schema: "llmops.sweep/1";
  command: string;
  study: {
    name: string;
    status: "finished" | "interrupted";
    model: string;
    target: string;
    dataset: { path: string; digest: string; samples: number; available: number };
    scorer: string;
    seed: number;
    concurrency: number;
    fixed: Setting;
    cells: { done: number; failed: number; planned: number };
    seconds: number;
    tracking_uri: string;
    experiment: string;
    experiment_id: string | null;
    run_id: string | null;
  };
  settings: {
    params: Setting;
    repeats: number;
    metrics: Record<string, Estimate>;
    cells: { done: number; failed: number; planned: number };
    run_id: string | null;
  }[];
  best: { params: Setting; accuracy: number; run_id: string | null; tied_with: { params: Setting; p_value: number }[] } | null;
  /** The first failure's message for each failing setting, if any. */
  errors: string[];
}

export interface SweepFacts {
  command: string;
  interrupted: boolean;
  available: number;
  seconds: number;
  trackingUri: string;
  experiment: string;
  experimentId: string | null;
  /** Null where the store has not answered yet. */
  parentRunId: string | null;
  runIds: (string | null)[];
  errors: string[];
}

/** Puts a study's summary and where it was recorded into the published form. */
export function toSweepResult(plan: StudyPlan, target: CompletionTarget, summary: StudySummary, facts: SweepFacts): SweepResult {
  const { best } = summary;
  const total = (key: "done" | "failed" | "planned") => summary.settings.reduce((sum, setting) => sum + setting.cells[key], 0);
  const { path, digest, samples } = plan.dataset;
  return {
    schema: "llmops.sweep/1",
    command: facts.command,
    study: {
      name: plan.name,
      status: facts.interrupted ? "interrupted" : "finished",
      model: target.model,
      target: target.location,
      dataset: { path, digest, samples: samples.length, available: facts.available },
      scorer: plan.primary.name,
      seed: plan.seed,
      concurrency: plan.concurrency,
      fixed: plan.fixed,
      cells: { done: total("done"), failed: total("failed"), planned: total("planned") },
      seconds: Math.round(facts.seconds * 100) / 100,
      tracking_uri: facts.trackingUri,
      experiment: facts.experiment,
      experiment_id: facts.experimentId,
      run_id: facts.parentRunId,
    },
    settings: summary.settings.map(({ params, metrics, cells }, i) => ({
      params,
      repeats: plan.repeats[i] ?? 0,
      metrics: Object.fromEntries(Object.entries(metrics).filter(([, estimate]) => estimate.n > 0)),
      cells,
      run_id: facts.runIds[i] ?? null,
    })),
    best: best && {
      params: best.params,
      accuracy: best.accuracy,
      run_id: facts.runIds[best.index] ?? null,
      tied_with: best.tiedWith.map(({ params, pValue }) => ({ params, p_value: pValue })),
    },
    errors: facts.errors,
  };
}
