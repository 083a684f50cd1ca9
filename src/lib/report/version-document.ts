import { z } from "zod";
import type { ModelVersion } from "../tracking/registry-records.js";

export const versionDocumentSchema = z.object({
  name: z.string(),
  version: z.string(),
  current_stage: z.string(),
  aliases: z.array(z.string()),
  source: z.string(),
  run_id: z.string().nullable(),
  description: z.string(),
  creation_timestamp: z.number(),
  tags: z.record(z.string(), z.string()),
});

/** A version of a registered model as --json prints it: MLflow's own field names. */
export type VersionDocument = z.infer<typeof versionDocumentSchema>;

export function toVersionDocument(version: ModelVersion): VersionDocument {
  return {
    name: version.name,
    version: version.version,
    current_stage: version.stage,
    aliases: version.aliases,
    source: version.source,
    run_id: version.runId === "" ? null : version.runId,
    description: version.description,
    creation_timestamp: version.creationTime,
    tags: version.tags,
  };
}
