import { LlmopsError } from "../../base/errors/llmops-error.js";

export const ROW_HINT = 'A row is like {"question": "What is 2 + 2?", "answer": "4"}; llmops help datasets says what else is read.';

/** A DATASET_INVALID error. */
export function invalidDataset(message: string, hint = ROW_HINT, cause?: unknown): LlmopsError {
  return new LlmopsError("DATASET_INVALID", message, { hint, cause });
}
