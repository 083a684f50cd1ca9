import { z } from "zod";
import type { LlmopsError } from "../../../base/errors/llmops-error.js";
import { errorText } from "../error-text.js";

/** An error in Ollama's shape. */
export const ollamaErrorSchema = z.object({ error: z.string() });

/** An error in Ollama's shape: one text. */
export function toOllamaError(error: LlmopsError): z.output<typeof ollamaErrorSchema> {
  return { error: errorText(error) };
}
