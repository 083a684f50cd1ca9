import { z } from "zod";
import { checkResultSchema } from "../gates/checks.js";
import { judgeValiditySchema } from "../judge/demo-domain.js";
import { datasetFields, modelsSchema, recordedFields, studyStatusSchema, tokensSchema } from "../study/document-fields.js";
import { cellErrorSchema } from "../study/error-tally.js";
import { settingSchema } from "../study/study.js";
import { judgeShiftSchema } from "./anchors.js";
import { auditSummarySchema } from "./audit-summary.js";
import { cardSummarySchema } from "./calibration-card.js";
import { criterionMetricsSchema } from "./criterion-metrics.js";
import { judgedRowSchema, rowCountsSchema } from "./judged-rows.js";

export const judgementResultSchema = z.object({
  schema: z.literal("llmops.judge/2"),
  command: z.string(),
  study: z.object({
    id: z.string(),
    resume: z.string(),
    name: z.string(),
    status: studyStatusSchema,
    dataset: z.object(datasetFields),
    seed: z.number(),
    fixed: settingSchema.describe("What the model under test was asked with."),
    rows: rowCountsSchema.extend({
      resumed: z.number(),
    }),
    tokens: tokensSchema,
    ...recordedFields,
    experiment_id: z.string().nullable(),
  }),
  target: z.object({
    model: z.string(),
    location: z.string(),
    answers: z.enum(["given", "generated", "both"]),
  }),
  judge: z.object({
    models: modelsSchema,
    method: z.string(),
    reason: z.string(),
    layout: z.string(),
    votes: z.number().nullable(),
    self: z.boolean().describe("The judge grades answers of its own model."),
    criteria: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        weight: z.number(),
        levels: z.record(z.string(), z.string()),
        fingerprint: z.string(),
        card: cardSummarySchema.nullable(),
      }),
    ),
    validity: judgeValiditySchema.nullable().describe("Whether the demo model knows what it grades; null for any other judge."),
    audit: auditSummarySchema.nullable().describe("What this judge was found to be fooled by; null where it was not audited."),
    warnings: z.array(z.string()).describe("What speaks against trusting the judge, a sentence each."),
    shift: judgeShiftSchema.nullable().describe("Frozen answers graded again: how far the judge has moved since they were kept."),
  }),
  metrics: z.record(z.string(), criterionMetricsSchema),
  rows: z.array(judgedRowSchema),
  doubtful: z.array(z.string()).describe("Ids of the rows the judges are least sure of, the most doubtful first."),
  errors: z.array(cellErrorSchema).describe("Why rows have no score, the commonest reason first."),
  checks: z.array(checkResultSchema).describe("What the result had to hold, and whether it does."),
});

/** The document `llmops judge --json` prints. */
export type JudgementResult = z.infer<typeof judgementResultSchema>;
