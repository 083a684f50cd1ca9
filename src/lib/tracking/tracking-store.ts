import type { Readable } from "node:stream";
import type { FilesByUri, LoggedModelCopies, TraceCopies } from "./copied-parts.js";
import type { JudgedCall } from "./judged-call.js";
import type { ModelRegistry } from "./model-registry.js";
import type {
  Experiment,
  FileInfo,
  Metric,
  NewExperiment,
  NewRun,
  Page,
  Run,
  RunBatch,
  RunInfo,
  RunInputs,
  RunQuery,
  RunUpdate,
  SearchQuery,
} from "./records.js";

/** The content of an artifact: text, bytes, or a stream of any length. */
export type ArtifactContent = string | Uint8Array | Readable;

/**
 * Where experiments, runs, artifacts and registered models are kept: MLflow's semantics, whether in a
 * SQLite file or behind a REST API. Times are milliseconds; ids are strings. Everything throws
 * MlflowError: RESOURCE_DOES_NOT_EXIST for ids that are not there, INVALID_PARAMETER_VALUE for what
 * breaks a limit or a grammar, TEMPORARILY_UNAVAILABLE for a store that cannot answer now. A TrackingBackend can do more: it is what a server keeps its data in.
 */
export interface TrackingStore {
  /** The store as users write it in --tracking-uri. */
  readonly uri: string;
  readonly registry: ModelRegistry;
  readonly loggedModels: LoggedModelCopies;
  readonly traces: TraceCopies;
  readonly artifacts: FilesByUri;

  /** Throws RESOURCE_ALREADY_EXISTS when the name is taken, also by a deleted experiment. */
  createExperiment(experiment: NewExperiment): Promise<Experiment>;
  getExperiment(experimentId: string): Promise<Experiment>;
  /** The experiment of that name, also a deleted one. */
  findExperiment(name: string): Promise<Experiment | undefined>;
  searchExperiments(query: SearchQuery): Promise<Page<Experiment>>;
  renameExperiment(experimentId: string, name: string): Promise<void>;
  /** Marks the experiment and its runs deleted. */
  deleteExperiment(experimentId: string): Promise<void>;
  /** Makes the experiment and all its runs active again. */
  restoreExperiment(experimentId: string): Promise<void>;
  setExperimentTag(experimentId: string, key: string, value: string): Promise<void>;
  deleteExperimentTag(experimentId: string, key: string): Promise<void>;

  /** Starts a run; its status is RUNNING until updateRun. */
  createRun(run: NewRun): Promise<Run>;
  getRun(runId: string): Promise<Run>;
  updateRun(runId: string, update: RunUpdate): Promise<RunInfo>;
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  /** Runs of the experiments, newest first unless ordered otherwise. */
  searchRuns(query: RunQuery): Promise<Page<Run>>;
  /**
   * Adds params, then metrics, then tags: all of them or, when a limit is broken or a param would change, none. Batches beyond MLflow's
   * limits of a batch are written in parts.
   */
  logBatch(runId: string, batch: RunBatch): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;
  /** All points of a metric by timestamp, step, value. */
  metricHistory(
    runId: string,
    key: string,
    page: { maxResults?: number | undefined; pageToken?: string | undefined },
  ): Promise<Page<Metric>>;
  /** Records what the run used; what is recorded already is not doubled. */
  logInputs(runId: string, inputs: RunInputs): Promise<void>;

  /** Records that the run made these logged models; what is recorded already is not doubled. */
  logOutputs(runId: string, models: Run["modelOutputs"]): Promise<void>;

  /**
   * Records graded calls as traces with assessments that belong to the run: what MLflow 3 shows as its evaluation. False, with
   * nothing recorded, where the store has none.
   */
  logJudgedCalls(runId: string, calls: readonly JudgedCall[]): Promise<boolean>;

  /** Files and folders directly under a path of the run's artifacts; nothing for a file or a missing path. */
  listArtifacts(runId: string, path: string): Promise<FileInfo[]>;
  /** The artifact's bytes. Throws RESOURCE_DOES_NOT_EXIST. */
  readArtifact(runId: string, path: string): Promise<Readable>;
  /** Writes an artifact under a relative path; the file appears whole or not at all. */
  writeArtifact(runId: string, path: string, content: ArtifactContent): Promise<void>;
  /**
   * The artifact at `<artifacts URI>/<path>` as files of this machine: in place where the store has them
   * here, else downloaded under `folder`. Returns the path of the file or folder.
   */
  fetchArtifacts(artifactUri: string, path: string, folder: string): Promise<string>;

  /** Throws STORE_UNWRITABLE where what it was given is no longer where it was put: files were deleted, or replaced, meanwhile. */
  confirm(): Promise<void>;

  /** Breaks off calls that are under way: those that wait for an answer throw STORE_UNREACHABLE. Later calls are made as ever. */
  abandon(): void;
  close(): Promise<void>;
}
