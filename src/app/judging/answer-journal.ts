import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lockStudy } from "../../lib/experiments/study/study-folder.js";
import { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import { studyFolder } from "../studies/study-folders.js";
import type { StudyOrigin } from "../studies/study-options.js";

function answersFolder(): string {
  return join(studyFolder(), "answers");
}

/** The answers so far to the same questions, of the same models, asked in the same way; or none yet. */
export function openAnswers({ name: command, argv, folder }: StudyOrigin, facts: readonly unknown[]): StudyJournal {
  const id = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
  if (existsSync(join(answersFolder(), id))) return StudyJournal.open(answersFolder(), id);
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(answersFolder(), { id, command, argv: [...argv], folder, ...created });
}

/** Keeps answers to one process, until what is returned is called. Throws STUDY_BUSY. */
export function lockAnswers({ header: { id } }: StudyJournal): () => void {
  return lockStudy(answersFolder(), id);
}

/** Forgets answers. */
export function dropAnswers({ header: { id } }: StudyJournal): void {
  rmSync(join(answersFolder(), id), { recursive: true, force: true });
}
