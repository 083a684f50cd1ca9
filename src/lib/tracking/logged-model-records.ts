import type { Metric } from "./records.js";

/** The states of a logged model by the number the database keeps. */
export const MODEL_STATUSES = [
  "LOGGED_MODEL_STATUS_UNSPECIFIED",
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
] as const;
export type LoggedModelStatus = (typeof MODEL_STATUSES)[number];

/** A model a run made, as MLflow 3 records it. */
export interface LoggedModel {
  modelId: string;
  experimentId: string;
  name: string;
  creationTime: number;
  lastUpdateTime: number;
  artifactUri: string;
  status: LoggedModelStatus;
  modelType: string | null;
  sourceRunId: string | null;
  statusMessage: string | null;
  tags: Record<string, string>;
  params: Record<string, string>;
  metrics: (Metric & { runId: string })[];
}

export interface NewLoggedModel {
  experimentId: string;
  name: string;
  modelType: string | undefined;
  sourceRunId: string | undefined;
  tags: Record<string, string>;
  params: Record<string, string>;
}

export interface LoggedModelQuery {
  experimentIds: readonly string[];
  filter: string | undefined;
  orderBy: readonly { field: string; ascending: boolean }[];
  maxResults: number;
  pageToken: string | undefined;
}
