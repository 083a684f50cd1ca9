import { LlmopsError } from "../../base/errors/llmops-error.js";

/** A MODEL_INVALID error about a folder or one of its files: "PATH WHAT." */
export function refusal(path: string, what: string, { hint, cause }: { hint?: string; cause?: unknown } = {}): LlmopsError {
  return new LlmopsError("MODEL_INVALID", `${path} ${what}.`, {
    hint: hint ?? "Download the folder again and check that its files are complete.",
    cause,
  });
}
