import type { CopyDocument } from "../../app/documents/tracking.js";
import { withProgress } from "../terminal/progress.js";
import { copyRuns, type CopyResult } from "../../lib/experiments/transfer/copy-runs.js";
import type { RunSource } from "../../lib/experiments/transfer/run-source.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { counted } from "../../lib/base/errors/counted.js";

/** Copies with a line for progress. */
export async function copyWithProgress(
  source: RunSource,
  target: TrackingStore,
  experiments: readonly string[] | undefined,
): Promise<CopyDocument> {
  const result = await withProgress(undefined, "runs", (tick) => copyRuns(source, target, { experiments, onRun: tick }));
  return toDocument(result, source.uri, target.uri);
}

/** The same in words. */
export function describeCopy({ experiments, runs, skipped, artifacts, model_versions: versions, to }: CopyDocument): string {
  const before = skipped > 0 ? ` (${skipped} had been copied before)` : "";
  return `Copied ${counted(runs, "run")}${before} of ${counted(experiments, "experiment")} with ${counted(artifacts, "artifact")} and ${counted(versions, "model version")} to ${to}.`;
}

function toDocument({ experiments, runs, skipped, artifacts, modelVersions }: CopyResult, from: string, to: string): CopyDocument {
  return { schema: "llmops.copy/1", from, to, experiments, runs, skipped, artifacts, model_versions: modelVersions };
}
