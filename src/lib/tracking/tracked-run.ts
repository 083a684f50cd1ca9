import { packMetrics, type Entry } from "./journal/entries.js";
import { toValidKey } from "./limits.js";
import type { DatasetInput, Metric, RunStatus } from "./records.js";

export interface TrackedBatch {
  params?: Record<string, string>;
  metrics?: readonly (Omit<Metric, "timestamp" | "step"> & Partial<Metric>)[];
  tags?: Record<string, string>;
  /** Tags that name another run. */
  runTags?: Record<string, TrackedRun>;
}

/** Longer texts get a file of their own. */
const LONGEST_TEXT = 65_536;

/** A run that is being recorded; nothing here waits. */
export class TrackedRun {
  readonly key: string;
  private readonly add: (entry: Entry) => void;
  private readonly keepContent: (content: string | Uint8Array) => string | undefined;

  constructor(key: string, add: (entry: Entry) => void, keepContent: (content: string | Uint8Array) => string | undefined) {
    this.key = key;
    this.add = add;
    this.keepContent = keepContent;
  }

  /** Adds params, metrics and tags; keys outside MLflow's alphabet are changed to fit, times and steps are rounded. */
  log({ params = {}, metrics = [], tags = {}, runTags = {} }: TrackedBatch): void {
    const points = metrics.map(({ key, value, timestamp = Date.now(), step = 0 }) => ({
      key: toValidKey(key),
      value,
      timestamp: Math.max(0, Math.round(timestamp)),
      step: Math.round(step),
    }));
    const links = Object.fromEntries(Object.entries(runTags).map(([tag, run]) => [tag, run.key]));
    this.add({
      op: "batch",
      run: this.key,
      params: toValidKeys(params),
      metrics: packMetrics(points),
      tags: toValidKeys(tags),
      runTags: links,
    });
  }

  dataset(dataset: DatasetInput): void {
    this.add({ op: "dataset", run: this.key, dataset });
  }

  /** Keeps the content in the journal, or beside it where it is long, until it is sent. */
  artifact(path: string, content: string | Uint8Array): void {
    if (typeof content === "string" && content.length <= LONGEST_TEXT)
      return this.add({ op: "artifact", run: this.key, path, text: content });
    const file = this.keepContent(content);
    if (file !== undefined) this.add({ op: "artifact", run: this.key, path, file });
  }

  end(status: RunStatus, endTime = Date.now()): void {
    this.add({ op: "end", run: this.key, status, endTime: Math.round(endTime) });
  }
}

/** The values under keys MLflow takes. */
export function toValidKeys(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [toValidKey(key), value]));
}
