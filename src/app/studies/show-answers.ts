import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import {
  diffSettings,
  failedCells,
  findSetting,
  groupAnswers,
  primaryOf,
  selectCells,
  toShown,
  worstCells,
  type AnswerDifferences,
  type AnswerGroup,
  type ShownAnswer,
} from "../../lib/experiments/study/show-answers.js";
import type { StoredScorer, StudyHeader } from "../../lib/experiments/study/study-journal.js";
import type { Cell } from "../../lib/experiments/study/study.js";
import { ANSWERED, withStoredStudy } from "./stored-study.js";

/** Answers shown where nobody says how many. */
export const DEFAULT_SHOWN = 20;

/** Which answers of a study are shown, and how. */
export interface ShowOptions {
  /** The study: its id, the beginning of its id, or last. */
  study: string;
  /** The dataset of the study, where it has moved. */
  dataset?: string | undefined;
  /** Only what has no score. */
  failed?: boolean | undefined;
  /** So many answers with the worst scores. */
  worst?: number | undefined;
  /** Means by the values of this column. */
  by?: string | undefined;
  /** Two settings: the rows on which they differ. */
  diff?: readonly string[] | undefined;
  /** Only of this setting. */
  setting?: string | undefined;
  /** Only of the row with this id. */
  id?: string | undefined;
  /** The most answers; 0 shows all. */
  limit?: number | undefined;
}

/** Answers of a study: a list, groups, or where two settings differ. `of` is how many there are. */
export type AnswersView =
  | { kind: "list"; answers: ShownAnswer[]; of: number; what: string; several: boolean }
  | { kind: "groups"; by: string; groups: AnswerGroup[] }
  | { kind: "differences"; found: AnswerDifferences; shown: AnswerDifferences["differences"] };

/** Answers of a study, with what they are of. */
export interface ShownStudy {
  header: StudyHeader;
  /** The scorer that decides. */
  primary: StoredScorer;
  view: AnswersView;
}

/** Answers of a study, from its journal. Throws STUDY_NOT_FOUND, STUDY_CHANGED, or INVALID_ARGUMENT for what the study has not. */
export function showAnswers(options: ShowOptions): Promise<ShownStudy> {
  return withStoredStudy(options.study, { kind: ANSWERED, dataset: options.dataset }, (study) => {
    const cells = selectCells(study, options);
    return Promise.resolve({ header: study.header, primary: primaryOf(study), view: viewOf(study, cells, options) });
  });
}

function viewOf(study: StoredStudy, cells: readonly Cell[], options: ShowOptions): AnswersView {
  if (options.by !== undefined) return { kind: "groups", by: options.by, groups: groupAnswers(study, cells, options.by) };
  return options.diff ? differencesOf(study, cells, options.diff, options) : listOf(study, cells, options);
}

function listOf(study: StoredStudy, all: readonly Cell[], { failed = false, worst, limit = DEFAULT_SHOWN }: ShowOptions): AnswersView {
  const cells = failed ? failedCells(study, all) : worst === undefined ? all : worstCells(study, all, worst);
  const shown = limit === 0 || worst !== undefined ? cells : cells.slice(0, limit);
  const kind = failed ? "cells without a score" : worst === undefined ? "answers" : "worst answers";
  const answers = shown.map((cell) => toShown(study, cell));
  return { kind: "list", answers, of: cells.length, what: kind, several: all.some(({ repeat }) => repeat > 0) };
}

function differencesOf(
  study: StoredStudy,
  cells: readonly Cell[],
  diff: readonly string[],
  { limit = DEFAULT_SHOWN }: ShowOptions,
): AnswersView {
  const [a, b, more] = diff;
  if (a === undefined || b === undefined || more !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `--diff compares two settings, not ${diff.length}.`, {
      hint: "For example: llmops show last --diff 'temperature=0' 'temperature=1'. The study comes before --diff.",
    });
  }
  const found = diffSettings(study, cells, [findSetting(study, a), findSetting(study, b)]);
  return { kind: "differences", found, shown: limit === 0 ? found.differences : found.differences.slice(0, limit) };
}
