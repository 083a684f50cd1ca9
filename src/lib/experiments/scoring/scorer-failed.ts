import { LlmopsError } from "../../base/errors/llmops-error.js";

/** A scorer of the user's that did not give a score. The caller says which scorer, and of which row. */
export function scorerFailed(why: string): LlmopsError {
  return new LlmopsError("SCORER_FAILED", why, { hint: "Try the scorer by hand on one answer." });
}
