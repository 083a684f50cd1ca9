import type { LiveView } from "../live/live-study.js";
import type { StudyProgress } from "../live/study-tags.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { StudyPlan } from "../study/study.js";

/** Rows that are written out while they are graded; the document of more is long, and has to wait for the end. */
export const MOST_SHOWN = 2000;

/** What a study of rows shows of itself while they are graded; `toResult` gives what it came to by then. */
export function viewRows(plan: StudyPlan, state: StudyRun, toResult: (run: StudyRun) => object): LiveView {
  const isShort = plan.dataset.samples.length <= MOST_SHOWN;
  return {
    progress: () => progressOfRows(plan, state),
    document: () => Promise.resolve(isShort ? toResult({ ...state, status: "interrupted" }) : null),
  };
}

/** How many rows are graded. */
export function progressOfRows(plan: StudyPlan, { table }: StudyRun): StudyProgress {
  return { done: table.counts(0).done, total: plan.dataset.samples.length };
}
