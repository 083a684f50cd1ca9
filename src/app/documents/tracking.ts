import { z } from "zod";
import { storeSummarySchema } from "../../lib/experiments/runs/summarize-store.js";
import { experimentDocumentSchema } from "../../lib/tracking/run-document.js";

export { userDocumentSchema, usersDocumentSchema, userTokensDocumentSchema } from "./users.js";

export const restoreDocumentSchema = z.object({
  schema: z.literal("llmops.restore/1"),
  experiment_id: z.string(),
  name: z.string(),
});

export type RestoreDocument = z.infer<typeof restoreDocumentSchema>;

export const copyDocumentSchema = z.object({
  schema: z.literal("llmops.copy/1"),
  from: z.string(),
  to: z.string(),
  experiments: z.number(),
  runs: z.number(),
  skipped: z.number(),
  artifacts: z.number(),
  logged_models: z.number(),
  traces: z.number(),
  assessments: z.number(),
  model_versions: z.number(),
  left_out: z.array(z.object({ what: z.string(), why: z.string() })),
});

/** What `mlflow import` and `mlflow export` print with --json. */
export type CopyDocument = z.infer<typeof copyDocumentSchema>;

export const gcDocumentSchema = z.object({
  schema: z.literal("llmops.gc/1"),
  dry_run: z.boolean(),
  runs: z.array(z.string()),
  experiments: z.array(z.string()),
});

export type GcDocument = z.infer<typeof gcDocumentSchema>;

export const reportDocumentSchema = z.object({
  schema: z.literal("llmops.report/1"),
  experiment: z.string(),
  path: z.string(),
  bytes: z.number(),
});

export type ReportDocument = z.infer<typeof reportDocumentSchema>;

export const experimentsDocumentSchema = z.object({
  schema: z.literal("llmops.experiments/1"),
  tracking_uri: z.string(),
  experiments: z.array(experimentDocumentSchema),
});

export type ExperimentsDocument = z.infer<typeof experimentsDocumentSchema>;

export const deleteDocumentSchema = z.object({
  schema: z.literal("llmops.delete/1"),
  experiment_id: z.string(),
  name: z.string(),
  runs: z.number(),
});

export type DeleteDocument = z.infer<typeof deleteDocumentSchema>;

export const archiveDocumentSchema = z.object({
  schema: z.literal("llmops.archive/1"),
  archived: z.array(
    z.object({
      experiment_id: z.string(),
      name: z.string(),
    }),
  ),
});

export type ArchiveDocument = z.infer<typeof archiveDocumentSchema>;

export const syncDocumentSchema = z.object({
  schema: z.literal("llmops.sync/1"),
  journals: z.array(
    z.object({
      tracking_uri: z.string(),
      path: z.string(),
      entries: z.number(),
      left: z.number(),
      rejected: z.number(),
      error: z.string().nullable(),
    }),
  ),
  live: z.number().describe("Journals of processes that are still running."),
  damaged: z.array(z.string()).describe("Files that no longer say which store their entries are for."),
});

export type SyncDocument = z.infer<typeof syncDocumentSchema>;

export const summaryDocumentSchema = storeSummarySchema.extend({ schema: z.literal("llmops.summary/1"), tracking_uri: z.string() });

export type SummaryDocument = z.infer<typeof summaryDocumentSchema>;
