/** Which rows of answers are wanted: those that all of it holds for. */
export interface AnswerFilter {
  /**
   * flips: the score passes in one run and fails in another; differ: answers are not the same; failed: an answer or its score is missing;
   * rated: a person rated an answer.
   */
  show: "all" | "flips" | "differ" | "failed" | "rated";
  /** Some run's score is in this range. */
  min: number | undefined;
  max: number | undefined;
  topic: string | undefined;
  /** Words, each to be found in the question, the right answer, or an answer, in any case. */
  words: string | undefined;
}

export interface AnswersRequest extends AnswerFilter {
  runIds: readonly string[];
  /** The score that rows are filtered by; the one that decides in the first run's study when absent. */
  score: string | undefined;
  offset: number;
  limit: number;
}

/** What a person said of an answer. */
export interface Rating {
  value: string | number | boolean | null;
  comment: string | null;
}

/** A rating that is kept, as an assessment of a trace. */
export interface KeptRating extends Rating {
  traceId: string;
}

/** One of a run's answers to a question. */
export interface Answer {
  repeat: number;
  text: string | null;
  thoughts: string | null;
  /** Why it, or its score, is missing. */
  problem: string | null;
  finishReason: string | null;
  scores: Record<string, number>;
  /** What judges said, by score. */
  reasons: Record<string, string>;
  rating: KeptRating | null;
}

export interface AnswerRow {
  id: string;
  question: string;
  reference: string | null;
  topic: string | null;
  /** In order of the runs; empty where a run has none. */
  cells: Answer[][];
}

export interface AnswersWindow {
  runs: { runId: string; rows: number; mean: number | null; hasTable: boolean }[];
  scores: string[];
  score: string | undefined;
  topics: { topic: string; rows: number }[];
  /** Rows of any run, and those that the filter leaves. */
  total: number;
  matching: number;
  /** How many of all rows each choice of `show` has. */
  counts: Record<AnswerFilter["show"], number>;
  /** How many ratings of all rows are pass or fail, and how many are levels: labels of a judge are of one kind. */
  scales: { pass: number; levels: number };
  rows: AnswerRow[];
}
