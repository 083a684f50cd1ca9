import type { ArtifactStore } from "./artifact-store.js";
import type { OtlpSpan } from "./otlp/otlp-span.js";
import type { LoggedModel, LoggedModelQuery, LoggedModelStatus, NewLoggedModel } from "./logged-model-records.js";
import type { DatasetSummary, HistoryQuery, Page, Purged, PurgeQuery, RunInfo, RunMetric, SearchQuery } from "./records.js";
import type { StoreViews } from "./store-views.js";
import type {
  Assessment,
  AssessmentUpdate,
  NewAssessment,
  NewTrace,
  StoredSpans,
  Trace,
  TraceEnd,
  TraceSelection,
} from "./trace-records.js";
import type { TrackingStore } from "./tracking-store.js";

/**
 * What keeps the data of a tracking server: all that clients ask of a store, and what only a server and its operator need. Each call is
 * done whole or not at all, also beside calls of other processes; what one call reads and writes is never torn by another. Ids that are
 * not there throw RESOURCE_DOES_NOT_EXIST.
 */
export interface TrackingBackend extends TrackingStore {
  readonly traces: TraceStore;
  readonly loggedModels: LoggedModelStore;
  /** The store as people look at it. */
  readonly views: StoreViews;
  /** The files of runs, logged models and traces. */
  readonly artifacts: ArtifactStore;

  /** What tells this store from every other one of this machine; undefined where its database was moved away. */
  identity(): string | undefined;
  /** Another text each time another process has written. */
  writesOfOthers(): Promise<string>;

  /** A run without its data. */
  getRunInfo(runId: string): Promise<RunInfo>;
  /** Adds one param. Throws INVALID_PARAMETER_VALUE where it has another value already. */
  logParam(runId: string, key: string, value: string): Promise<void>;
  /** Adds a model's description to the tag in which MLflow 2 lists the models of a run. */
  logModel(runId: string, model: object): Promise<void>;
  /** Points of a metric of several runs, by step, timestamp and value, evenly downsampled to `maxResults` of each run. */
  metricHistories(query: HistoryQuery): Promise<RunMetric[]>;
  /** Datasets of the experiments' runs, each with the contexts it was used in; at most 1000. */
  searchDatasets(experimentIds: readonly string[]): Promise<DatasetSummary[]>;

  /** Removes deleted runs and experiments for good, with their files. */
  purgeDeleted(query: PurgeQuery): Promise<Purged>;
  /** Removes an experiment for good, with its runs and files. Throws INVALID_PARAMETER_VALUE for Default. */
  purgeExperiment(experimentId: string): Promise<Purged>;
}

/** Traces, without the spans that clients keep as an artifact, and what is said of them. */
export interface TraceStore {
  /** Writes a trace, over what is known of it, and says where its spans belong in the tag mlflow.artifactLocation. */
  put(trace: NewTrace): Promise<Trace>;
  /** Ends a trace that was started; metadata and tags are added to those it has. */
  end(traceId: string, end: TraceEnd): Promise<Trace>;
  get(traceId: string): Promise<Trace>;
  /** The traces of those ids that there are. */
  read(traceIds: readonly string[]): Promise<Trace[]>;
  /** Traces of the experiments, newest first unless ordered otherwise. */
  search(experimentIds: readonly string[], query: SearchQuery): Promise<Page<Trace>>;
  /** Deletes traces of an experiment. Returns how many. */
  delete(experimentId: string, which: TraceSelection): Promise<number>;
  setTag(traceId: string, key: string, value: string): Promise<void>;
  deleteTag(traceId: string, key: string): Promise<void>;
  /** Notes that traces belong to a run, as evaluations do; at most 100 at once. */
  linkToRun(traceIds: readonly string[], runId: string): Promise<void>;
  /** Writes spans, over those with the same ids. Traces that are not there yet begin with them, in the experiment. */
  logSpans(experimentId: string, spans: readonly OtlpSpan[]): Promise<void>;
  /** All spans in the database. Throws BAD_REQUEST where one of them is not MLflow's. */
  spansOf(traceId: string): Promise<OtlpSpan[]>;
  /** The spans in the database; none for traces whose clients keep them as an artifact. */
  storedSpans(traceId: string, most: number): Promise<StoredSpans>;

  /** Adds an assessment; one that overrides another makes that one invalid. */
  createAssessment(assessment: NewAssessment): Promise<Assessment>;
  getAssessment(traceId: string, assessmentId: string): Promise<Assessment>;
  updateAssessment(traceId: string, assessmentId: string, update: AssessmentUpdate): Promise<Assessment>;
  /** Deletes an assessment; what it overrode is valid again. */
  deleteAssessment(traceId: string, assessmentId: string): Promise<void>;
}

/** Models that runs made, as MLflow 3 records them. */
export interface LoggedModelStore {
  /** Starts a model; it is pending until finalized. */
  create(model: NewLoggedModel): Promise<LoggedModel>;
  get(modelId: string): Promise<LoggedModel>;
  /** Models of the experiments that are not deleted, newest first unless ordered otherwise. */
  search(query: LoggedModelQuery): Promise<Page<LoggedModel>>;
  finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel>;
  delete(modelId: string): Promise<void>;
  setTags(modelId: string, tags: Readonly<Record<string, string>>): Promise<LoggedModel>;
  deleteTag(modelId: string, key: string): Promise<void>;
  logParams(modelId: string, params: Readonly<Record<string, string>>): Promise<LoggedModel>;
}

/** Whether a store is kept by this process, so that it can be served and purged, and not behind a server. */
export function isBackend(store: TrackingStore): store is TrackingBackend {
  return "purgeExperiment" in store;
}
