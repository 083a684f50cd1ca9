import type { Dataset } from "../dataset/sample.js";
import type { LlmopsError } from "../errors/llmops-error.js";
import type { Completion } from "../openai/completion.js";
import type { Score, Scorer } from "../scoring/scorer.js";
import type { Estimate } from "../stats/estimate.js";

/** Parameter values by name, such as { temperature: 0.3 }. */
export type Setting = Record<string, number>;

/** What a study will do: every setting over every sample, repeated. */
export interface StudyPlan {
  name: string;
  settings: Setting[];
  /** Parameters that all settings share. */
  fixed: Setting;
  dataset: Dataset;
  /** Repeats per sample, one count per setting. */
  repeats: number[];
  scorers: Scorer[];
  /** The scorer whose mean names the best setting. */
  primary: Scorer;
  systemPrompt: string | undefined;
  seed: number;
  concurrency: number;
}

/** One (setting, sample, repeat); indices into the plan. */
export interface Cell {
  setting: number;
  sample: number;
  repeat: number;
}

export type CellOutcome = { ok: true; completion: Completion; scores: Record<string, Score> } | { ok: false; error: LlmopsError };

export interface FinishedCell extends Cell {
  seed: number;
  outcome: CellOutcome;
}

/** The number of cells of a plan. */
export function countCells(plan: StudyPlan): number {
  return plan.repeats.reduce((sum, repeats) => sum + repeats * plan.dataset.samples.length, 0);
}

/** One setting's results. `accuracy` repeats the primary scorer's estimate. */
export interface SettingSummary {
  params: Setting;
  metrics: Record<string, Estimate>;
  cells: { done: number; failed: number; planned: number };
}
