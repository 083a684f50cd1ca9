import type { OtlpSpan } from "../../tracking/otlp/otlp-span.js";
import type { Readable } from "node:stream";
import type { Trace } from "../../tracking/trace-records.js";
import type { LeftOut } from "./copied.js";
import type { ModelWithVersions } from "../runs/list-versions.js";
import type { LoggedModel } from "../../tracking/logged-model-records.js";
import type { Experiment, Metric, Run } from "../../tracking/records.js";

/** A run with what belongs to it, wherever it comes from. */
export interface SourceRun {
  run: Run;
  /** Every point of a metric. */
  history: (key: string) => Promise<Metric[]>;
  /** Paths of all files. */
  artifacts: () => Promise<string[]>;
  read: (path: string) => Promise<Readable>;
}

/** Something runs are copied from: a store, or an old mlruns folder. Deleted experiments and runs are left out. */
export interface RunSource {
  /** As it stands in the tag of copied runs. */
  readonly uri: string;
  experiments(): Promise<Experiment[]>;
  /** Oldest first. */
  runs(experiment: Experiment): AsyncIterable<SourceRun>;
  /** Prompts are models too. */
  models: () => Promise<ModelWithVersions[]>;
  /** None where the store knows none. */
  loggedModels: (experimentId: string) => Promise<LoggedModel[]>;
  traces: (experimentId: string) => AsyncIterable<Trace>;
  /** The spans of a trace that the store itself has. */
  spansOf: (traceId: string) => Promise<OtlpSpan[]>;
  /** Paths of all files below an artifact URI. */
  files: (artifactUri: string) => Promise<string[]>;
  readFile: (artifactUri: string, path: string) => Promise<Readable>;
  /** What it has and nothing here reads. */
  leftOut: () => LeftOut[];
}
