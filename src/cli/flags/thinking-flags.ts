import { Flags, type Interfaces } from "@oclif/core";
import type { ThoughtOptions } from "../../app/studies/thinking.js";
import type { Complete } from "./complete.js";

/** What becomes of the thoughts of models that reason before they answer. */
export const thinkingFlags = {
  "think-marks": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "OPEN,CLOSE",
    description: "additional marks around a model's thoughts, such as <think>,</think>; thoughts are kept apart from the answer",
    helpGroup: "DECIDING",
  }),
  "score-thinking": Flags.boolean({ description: "score the thoughts together with the answer", helpGroup: "DECIDING" }),
};

/** What `thinkingFlags` say. */
export function thoughtsOf(flags: Partial<Interfaces.InferredFlags<typeof thinkingFlags>>): Complete<ThoughtOptions> {
  return { thinkMarks: flags["think-marks"], scoreThinking: flags["score-thinking"] };
}
