import type { Layout, ReasonPlace } from "../../lib/experiments/judge/judge-prompt.js";

/** Who grades, and how verdicts are read. */
export interface JudgeOptions {
  /** Models that grade, as `modelPath` names one; several make a panel. The model under test grades when none is named. */
  modelPaths?: readonly string[] | undefined;
  /** OpenAI-compatible endpoints that grade. */
  endpoints?: readonly string[] | undefined;
  /** The model's name at the endpoints; their first when absent. */
  model?: string | undefined;
  /** The environment variable that has the endpoints' API key. */
  apiKeyEnv?: string | undefined;
  /** How a score is read: probability, generate, votes, or a judge of a plugin, with its options after a colon; by token probabilities where the judge gives them, else by votes, when absent. */
  method?: string | undefined;
  /** Verdicts of one vote; implies votes. */
  votes?: number | undefined;
  /** Where the judge writes a justification. */
  reason?: ReasonPlace | undefined;
  /** The longest reply in tokens, thoughts included. */
  maxTokens?: number | undefined;
  /** What prompts share; the rubric when absent. */
  layout?: Layout | undefined;
}
