import { Flags, type Interfaces } from "@oclif/core";
import { parseThoughtMarks, splitThoughts } from "../../lib/inference/openai/thoughts.js";
import type { ThinkingOptions } from "../../lib/experiments/study/study.js";

/** What becomes of the thoughts of models that reason before they answer. */
export const thinkingFlags = {
  "think-marks": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "OPEN,CLOSE",
    description: "marks around a model's thoughts, besides those known, such as <think>,</think>; thoughts are kept apart from the answer",
    helpGroup: "DECIDING",
  }),
  "score-thinking": Flags.boolean({ description: "score the thoughts together with the answer", helpGroup: "DECIDING" }),
};

type ThinkingFlags = Partial<Interfaces.InferredFlags<typeof thinkingFlags>>;

/** The part of a plan the flags say; empty without them. Throws INVALID_ARGUMENT. */
export function thinkingOf({ "think-marks": marks = [], "score-thinking": scored }: ThinkingFlags): { thinking?: ThinkingOptions } {
  return marks.length === 0 && scored !== true ? {} : { thinking: { marks: parseThoughtMarks(marks), scored: scored === true } };
}

/** Answers that a file has, by sample id, as they are graded: without thoughts unless these are wanted. Throws INVALID_ARGUMENT. */
export function readAnswers(answers: ReadonlyMap<string, string>, flags: ThinkingFlags): ReadonlyMap<string, string> {
  const { thinking } = thinkingOf(flags);
  if (thinking?.scored === true) return answers;
  return new Map(Array.from(answers, ([id, text]) => [id, splitThoughts(text, thinking?.marks).answer]));
}
