import { z } from "zod";
import { errorCodeSchema } from "../../lib/base/errors/error-code-schema.js";

/** What --json prints where a command fails. */
export const errorDocumentSchema = z.object({
  schema: z.literal("llmops.error/1"),
  error: z.object({
    code: errorCodeSchema,
    message: z.string(),
    hint: z.string().nullish().describe("What to do about it."),
  }),
});
