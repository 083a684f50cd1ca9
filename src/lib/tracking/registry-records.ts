import { invalid } from "./mlflow-error.js";

/** Times are milliseconds since the epoch. */
export interface RegisteredModel {
  name: string;
  creationTime: number;
  lastUpdateTime: number;
  description: string;
  tags: Record<string, string>;
  /** Alias to version. */
  aliases: Record<string, string>;
  /** The newest version of every stage. */
  latestVersions: ModelVersion[];
}

export const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof STAGES)[number];

/** A stage by its name in any case. Throws INVALID_PARAMETER_VALUE. */
export function toStage(name: string): Stage {
  const stage = STAGES.find((known) => known.toLowerCase() === name.toLowerCase());
  if (stage) return stage;
  throw invalid(`Invalid Model Version stage: ${name}. Value must be one of ${STAGES.join(", ")}.`);
}

export interface ModelVersion {
  name: string;
  version: string;
  creationTime: number;
  lastUpdateTime: number;
  userId: string | null;
  stage: Stage;
  description: string;
  /** Where the model's files are: a URI of artifacts, or a path. */
  source: string;
  runId: string;
  runLink: string;
  status: "READY" | "PENDING_REGISTRATION" | "FAILED_REGISTRATION";
  statusMessage: string | null;
  tags: Record<string, string>;
  aliases: string[];
  modelId: string | null;
}

export interface NewModelVersion {
  name: string;
  source: string;
  runId?: string | undefined;
  runLink?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string>;
  modelId?: string | undefined;
}
