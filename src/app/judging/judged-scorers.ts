import type { Judge } from "../../lib/experiments/judge/judge.js";
import { judgeScorer } from "../../lib/experiments/judge/judge-scorer.js";
import { findRubric } from "../../lib/experiments/judge/rubric-files.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { resolveScorers, type NamedScorers } from "../../lib/experiments/scoring/scorers.js";

/** Gives the judges, once they are open. */
export type OpenJudges = () => readonly Judge[];

/** Scorers, and the rubrics that judges have to be opened for before those of judge:RUBRIC score anything. */
export interface JudgedScorers {
  scorers: NamedScorers;
  rubrics: readonly Rubric[];
}

/**
 * The scorers that specs name, judge:RUBRIC among them, whose judges are asked for only when something is scored. Throws
 * INVALID_ARGUMENT, RUBRIC_NOT_FOUND or RUBRIC_INVALID.
 */
export async function resolveJudgedScorers(specs: readonly string[], judges: OpenJudges, signal?: AbortSignal): Promise<JudgedScorers> {
  const rubrics: Rubric[] = [];
  const judge = (reference: string) => {
    const { rubric } = findRubric(reference);
    rubrics.push(rubric);
    return judgeScorer(`judge_${rubric.name}`, rubric, judges);
  };
  const scorers = await resolveScorers(specs, { judge }, signal);
  return { scorers, rubrics };
}
