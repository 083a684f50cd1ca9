import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { NamedScorers } from "../scoring/scorers.js";
import type { Correction } from "../../base/stats/multiplicity.js";
import type { Dataset } from "../dataset/sample.js";
import { checkPlan } from "./plan-sweep.js";
import type { StoredAnswers } from "./stored-answers.js";
import type { StudyHeader } from "./study-journal.js";
import type { Setting, StoredCells, StudyPlan } from "./study.js";

/** A study that has been run: what it was, the rows it asked, and what became of its cells. */
export interface StoredStudy {
  header: StudyHeader;
  facts: StoredFacts;
  dataset: Dataset;
  answers: StoredAnswers;
}

/** What a study keeps of its plan. */
export interface StoredFacts {
  settings: Setting[];
  fixed: Setting;
  repeats: number[];
  seed: number;
  /** The texts of prompt parameters, by their values. */
  prompts: Record<string, string>;
  /** What was asked: "MODEL (LOCATION)". */
  models: string[];
}

/** How stored answers are scored. */
export interface ScoringOptions {
  scorers: NamedScorers;
  concurrency: number;
  correction: Correction;
  minEffect: number;
}

/** The plan of scoring the answers of a study anew. Throws DATASET_INVALID where the rows lack what the scorer needs. */
export function planScoring({ header, facts, dataset, answers }: StoredStudy, options: ScoringOptions): StudyPlan {
  const { scorers, concurrency, correction, minEffect } = options;
  const repeats = repeatsOf(facts, answers);
  const reference = facts.settings.findIndex((setting) => Object.keys(setting).length === 0);
  const plan: StudyPlan = {
    name: `score ${header.id}`,
    settings: facts.settings,
    fixed: facts.fixed,
    reference: reference < 0 ? null : reference,
    dataset,
    stored: storedCells(header, answers),
    repeats,
    mostRepeats: Math.max(...repeats),
    scorers: scorers.scorers,
    primary: scorers.primary,
    asked: scorers.asked.map(({ name }) => name),
    texts: facts.prompts,
    ...{ seed: facts.seed, concurrency, correction, minEffect },
  };
  checkPlan(plan);
  return plan;
}

/** As planned, or more where repeats were added for a narrow interval. */
function repeatsOf({ repeats }: StoredFacts, answers: StoredAnswers): number[] {
  const seen = [...repeats];
  for (const { setting, repeat } of answers.cells()) seen[setting] = Math.max(seen[setting] ?? 0, repeat + 1);
  return seen;
}

function storedCells({ id, status, command }: StudyHeader, answers: StoredAnswers): StoredCells {
  return {
    from: { id, resume: `${command} --resume ${id}` },
    has: (cell) => answers.has(cell),
    answer: (cell) => answers.answer(cell),
    ...(status === "finished" && { stopped: `stopped early in ${id}` }),
  };
}

/** What a study keeps of its plan. Throws STUDY_CHANGED for one that does not keep its rows. */
export function storedFacts({ id, command, facts, reads, scorers }: StudyHeader): StoredFacts {
  if (reads && scorers) return facts as unknown as StoredFacts;
  throw new LlmopsError("INVALID_ARGUMENT", `The study ${id} of ${command} does not store answers per dataset row.`, {
    hint: "Only studies of llmops sweep, eval, and score can be shown and scored again.",
  });
}
