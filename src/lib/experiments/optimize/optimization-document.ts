import { z } from "zod";
import { searchDimensionSchema } from "../samplers/space.js";
import { estimateSchema } from "../../base/stats/estimate.js";
import { verdictSchema } from "../../base/stats/verdict.js";
import { checkResultSchema } from "../gates/checks.js";
import { cellErrorSchema } from "../study/error-tally.js";
import { cellsDocumentSchema } from "../study/sweep-result.js";
import { settingSchema } from "../study/study.js";
import { brokenConditionSchema } from "./conditions.js";
import { stopReasonSchema } from "./run-optimization.js";
import { surfaceDocumentSchema } from "./surface.js";
import { trialStateSchema } from "./trial-log.js";
import { datasetFields, recordedFields, studyStatusSchema, tokensSchema } from "../study/document-fields.js";

const trialDocumentSchema = z.object({
  trial: z.number(),
  params: settingSchema,
  value: z
    .number()
    .nullable()
    .describe("The first objective, as if all trials had met the same samples, and its standard error beside other trials."),
  se: z.number().nullable(),
  values: z.array(z.number().nullable()).nullable().describe("All objectives, where there are several."),
  bounds: z.array(z.number().nullable()).describe("Each constraint's quantity."),
  feasible: z.boolean().nullable(),
  state: trialStateSchema,
  problem: z.string().nullable(),
  run_id: z.string().nullable(),
});

export type TrialDocument = z.infer<typeof trialDocumentSchema>;

const proofDocumentSchema = z.object({
  samples: z.number(),
  repeats: z.number(),
  status: studyStatusSchema,
  cells: cellsDocumentSchema,
  settings: z
    .array(
      z.object({
        role: z.enum(["default", "best", "candidate"]),
        name: z.string(),
        params: settingSchema,
        metrics: z.record(z.string(), estimateSchema),
        feasible: z
          .boolean()
          .nullable()
          .describe("Whether it keeps all constraints on these rows; null without any, and where that was not measured."),
        broken: z.array(brokenConditionSchema).describe("The constraints that it breaks."),
        comparisons: z
          .record(
            z.string(),
            z.object({
              n: z.number(),
              difference: z.number(),
              low: z.number().nullable(),
              high: z.number().nullable(),
              confidence: z.number(),
              p_value: z.number().nullable(),
              verdict: verdictSchema,
            }),
          )
          .describe("With the default, by objective."),
        run_id: z.string().nullable(),
      }),
    )
    .describe("The default first, then the candidates."),
  winner: settingSchema
    .nullable()
    .describe(
      "The first setting that is proven better than the default by the first objective and keeps all conditions; null where none does.",
    ),
});

export type ProofDocument = z.infer<typeof proofDocumentSchema>;

export const optimizationResultSchema = z.object({
  schema: z.literal("llmops.optimize/1"),
  command: z.string(),
  study: z.object({
    id: z.string(),
    resume: z.string(),
    name: z.string(),
    status: studyStatusSchema,
    stopped_by: stopReasonSchema,
    sampler: z.string(),
    model: z.string(),
    target: z.string(),
    dataset: z.object({ ...datasetFields, held_out: z.number() }),
    fixed: settingSchema,
    repeats: z.number(),
    seed: z.number(),
    concurrency: z.number(),
    trials: z.object({
      finished: z.number(),
      stopped: z.number(),
      failed: z.number(),
    }),
    cells: cellsDocumentSchema.describe("The completions of all trials."),
    tokens: tokensSchema,
    ...recordedFields,
    experiment_id: z.string().nullable(),
  }),
  space: z.array(searchDimensionSchema).readonly(),
  objectives: z.array(
    z.object({
      name: z.string(),
      direction: z.enum(["max", "min"]),
      kind: z.enum(["rate", "mean"]),
    }),
  ),
  constraints: z.array(z.string()),
  trials: z.array(trialDocumentSchema),
  best: z
    .object({
      trial: z.number(),
      params: settingSchema,
      mean: z.number(),
      low: z.number(),
      high: z.number(),
      run_id: z.string().nullable(),
    })
    .nullable()
    .describe(
      "Of one objective: the setting believed best of those that keep all constraints, with a 95 % interval of its objective, over rows like those searched with.",
    ),
  nearest: z
    .object({
      trial: z.number(),
      params: settingSchema,
      broken: z.array(brokenConditionSchema),
      run_id: z.string().nullable(),
    })
    .nullable()
    .describe("Where no trial keeps all constraints: the one that comes nearest to it."),
  front: z
    .object({
      trials: z.array(z.number()),
      hypervolume: z.number(),
    })
    .nullable()
    .describe("Of several objectives: the trials that no other beats, and the share of the box of all trials that they dominate."),
  surface: surfaceDocumentSchema.nullable().describe("What a Gaussian process believes of the space by the first objective."),
  proof: proofDocumentSchema.nullable(),
  errors: z.array(cellErrorSchema).describe("Why completions of trials have no score, the commonest reason first."),
  checks: z.array(checkResultSchema).describe("What the result had to hold, and whether it does."),
});

/** The document `llmops optimize --json` prints. */
export type OptimizationResult = z.infer<typeof optimizationResultSchema>;
