import type { ReactElement } from "react";
import type { RunStatus } from "../../api/documents.js";
import { formatCounts, formatProgress } from "../../format/numbers.js";
import { formatDuration } from "../../format/times.js";

/** How far a study is that a run records, while it runs, and its verdict. */
export function StudyProgress({ tags, status }: { tags: ReadonlyMap<string, string>; status: RunStatus }): ReactElement | null {
  const progress = Number(tags.get("llmops.progress") ?? NaN);
  const verdict = tags.get("llmops.verdict");
  const isRunning = status === "RUNNING" && Number.isFinite(progress);
  if (!isRunning && verdict === undefined) return null;
  const eta = Number(tags.get("llmops.eta_ms") ?? NaN);
  return (
    <div className="study">
      {isRunning && (
        <>
          <div
            className="meter"
            role="progressbar"
            aria-label="Progress"
            aria-valuenow={Math.floor(progress * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <span style={{ width: `${Math.min(100, progress * 100)}%` }} />
          </div>
          <p>
            {formatProgress(progress)}
            {tags.has("llmops.cells") && tags.get("llmops.kind") !== "bench" && ` · ${formatCounts(tags.get("llmops.cells") ?? "")} cells`}
            {Number.isFinite(eta) && ` · ${formatDuration(eta)} left`}
          </p>
        </>
      )}
      {verdict !== undefined && (
        <p className="verdict" dir="auto">
          {verdict}
        </p>
      )}
    </div>
  );
}
