import type { AskLimits } from "../../inference/gateway/ask.js";
import type { PromptOptions } from "./judge-prompt.js";

/** How a judge judges, the same for all it is asked. */
export interface JudgeOptions extends PromptOptions {
  /** The name of the way it judges. */
  method: string;
  /** Verdicts a vote takes. */
  votes: number;
  seed: number;
  limits: AskLimits;
  /** Calls at a time; no bound where it is absent. */
  concurrency?: number;
  /** The replies can be held to a JSON schema. */
  schema: boolean;
  /** Most tokens of one reply; chosen by what is written and whether the judge thinks where it is absent. */
  maxTokens?: number;
  /** It thinks before it answers, as it did when it was opened. */
  thinks?: boolean;
}
