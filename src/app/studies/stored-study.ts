import { join } from "node:path";
import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { storedFacts, type StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import { readSameDataset } from "../../lib/experiments/study/same-dataset.js";
import { StoredAnswers } from "../../lib/experiments/study/stored-answers.js";
import { findStudy, type StudyKind } from "../../lib/experiments/study/study-folder.js";
import type { StudyHeader } from "../../lib/experiments/study/study-journal.js";
import { studyFolder } from "./study-folders.js";

/** Studies whose answers can be shown. */
export const ANSWERED: StudyKind = { what: "study with answers", includes: ({ reads }) => reads !== undefined };

/** Studies that asked a model, rather than scored what another one was answered. */
export const ASKED: StudyKind = {
  what: "study that asked a model",
  includes: (header) => ANSWERED.includes(header) && header.facts["scored"] === undefined,
};

/**
 * Finds a study by its id, the beginning of it, or "last", reads its rows again and gives it to `work`. Throws STUDY_NOT_FOUND,
 * INVALID_ARGUMENT for one of another kind, what reading the dataset throws, and STUDY_CHANGED where it is not the same any more.
 */
export async function withStoredStudy<T>(
  name: string,
  { kind, dataset: moved }: { kind: StudyKind; dataset?: string | undefined },
  work: (study: StoredStudy) => Promise<T>,
): Promise<T> {
  const header = findStudy(studyFolder(), name, kind);
  const facts = storedFacts(header);
  const dataset = await readSame(header, moved);
  const answers = new StoredAnswers(join(studyFolder(), header.id));
  try {
    return await work({ header, facts, dataset, answers });
  } finally {
    answers.close();
  }
}

async function readSame({ id, reads }: StudyHeader, moved: string | undefined): Promise<Dataset> {
  if (!reads) throw new RangeError(`the study ${id} names no dataset`);
  return readSameDataset({ ...reads, path: moved ?? reads.path }, `the study ${id} asked`);
}
