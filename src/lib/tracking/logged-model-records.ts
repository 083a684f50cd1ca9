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

/** A dataset that models are measured on: any of that name where no digest is given. */
export interface ModelDataset {
  name: string;
  digest: string | undefined;
}

export interface LoggedModelQuery {
  experimentIds: readonly string[];
  filter: string | undefined;
  /** Only models with metrics on one of these; the filter's conditions on metrics are of those metrics then. */
  datasets?: readonly ModelDataset[];
  /** A metric's value is its latest, on the dataset where one is named. */
  orderBy: readonly { field: string; ascending: boolean; dataset?: ModelDataset | undefined }[];
  maxResults: number;
  pageToken: string | undefined;
}
