import { z } from "zod";
import { sweepResultSchema } from "../../lib/experiments/study/sweep-result.js";
import { optimizationResultSchema } from "../../lib/experiments/optimize/optimization-document.js";
import { judgementResultSchema } from "../../lib/experiments/evaluation/judgement-result.js";
import { pairwiseResultSchema } from "../../lib/experiments/evaluation/pairwise-result.js";
import { studyStatusSchema } from "../../lib/experiments/study/document-fields.js";
import { benchResultSchema } from "../../lib/report/bench-table.js";

/** The artifact study.json of a study's run, written while it runs and at its end. */
export const studyDocumentSchema = z.object({
  schema: z.literal("llmops.study/1"),
  kind: z.enum(["sweep", "ab", "judge", "pairwise", "optimize", "bench"]),
  status: z.enum(["running", ...studyStatusSchema.options]),
  resume: z.string().describe("The command that continues it, or repeats it where it cannot be continued."),
  verdict: z.string().nullable().describe("The result in a sentence; null while it runs."),
  failure: z
    .string()
    .nullable()
    .optional()
    .describe("Why nothing came of it, and its run has failed; null where something was measured, and while it runs."),
  cells: z.object({ done: z.number(), total: z.number() }),
  result: z
    .union([sweepResultSchema, optimizationResultSchema, judgementResultSchema, pairwiseResultSchema, benchResultSchema])
    .describe("What the command prints with --json; while it runs, what it would print if it were interrupted now."),
});
