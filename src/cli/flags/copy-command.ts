import { EXIT } from "../../lib/base/errors/exit-codes.js";
import type { CopyDocument } from "../../app/documents/tracking.js";
import { withProgress } from "../terminal/progress.js";
import type { CopyResult } from "../../lib/experiments/transfer/copied.js";
import { copyRuns } from "../../lib/experiments/transfer/copy-runs.js";
import type { RunSource } from "../../lib/experiments/transfer/run-source.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { counted } from "../../lib/base/errors/counted.js";

/** Lines of what was left out. */
const SHOWN = 20;

/** Copies with a line for progress. Ends with 3 where something was left out. */
export async function copyWithProgress(
  source: RunSource,
  target: TrackingStore,
  experiments: readonly string[] | undefined,
): Promise<CopyDocument> {
  const result = await withProgress(undefined, "runs", (tick) => copyRuns(source, target, { experiments, onRun: tick }));
  if (result.leftOut.length > 0) process.exitCode = EXIT.broken;
  return toDocument(result, source.uri, target.uri);
}

/** The same in words, with what was left out. */
export function describeCopy(copy: CopyDocument): string {
  const before = copy.skipped > 0 ? ` (${copy.skipped} had been copied before)` : "";
  const parts = [counted(copy.artifacts, "artifact"), counted(copy.logged_models, "logged model"), counted(copy.traces, "trace")];
  const more = [...parts, counted(copy.assessments, "assessment")].join(", ");
  const head = `Copied ${counted(copy.runs, "run")}${before} of ${counted(copy.experiments, "experiment")} with ${more} and ${counted(copy.model_versions, "model version")} to ${copy.to}.`;
  if (copy.left_out.length === 0) return head;
  const shown = copy.left_out.slice(0, SHOWN).map(({ what, why }) => `  ${what}: ${why}`);
  const rest = copy.left_out.length > SHOWN ? [`  and ${copy.left_out.length - SHOWN} more (--json has all)`] : [];
  return [head, `${counted(copy.left_out.length, "item")} left out:`, ...shown, ...rest].join("\n");
}

function toDocument({ loggedModels, modelVersions, leftOut, ...counts }: CopyResult, from: string, to: string): CopyDocument {
  return { schema: "llmops.copy/1", from, to, ...counts, logged_models: loggedModels, model_versions: modelVersions, left_out: leftOut };
}
