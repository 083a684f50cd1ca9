import { rmSync } from "node:fs";
import { join } from "node:path";
import { lockStudy } from "../../lib/experiments/study/study-folder.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import { continueJournal, digestOf } from "../studies/study-journals.js";
import { studyFolder } from "../studies/study-folders.js";
import type { StudyOrigin } from "../studies/study-options.js";

function answersFolder(): string {
  return join(studyFolder(), "answers");
}

/** The answers so far to the same questions, of the same models, asked in the same way; or none yet. */
export function openAnswers(origin: StudyOrigin, facts: readonly unknown[]): StudyJournal {
  return continueJournal(answersFolder(), digestOf(facts).slice(0, 16), origin);
}

/** Keeps answers to one process, until what is returned is called. Throws STUDY_BUSY. */
export function lockAnswers({ header: { id } }: StudyJournal): () => void {
  return lockStudy(answersFolder(), id);
}

/** Forgets answers. */
export function dropAnswers({ header: { id } }: StudyJournal): void {
  rmSync(join(answersFolder(), id), { recursive: true, force: true });
}
