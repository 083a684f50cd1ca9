import type { ScoreTable } from "../../lib/experiments/study/score-table.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import type { SweepResult } from "../../lib/experiments/study/sweep-result.js";

/** What a sweep came to: its result, and what it takes to show single answers. */
export interface SweepOutcome {
  kind: "sweep" | "ab";
  result: SweepResult;
  plan: StudyPlan;
  table: ScoreTable;
  /** Gives the record of every cell. */
  journal: Pick<StudyJournal, "header" | "read">;
}
