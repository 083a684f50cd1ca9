import { isAbort } from "../base/errors/llmops-error.js";
import { packMetrics, type Entry } from "./journal/entries.js";
import { toValidKey } from "./limits.js";
import type { NewPoint, RecordedPoints } from "./recorded-points.js";
import type { DatasetInput, Metric, RunStatus } from "./records.js";

export interface NewTrackedRun {
  experiment: string;
  name?: string | undefined;
  startTime?: number;
  userId?: string;
  tags?: Record<string, string>;
  parent?: TrackedRun;
  /** For a run that another process may continue. */
  lasting?: LastingRun;
}

/** A run that outlives the process. */
export interface LastingRun {
  /** The run's name of its own, under which it is continued. */
  key: string;
  /** Continue the run of that key, if the store has it. */
  continues: boolean;
  /** Tags that say how it ended before: a run that is continued has them no longer. */
  outdated?: readonly string[];
  /** What it was recorded with so far; "timed" where every point has a step and a time that never come again. */
  points: RecordedPoints | "timed";
}

export interface TrackedBatch {
  params?: Record<string, string>;
  /** Without a step: what sums the run up. */
  metrics?: readonly NewPoint[];
  tags?: Record<string, string>;
  /** Tags that name another run. */
  runTags?: Record<string, TrackedRun>;
}

/** Longer texts get a file of their own. */
const LONGEST_TEXT = 65_536;

/** What a run is recorded through. */
export interface RunSink {
  add: (entry: Entry) => void;
  /** Gives metrics their steps and times. */
  place: (metrics: readonly NewPoint[]) => Metric[];
  /** Keeps the content of an artifact; gives its name, or undefined where it could not be kept. */
  keepContent: (content: string | Uint8Array) => string | undefined;
}

/** A run that is being recorded; nothing here waits. */
export class TrackedRun {
  readonly key: string;
  private readonly sink: RunSink;

  constructor(key: string, sink: RunSink) {
    this.key = key;
    this.sink = sink;
  }

  /** Adds params, metrics and tags; keys outside MLflow's alphabet are changed to fit, times and steps are rounded. */
  log({ params = {}, metrics = [], tags = {}, runTags = {} }: TrackedBatch): void {
    const points = this.sink.place(
      metrics.map(({ key, value, step, timestamp = Date.now() }) => ({
        key: toValidKey(key),
        value,
        timestamp: Math.max(0, Math.round(timestamp)),
        ...(step !== undefined && { step: Math.round(step) }),
      })),
    );
    const links = Object.fromEntries(Object.entries(runTags).map(([tag, run]) => [tag, run.key]));
    this.sink.add({
      op: "batch",
      run: this.key,
      params: toValidKeys(params),
      metrics: packMetrics(points),
      tags: toValidKeys(tags),
      runTags: links,
    });
  }

  dataset(dataset: DatasetInput): void {
    this.sink.add({ op: "dataset", run: this.key, dataset });
  }

  /** Keeps the content in the journal, or beside it where it is long, until it is sent. */
  artifact(path: string, content: string | Uint8Array): void {
    if (typeof content === "string" && content.length <= LONGEST_TEXT)
      return this.sink.add({ op: "artifact", run: this.key, path, text: content });
    const file = this.sink.keepContent(content);
    if (file !== undefined) this.sink.add({ op: "artifact", run: this.key, path, file });
  }

  end(status: RunStatus, endTime = Date.now()): void {
    this.sink.add({ op: "end", run: this.key, status, endTime: Math.round(endTime) });
  }
}

/** How a run ends whose work threw an error: an interruption is not a failure. */
export function statusAfter(error: unknown): RunStatus {
  return isAbort(error) ? "KILLED" : "FAILED";
}

/** The values under keys MLflow takes. */
export function toValidKeys(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [toValidKey(key), value]));
}
