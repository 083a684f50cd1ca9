import { z } from "zod";
import { rateLimitDocumentSchema } from "../../inference/openai/rate-watch.js";

// What documents of studies of every kind have alike.

/** How a study ended. */
export const studyStatusSchema = z.enum(["finished", "interrupted", "budget spent"]);

/** The rows that were asked. */
export const datasetFields = { path: z.string(), digest: z.string(), samples: z.number(), available: z.number() };

/** Models, and where they are. */
export const modelsSchema = z.array(z.object({ model: z.string(), location: z.string() }));

/** Tokens of all answers together. */
export const tokensSchema = z.object({ prompt: z.number(), completion: z.number() });

/** How long a study took, and where it is recorded. */
export const recordedFields = {
  rate_limits: z.array(rateLimitDocumentSchema).exactOptional().describe("Only where requests were refused for their rate."),
  seconds: z.number(),
  tracking_uri: z.string(),
  experiment: z.string(),
  run_id: z.string().nullable(),
};
