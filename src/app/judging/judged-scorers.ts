import type { Judge } from "../../lib/experiments/judge/judge.js";
import { judgeScorer } from "../../lib/experiments/judge/judge-scorer.js";
import { findRubric } from "../../lib/experiments/judge/rubric-files.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Plugins } from "../../lib/experiments/plugins/load-plugins.js";
import { parameterized } from "../../lib/experiments/scoring/built-in-scorers.js";
import { resolveScorers, type NamedScorers } from "../../lib/experiments/scoring/scorers.js";

/** Gives the judges, once they are open. */
export type OpenJudges = () => readonly Judge[];

/** Scorers, and the rubrics that judges have to be opened for before those of judge:RUBRIC score anything. */
export interface JudgedScorers {
  scorers: NamedScorers;
  rubrics: readonly Rubric[];
}

/** What scorers are made with. */
export interface ScorerSources {
  judges: OpenJudges;
  plugins: Plugins;
  signal?: AbortSignal;
}

/**
 * The scorers that specs name, judge:RUBRIC among them, whose judges are asked for only when something is scored. Throws
 * INVALID_ARGUMENT, RUBRIC_NOT_FOUND or RUBRIC_INVALID.
 */
export async function resolveJudgedScorers(specs: readonly string[], { judges, plugins, signal }: ScorerSources): Promise<JudgedScorers> {
  const rubrics: Rubric[] = [];
  const judge = parameterized("judge", { placeholder: "RUBRIC", about: "a grade from a model" }, (reference) => {
    const { rubric } = findRubric(reference);
    rubrics.push(rubric);
    return judgeScorer(`judge_${rubric.name}`, rubric, judges);
  });
  const scorers = await resolveScorers(specs, plugins.scorers.with([judge]), signal);
  return { scorers, rubrics };
}
