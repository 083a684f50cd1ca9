import type { ErrorCode } from "../../base/errors/codes.js";
import type { Sample } from "../dataset/sample.js";
import type { Completion } from "../../inference/openai/completion.js";
import type { Bounds } from "../../base/stats/estimate.js";
import type { Direction } from "../../base/stats/verdict.js";
import type { Registered } from "../../base/registry/registry.js";
import { readChoice } from "./read-choice.js";

/** What a scorer says about one completion. `value` is null where it cannot tell (unscored), never a made-up 0. */
export interface Score {
  value: number | null;
  explanation?: string;
  /** There is no score for a reason that may pass: it is tried again with --retry-failed. */
  mayPass?: boolean;
  /** The scorer itself failed. */
  failure?: ScorerFailure;
  /** What else is known of it, to be kept beside it. */
  details?: object;
  /** What a model was asked for it. */
  cost?: ScoringCost;
}

/** Why a scorer failed on a row; `reason` is the same for rows on which it failed alike. */
export interface ScorerFailure {
  code: ErrorCode;
  message: string;
  reason: string;
}

/** Requests to a model that scores, and their tokens. */
export interface ScoringCost {
  calls: number;
  promptTokens: number;
  completionTokens: number;
}

/** Several costs together. */
export function addCosts(costs: readonly (ScoringCost | undefined)[]): ScoringCost {
  const total = { calls: 0, promptTokens: 0, completionTokens: 0 };
  for (const cost of costs) {
    if (!cost) continue;
    total.calls += cost.calls;
    total.promptTokens += cost.promptTokens;
    total.completionTokens += cost.completionTokens;
  }
  return total;
}

export interface ScoreContext {
  /** What the scorers before this one gave the same completion. */
  earlier: Readonly<Record<string, Score>>;
  signal?: AbortSignal;
  /** How long a scorer of the user's may take; without it there is no limit. */
  timeoutMs?: number;
}

/** Scores one completion of one sample. `kind` says how values are summarized: a rate of 0/1, or a mean. */
export interface Scorer {
  name: string;
  /** What tells this scorer from another of that name, such as a digest of its file: a study is not resumed with another. */
  version?: string;
  kind: "rate" | "mean";
  /** Whether more is better, worse, or neither. */
  direction: Direction;
  /** The lowest and highest value there can be, such as [1, 5] of a grade; a rate needs none. Intervals and axes keep to it. */
  range?: Bounds;
  /** Compares with the sample's reference answer: samples without one are unscored. */
  needsReference?: boolean;
  /** Columns of the row it reads beside the reference. */
  columns?: readonly string[];
  score(sample: Sample, completion: Completion, context?: ScoreContext): Score | Promise<Score>;
}

/** A scorer as it is named: `NAME`, or `NAME:ARGUMENT` where it takes one. */
export interface ScorerDefinition extends Registered {
  /** What NAME alone measures; absent where it needs an argument. */
  about?: string;
  argument?: { placeholder: string; about: string };
  /** Throws INVALID_ARGUMENT for an argument that it does not take. */
  make(argument: string | undefined, signal?: AbortSignal): Scorer | Promise<Scorer>;
}

/** A scorer that needs nothing but the texts, and so can tell at once. */
export type ReferenceScorer = Omit<Scorer, "score"> & { score(sample: Sample, completion: Completion): Score };

/** An answer as it is compared: of a row with choices, the text of the one it gives, as `read` finds it. */
export function spelledOut(text: string, { choices }: Pick<Sample, "choices">, read = readChoice): string {
  const place = choices && read(text, choices.options);
  return place === undefined ? text : (choices?.options[place]?.text ?? text);
}

/** A scorer of what compares the completion with one accepted answer, from 0 (nothing alike) to 1; the best of several counts. `read` finds the choice an answer gives. */
export function referenceScorer(
  name: string,
  kind: Scorer["kind"],
  compare: (text: string, reference: string) => Score,
  read = readChoice,
): ReferenceScorer {
  return {
    name,
    kind,
    range: [0, 1],
    direction: "max",
    needsReference: true,
    score(sample, { text }) {
      const { answers } = sample;
      if (answers.length === 0) return { value: null, explanation: "the sample has no reference answer" };
      const said = spelledOut(text, sample, read);
      const scores = answers.map((reference) => compare(said, reference));
      return scores.reduce((best, score) => ((score.value ?? -Infinity) > (best.value ?? -Infinity) ? score : best));
    },
  };
}
