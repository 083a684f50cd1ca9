import { z } from "zod";
import { runDocumentSchema } from "../../lib/tracking/run-document.js";
import { staleActionSchema } from "../../lib/experiments/runs/stale-runs.js";
import { comparisonDocumentSchema } from "../../lib/base/stats/comparison-document.js";

export const runShowDocumentSchema = z.object({
  schema: z.literal("llmops.run/1"),
  tracking_uri: z.string(),
  run: runDocumentSchema,
  artifacts: z.array(
    z.object({
      path: z.string(),
      is_dir: z.boolean(),
      file_size: z.number(),
    }),
  ),
});

export type RunShowDocument = z.infer<typeof runShowDocumentSchema>;

export const runsDocumentSchema = z.object({
  schema: z.literal("llmops.runs/1"),
  tracking_uri: z.string(),
  runs: z.array(runDocumentSchema),
});

export type RunsDocument = z.infer<typeof runsDocumentSchema>;

export const staleDocumentSchema = z.object({
  schema: z.literal("llmops.stale/1"),
  action: staleActionSchema.nullable(),
  runs: z.array(
    z.object({
      run_id: z.string(),
      run_name: z.string(),
      experiment_id: z.string(),
      start_time: z.number(),
      last_activity: z.number(),
    }),
  ),
});

export type StaleDocument = z.infer<typeof staleDocumentSchema>;

export const logTrainingDocumentSchema = z.object({
  schema: z.literal("llmops.log-training/1"),
  tracking_uri: z.string(),
  run_id: z.string().nullable(),
  points: z.number(),
  last_step: z.number().nullable(),
  ended: z.enum(["complete", "idle", "interrupted", "read"]),
  final: z.record(z.string(), z.number().nullable()).describe("The last value of each metric; null where it is not a number."),
});

export type LogTrainingDocument = z.infer<typeof logTrainingDocumentSchema>;

export const bestDocumentSchema = z.object({
  schema: z.literal("llmops.best/1"),
  tracking_uri: z.string(),
  metric: z.string(),
  direction: z.enum(["max", "min"]),
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  considered: z.number(),
  tied: z.number().describe("Runs that have the very same value, this one among them."),
  run: runDocumentSchema,
  overlapping: z
    .array(
      z.object({
        run_id: z.string(),
        run_name: z.string(),
        value: z.number(),
      }),
    )
    .describe("Runs whose interval reaches the best one's."),
});

export type BestDocument = z.infer<typeof bestDocumentSchema>;

export const compareRunsDocumentSchema = z.object({
  schema: z.literal("llmops.compare-runs/2"),
  tracking_uri: z.string(),
  runs: z.array(runDocumentSchema),
  differing_params: z.array(z.string()),
  paired: z.array(
    comparisonDocumentSchema.extend({
      run_id: z.string(),
      score: z.string(),
    }),
  ),
});

export type CompareRunsDocument = z.infer<typeof compareRunsDocumentSchema>;

export const execDocumentSchema = z.object({
  schema: z.literal("llmops.exec/1"),
  tracking_uri: z.string(),
  run_id: z.string().nullable(),
  status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
  exit_code: z.number(),
});

export type ExecDocument = z.infer<typeof execDocumentSchema>;
