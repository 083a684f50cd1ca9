import { messageOf } from "../../base/errors/llmops-error.js";
import { isUnknownRoute } from "../../tracking/mlflow-error.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";

/** The tag that says what a run, model, version, or trace is a copy of: what was copied is not copied again. */
export const ORIGIN_TAG = "llmops.imported_from";

/** Something that was not copied, and why. */
export interface LeftOut {
  what: string;
  why: string;
}

export interface CopyResult {
  experiments: number;
  runs: number;
  /** Runs that had been copied before. */
  skipped: number;
  /** Files of runs, logged models, and traces. */
  artifacts: number;
  loggedModels: number;
  traces: number;
  assessments: number;
  modelVersions: number;
  leftOut: LeftOut[];
}

/** What has been copied so far. */
export interface Copied {
  /** Ids and artifact URIs of the source, to those of the target. */
  ids: Map<string, string>;
  uris: Map<string, string>;
  result: CopyResult;
}

export interface CopyTarget {
  target: TrackingStore;
  experimentId: string;
  copied: Copied;
}

export function nothingCopied(): Copied {
  const result = { experiments: 0, runs: 0, skipped: 0, artifacts: 0, loggedModels: 0, traces: 0, assessments: 0, modelVersions: 0 };
  return { ids: new Map(), uris: new Map(), result: { ...result, leftOut: [] } };
}

/** Does a part of the work; one that fails is noted, and the others are done. */
export async function attempt(copied: Copied, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isFatal(error)) throw error;
    copied.result.leftOut.push({ what, why: messageOf(error) });
  }
}

/** What would fail for everything that is left: a store that is away or full. */
function isFatal(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === "STORE_UNREACHABLE" || code === "STORE_UNWRITABLE" || code === "INTERRUPTED";
}

/** What a server of an MLflow before this part says; undefined then. */
export async function unlessUnknown<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isUnknownRoute(error)) return undefined;
    throw error;
  }
}
