import type { Sample } from "../dataset/sample.js";
import type { Completion } from "../openai/completion.js";

/** What a scorer says about one completion. `value` is null where it cannot tell (unscored), never a made-up 0. */
export interface Score {
  value: number | null;
  explanation?: string;
}

/** Scores one completion of one sample. `kind` says how values are summarised: a rate of 0/1, or a mean. */
export interface Scorer {
  name: string;
  kind: "rate" | "mean";
  score(sample: Sample, completion: Completion): Score;
}
