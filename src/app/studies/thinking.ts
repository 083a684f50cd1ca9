import type { ThinkingOptions } from "../../lib/experiments/study/study.js";
import { parseThoughtMarks, splitThoughts } from "../../lib/inference/openai/thoughts.js";

/** What becomes of the thoughts of models that reason before they answer. */
export interface ThoughtOptions {
  /** Marks around a model's thoughts besides those known, as OPEN,CLOSE. */
  thinkMarks?: readonly string[] | undefined;
  /** Score the thoughts together with the answer. */
  scoreThinking?: boolean | undefined;
}

/** The part of a plan the options say; empty without them. Throws INVALID_ARGUMENT. */
export function thinkingOf({ thinkMarks: marks = [], scoreThinking: scored }: ThoughtOptions): { thinking?: ThinkingOptions } {
  return marks.length === 0 && scored !== true ? {} : { thinking: { marks: parseThoughtMarks(marks), scored: scored === true } };
}

/** Answers that a file has, by sample id, as they are graded: without thoughts unless these are wanted. Throws INVALID_ARGUMENT. */
export function readAnswers(answers: ReadonlyMap<string, string>, options: ThoughtOptions): ReadonlyMap<string, string> {
  const { thinking } = thinkingOf(options);
  if (thinking?.scored === true) return answers;
  return new Map(Array.from(answers, ([id, text]) => [id, splitThoughts(text, thinking?.marks).answer]));
}
