import { Flags, type Interfaces } from "@oclif/core";
import { parseThoughtMarks } from "./lib/openai/thoughts.js";
import type { ThinkingOptions } from "./lib/study/study.js";

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

/** The part of a plan the flags say; empty without them. Throws INVALID_ARGUMENT. */
export function thinkingOf({
  "think-marks": marks = [],
  "score-thinking": scored,
}: Partial<Interfaces.InferredFlags<typeof thinkingFlags>>): { thinking?: ThinkingOptions } {
  return marks.length === 0 && scored !== true ? {} : { thinking: { marks: parseThoughtMarks(marks), scored: scored === true } };
}
