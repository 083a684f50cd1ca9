import type { LabeledAnswer } from "../../api/answers.js";
import type { RatingScale } from "./answers-view.js";
import { csvText } from "../runs/csv.js";

export type LabelFormat = "jsonl" | "csv";

/** The labels of one scale: of two kinds no judge can be calibrated. */
export function labelsOn(labels: readonly LabeledAnswer[], scale: RatingScale): LabeledAnswer[] {
  return labels.filter(({ label }) => (typeof label === "number") === (scale === "levels"));
}

/** Rated answers as a file of labels that `llmops judge calibrate --labels` reads. */
export function labelFile(labels: readonly LabeledAnswer[], format: LabelFormat): string {
  if (format === "jsonl") {
    return labels
      .map(({ reference, comment, ...label }) => `${JSON.stringify({ ...label, ...withText({ reference, comment }) })}\n`)
      .join("");
  }
  const names = ["id", "question", "answer", "reference", "label", "comment", "run_id"] as const;
  return csvText([[...names], ...labels.map((label) => names.map((name) => label[name]))]);
}

function withText(texts: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
}
