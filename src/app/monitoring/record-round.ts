import { STUDY_TAGS } from "../../lib/experiments/live/study-tags.js";
import type { CanaryComparison } from "../../lib/operations/canary/compare-canary.js";
import { canaryVerdict } from "../../lib/report/canary-table.js";
import type { TrackedRun } from "../../lib/tracking/tracked-run.js";

/** The tags of a round's run: the canary's name, who was asked, and how it compares. */
export const CANARY_TAGS = { name: "llmops.canary", target: "llmops.canary_target", state: "llmops.canary_state" } as const;
/** The artifact with what a round found: llmops.monitor-canary/2. */
export const CANARY_ARTIFACT = "canary.json";

/** Keeps a round in its run, for the history of the canary. */
export function recordRound(run: TrackedRun, document: { name: string; target: string; comparison: CanaryComparison | null }): void {
  const { name, target, comparison } = document;
  const verdict = comparison ? canaryVerdict(comparison) : "Saved as what later answers are compared with.";
  const state = comparison?.state ?? "saved";
  run.log({
    tags: { [CANARY_TAGS.name]: name, [CANARY_TAGS.target]: target, [CANARY_TAGS.state]: state, [STUDY_TAGS.verdict]: verdict },
  });
  run.artifact(CANARY_ARTIFACT, JSON.stringify(document));
}
