import type { OptionsSchema } from "../../base/registry/named-options.js";
import type { ChatMessage } from "../../inference/openai/completion.js";

/** What a user's scorer is given of a row: its other columns stand beside these too, under their own names. */
export interface ScoredSample {
  id: string;
  /** Of a conversation, what its last user message says. */
  question: string;
  /** The reference answer, the first where there are several; null where the row has none. */
  answer: string | null;
  answers: readonly string[];
  topic: string | null;
  /** The row's other columns, also those named like one of these. */
  fields: Readonly<Record<string, unknown>>;
  /** The conversation up to its last user message; absent where the row has none. */
  messages?: readonly ChatMessage[];
  [column: string]: unknown;
}

/** What a user's scorer is given of an answer. */
export interface ScoredCompletion {
  /** The answer without thoughts, unless they are scored too. */
  text: string;
  /** What the model thought before it answered; absent where it showed none. */
  thoughts?: string;
  finish_reason: string;
  prompt_tokens: number;
  completion_tokens: number;
  latency_seconds: number;
}

/** A score: a number, true for 1 or false for 0, null for unscored. */
export type ScoreValue = number | boolean | null;

/** What a user's scorer gives. */
export type ModuleScore = ScoreValue | { value: ScoreValue; explanation?: string };

/** A scorer in its shortest form: the default export of a module, or a scorer of a plugin. */
export type ScoreFunction = (sample: ScoredSample, completion: ScoredCompletion) => ModuleScore | Promise<ModuleScore>;

/** A scorer with what is known of it: the default export of a module, or a scorer of a plugin. */
export interface CustomScorer<Options = unknown> {
  score(sample: ScoredSample, completion: ScoredCompletion, options: Options): ModuleScore | Promise<ModuleScore>;
  /** Of a module: its scores are recorded under it; the file's name when absent. A plugin names its scorers itself. */
  name?: string;
  /** Whether values are rights and wrongs (0 or 1), or numbers with a mean; mean when absent. */
  kind?: "rate" | "mean";
  /** Whether more is better, worse, or neither; max when absent. */
  direction?: "max" | "min" | "none";
  /** Rows without a reference answer are unscored. */
  needsReference?: boolean;
  /** The lowest and highest value there can be. */
  range?: readonly [low: number, high: number];
  /** What it measures, in a few words. */
  about?: string;
  /** What may follow the name: `NAME:key=value`. Only of a plugin's scorers. */
  options?: OptionsSchema<Options>;
}
