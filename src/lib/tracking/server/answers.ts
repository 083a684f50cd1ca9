import type { AnswersRequest, AnswersWindow, Rating } from "../../base/pages/answers.js";

/** A person's rating of an answer; without a value and a comment it is taken back. */
export interface RatingRequest extends Rating {
  runId: string;
  rowId: string;
  repeat: number;
  /** Who rated. */
  rater: string;
}

/** A rated answer, as `llmops judge calibrate --labels` reads it. */
export interface LabeledAnswer {
  id: string;
  question: string;
  answer: string;
  reference: string | null;
  label: string | number;
  comment: string | null;
  runId: string;
}

/** What runs answered, row by row, and what people say of it. */
export interface StoreAnswers {
  answers(request: AnswersRequest): Promise<AnswersWindow>;
  /** Keeps a rating as an assessment of a trace of the answer, which is made where there is none. Throws RESOURCE_DOES_NOT_EXIST. */
  rate(request: RatingRequest): Promise<void>;
  labels(runIds: readonly string[]): Promise<LabeledAnswer[]>;
}
