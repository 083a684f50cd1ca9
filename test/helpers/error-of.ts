import { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";

/** The LlmopsError that the work throws; anything else, or nothing, fails the test. */
export async function errorOf(work: () => unknown): Promise<LlmopsError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof LlmopsError) return thrown;
    throw thrown;
  }
  throw new Error("expected an LlmopsError, but nothing was thrown");
}
