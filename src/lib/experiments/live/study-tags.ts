import { isAbort, messageOf } from "../../base/errors/llmops-error.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";

/** What a study is: it says which document is in its study.json. */
export type StudyKind = "sweep" | "ab" | "judge" | "pairwise" | "optimize" | "bench";

/** How far a study has come, in cells: answers, grades or requests. */
export interface StudyProgress {
  /** Cells that ended. */
  done: number;
  /** Cells there are to be, as far as is known; those that were dropped on purpose do not count. */
  total: number;
}

/** What a study that can be watched is shown with. */
export interface LiveOptions {
  kind: StudyKind;
  /** The command that continues it, or repeats it where it cannot be continued. */
  resume: string;
  /** Where somebody may ask for its end. */
  store: Pick<TrackingStore, "getRun">;
  /** Ends the study, keeping what it has; hears who asked for it. */
  onStop: (why: string) => void;
}

/** The tags of a study's run that people and programs read while it runs. */
export const STUDY_TAGS = {
  kind: "llmops.kind",
  resume: "llmops.resume",
  progress: "llmops.progress",
  cells: "llmops.cells",
  eta: "llmops.eta_ms",
  verdict: "llmops.verdict",
  /** "true" asks the study to end; whoever sets it may leave a name in `stopBy`. */
  stop: "llmops.stop",
  stopBy: "llmops.stop_by",
  /** Why it ended without a result. */
  error: "llmops.error",
} as const;

/** The tags a study's run has from its first moment; a resumed one has its progress already, and no longer the wish that it ends. */
export function firstTags({ kind, resume }: LiveOptions, { total, resumed }: { total: number; resumed: boolean }): Record<string, string> {
  const known = { [STUDY_TAGS.kind]: kind, [STUDY_TAGS.resume]: resume };
  return resumed ? { ...known, [STUDY_TAGS.stop]: "false", [STUDY_TAGS.stopBy]: "" } : { ...known, ...progressTags({ done: 0, total }) };
}

/** Progress as tags: the share of cells as a decimal from 0 to 1, the counts, and the milliseconds it still takes, where that is known. */
export function progressTags({ done, total }: StudyProgress, etaMs?: number): Record<string, string> {
  return {
    [STUDY_TAGS.progress]: String(total === 0 ? 0 : Math.round((1000 * done) / total) / 1000),
    [STUDY_TAGS.cells]: `${done}/${total}`,
    ...(etaMs !== undefined && { [STUDY_TAGS.eta]: String(Math.round(etaMs)) }),
  };
}

const LONGEST_ERROR = 2000;

/** The tag that says why a study failed; none where it was interrupted. */
export function failureTags(error: unknown): Record<string, string> {
  return isAbort(error) ? {} : { [STUDY_TAGS.error]: messageOf(error).slice(0, LONGEST_ERROR) };
}

/** The tag of a study that ended without a result: nothing remains to be waited for. */
export const ABANDONED_TAGS: Readonly<Record<string, string>> = { [STUDY_TAGS.eta]: "0" };
