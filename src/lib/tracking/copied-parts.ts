import type { Readable } from "node:stream";
import type { LoggedModel, LoggedModelQuery, LoggedModelStatus, NewLoggedModel } from "./logged-model-records.js";
import type { OtlpSpan } from "./otlp/otlp-span.js";
import type { FileInfo, Page, SearchQuery } from "./records.js";
import type { Assessment, NewAssessment, NewTrace, Trace } from "./trace-records.js";

/** What of logged models is needed to copy them. Throws NOT_FOUND of a server that knows none, as those of MLflow 2. */
export interface LoggedModelCopies {
  create(model: NewLoggedModel): Promise<LoggedModel>;
  search(query: LoggedModelQuery): Promise<Page<LoggedModel>>;
  finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel>;
}

/** What of traces is needed to copy them. Throws as logged models do. */
export interface TraceCopies {
  put(trace: NewTrace): Promise<Trace>;
  get(traceId: string): Promise<Trace>;
  search(experimentIds: readonly string[], query: SearchQuery): Promise<Page<Trace>>;
  createAssessment(assessment: NewAssessment): Promise<Assessment>;
  /** The spans that the store itself has; none where clients keep them as artifacts. */
  spansOf(traceId: string): Promise<OtlpSpan[]>;
  /** Writes spans, over those with the same ids. Traces that are not there yet begin with them, in the experiment. */
  logSpans(experimentId: string, spans: readonly OtlpSpan[]): Promise<void>;
}

/** Files by the URIs that runs, logged models, and traces say. */
export interface FilesByUri {
  list(artifactUri: string, path: string): Promise<FileInfo[]>;
  read(artifactUri: string, path: string): Promise<Readable>;
  write(artifactUri: string, path: string, content: string | Uint8Array | Readable): Promise<void>;
}
