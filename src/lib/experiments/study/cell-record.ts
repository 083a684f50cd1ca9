import type { ErrorCode } from "../../base/errors/codes.js";
import type { Completion, FinishReason } from "../../inference/openai/completion.js";
import { addCosts, type Score, type ScorerFailure, type ScoringCost } from "../scoring/scorer.js";
import type { FinishedCell } from "./run-cell.js";
import type { Cell } from "./study.js";

/** A finished cell as a line of the journal. */
export interface CellRecord extends Cell {
  seed: number;
  /** Absent for a cell that failed or was filtered. */
  text?: string;
  /** What the model thought before it answered. */
  thoughts?: string;
  finishReason?: FinishReason;
  promptTokens?: number;
  completionTokens?: number;
  firstTokenMs?: number;
  totalMs?: number;
  scores?: Record<string, number | null>;
  explanations?: Record<string, string>;
  details?: Record<string, object>;
  /** Scorers that could not tell for a reason that may pass. */
  unscored?: string[];
  /** By scorer: why it failed. */
  scorerErrors?: Record<string, ScorerFailure>;
  /** What models that score were asked; it counts beside the completion's own tokens. */
  scoring?: ScoringCost;
  error?: { code: ErrorCode; message: string };
}

/** A cell as it is kept. Built member by member: it is done for every cell, and spreads cost more than all else here. */
export function toRecord({ setting, sample, repeat, seed, outcome }: FinishedCell): CellRecord {
  if (!outcome.ok) return { setting, sample, repeat, seed, error: { code: outcome.error.code, message: outcome.error.message } };
  const { text, thoughts, finishReason, usage, timing } = outcome.completion;
  const record: CellRecord & { scores: Record<string, number | null> } = {
    setting,
    sample,
    repeat,
    seed,
    text,
    finishReason,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    firstTokenMs: round(timing.firstTokenMs),
    totalMs: round(timing.totalMs),
    scores: {},
  };
  if (thoughts !== undefined) record.thoughts = thoughts;
  addScores(record, outcome.scores);
  return record;
}

/** Members that say nothing are absent. */
function addScores(record: CellRecord & { scores: Record<string, number | null> }, scores: Readonly<Record<string, Score>>): void {
  const costs: ScoringCost[] = [];
  for (const [name, score] of Object.entries(scores)) {
    record.scores[name] = score.value;
    if (score.explanation !== undefined) (record.explanations ??= {})[name] = score.explanation;
    if (score.details !== undefined) (record.details ??= {})[name] = score.details;
    if (score.failure) (record.scorerErrors ??= {})[name] = score.failure;
    if (score.mayPass) (record.unscored ??= []).push(name);
    if (score.cost) costs.push(score.cost);
  }
  const scoring = addCosts(costs);
  if (scoring.calls > 0) record.scoring = scoring;
}

/** The answer of a record, as far as it was kept; undefined where there is none. */
export function toCompletion(record: CellRecord | undefined): Completion | undefined {
  const { text, thoughts, finishReason = "stop", promptTokens = 0, completionTokens = 0, firstTokenMs = 0, totalMs = 0 } = record ?? {};
  if (text === undefined) return undefined;
  const own = { text, ...(thoughts !== undefined && { thoughts }), finishReason };
  return {
    ...own,
    choices: [{ ...own, toolCalls: [], logprobs: undefined }],
    usage: { promptTokens, completionTokens },
    timing: { firstTokenMs, totalMs },
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
