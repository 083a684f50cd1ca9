import type { ModelVersion } from "../tracking/registry-records.js";

/** A version of a registered model as --json prints it: MLflow's own field names. */
export interface VersionDocument {
  name: string;
  version: string;
  current_stage: string;
  aliases: string[];
  source: string;
  run_id: string | null;
  description: string;
  creation_timestamp: number;
  tags: Record<string, string>;
}

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
