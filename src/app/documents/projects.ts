import { z } from "zod";
import { cardSchema } from "../../lib/experiments/evaluation/calibration-card.js";
import { checkedFindingSchema } from "../../lib/operations/doctor/finding.js";
import { comparisonDocumentSchema } from "../../lib/base/stats/comparison-document.js";
import { checkResultSchema } from "../../lib/experiments/gates/checks.js";

export const rubricsDocumentSchema = z.object({
  schema: z.literal("llmops.rubrics/1"),
  rubrics: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      requires: z.array(z.string()),
      levels: z.number(),
      path: z.string(),
      source: z.string(),
    }),
  ),
});

export type RubricsDocument = z.infer<typeof rubricsDocumentSchema>;

export const baselinesDocumentSchema = z.object({
  schema: z.literal("llmops.baselines/1"),
  baselines: z.array(
    z.object({
      name: z.string(),
      setting: z.string(),
      metrics: z.array(z.string()),
    }),
  ),
});

export type BaselinesDocument = z.infer<typeof baselinesDocumentSchema>;

export const baselineBlessDocumentSchema = z.object({
  schema: z.literal("llmops.baseline-bless/1"),
  name: z.string(),
  path: z.string(),
  run_id: z.string(),
  metrics: z.record(z.string(), z.number()),
});

export type BaselineBlessDocument = z.infer<typeof baselineBlessDocumentSchema>;

export const doctorDocumentSchema = z.object({
  schema: z.literal("llmops.doctor/1"),
  findings: z.array(checkedFindingSchema),
});

export type DoctorDocument = z.infer<typeof doctorDocumentSchema>;

export const initDocumentSchema = z.object({
  schema: z.literal("llmops.init/2"),
  files: z.array(
    z.object({
      path: z.string(),
      state: z.enum(["new", "same", "different"]),
    }),
  ),
  variables: z.record(z.string(), z.string()),
});

export type InitDocument = z.infer<typeof initDocumentSchema>;

export const compareDocumentSchema = z.object({
  schema: z.literal("llmops.compare/1"),
  sources: z.array(z.string()),
  comparisons: z.array(
    comparisonDocumentSchema.extend({
      source: z.string(),
      score: z.string(),
    }),
  ),
  checks: z.array(checkResultSchema).describe("What --gate asks."),
});

export type CompareDocument = z.infer<typeof compareDocumentSchema>;

export const judgeCardsDocumentSchema = z.object({ schema: z.literal("llmops.judge-cards/1"), cards: z.array(cardSchema) });

export type JudgeCardsDocument = z.infer<typeof judgeCardsDocumentSchema>;
