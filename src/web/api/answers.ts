import { OWN, post } from "./client.js";

export type Shown = "all" | "flips" | "differ" | "failed" | "rated";
export type RatingValue = string | number | boolean | null;

export interface Answer {
  repeat: number;
  text: string | null;
  thoughts: string | null;
  problem: string | null;
  finish_reason: string | null;
  scores: Record<string, number>;
  reasons: Record<string, string>;
  rating: { value: RatingValue; comment: string | null; trace_id: string } | null;
}

export interface AnswerRow {
  id: string;
  question: string;
  reference: string | null;
  topic: string | null;
  /** In order of the runs: the answers of each. */
  cells: Answer[][];
}

export interface AnswersWindow {
  runs: { run_id: string; rows: number; mean: number | null; has_table: boolean }[];
  scores: string[];
  score: string | null;
  topics: { topic: string; rows: number }[];
  total: number;
  matching: number;
  counts: Record<Shown, number>;
  /** How many ratings of all rows are of each kind. */
  scales: { pass: number; levels: number };
  offset: number;
  rows: AnswerRow[];
}

export interface AnswersQuery {
  runs: readonly string[];
  score?: string;
  show: Shown;
  min?: number;
  max?: number;
  topic?: string;
  words?: string;
}

export interface LabeledAnswer {
  id: string;
  question: string;
  answer: string;
  reference: string | null;
  label: string | number;
  comment: string | null;
  run_id: string;
}

/** A window of the rows that runs answered, with all their answers. Throws ApiError. */
export async function queryAnswers(query: AnswersQuery, offset: number, limit: number, signal?: AbortSignal): Promise<AnswersWindow> {
  return post<AnswersWindow>(`${OWN}/answers/query`, { ...query, offset, limit }, signal);
}

/** Which answer is rated. */
export interface AnswerPlace {
  run_id: string;
  row_id: string;
  repeat: number;
}

/** Keeps a rating of an answer; without a value and a comment it is taken back. Throws ApiError. */
export async function rateAnswer(place: AnswerPlace, value: RatingValue, comment: string | null): Promise<void> {
  await post(`${OWN}/answers/rate`, { ...place, value, ...(comment === null ? {} : { comment }) });
}

/** The rated answers of runs, as calibration of judges takes them. Throws ApiError. */
export async function ratedAnswers(runs: readonly string[]): Promise<LabeledAnswer[]> {
  return (await post<{ labels: LabeledAnswer[] }>(`${OWN}/answers/labels`, { runs })).labels;
}
