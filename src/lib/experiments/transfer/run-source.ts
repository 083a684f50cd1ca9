import type { Readable } from "node:stream";
import type { ModelWithVersions } from "../runs/list-versions.js";
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
  models: () => Promise<ModelWithVersions[]>;
}
