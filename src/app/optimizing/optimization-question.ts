import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import {
  directionOf,
  parseConstraint,
  parseObjective,
  TOTAL,
  type Constraint,
  type Objective,
  type Quantity,
  type Resolved,
} from "../../lib/experiments/optimize/objective.js";
import { planOptimization, TRIAL_ROWS, type OptimizationPlan } from "../../lib/experiments/optimize/plan-optimization.js";
import type { Params, SearchDimension } from "../../lib/experiments/samplers/space.js";
import type { NamedScorers } from "../../lib/experiments/scoring/scorers.js";
import { PARAMETERS } from "../../lib/experiments/study/parameters.js";
import { parseFixed } from "../../lib/experiments/study/search-space.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { resolveJudgedScorers, type ScorerSources } from "../judging/judged-scorers.js";
import { DEFAULT_PROOF_ROWS, type OptimizeOptions } from "./optimize-options.js";
import { concurrencyOf } from "../studies/study-target.js";
import { DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { fixedParameters } from "../studies/fixed-parameters.js";
import { thinkingOf } from "../studies/thinking.js";

/** What is searched for. */
export interface Question {
  dimensions: readonly SearchDimension[];
  objectives: Resolved<Objective>[];
  constraints: Resolved<Constraint>[];
  scorers: NamedScorers;
  /** What judges among the scorers grade by. */
  rubrics: readonly Rubric[];
  /** Settings to try first. */
  enqueue: Params[];
}

/** Whether engines or models are searched, each with a target of its own. */
export function searchesTargets(dimensions: readonly SearchDimension[]): boolean {
  return dimensions.some(({ name }) => PARAMETERS[name]?.kind === "target");
}

/** Reads objectives and constraints, and finds their scorers. Throws INVALID_ARGUMENT. */
export async function readQuestion(options: OptimizeOptions, sources: ScorerSources): Promise<Question> {
  const { dimensions } = options;
  const objectives = readObjectives(options, dimensions);
  const constraints = (options.where ?? []).map(parseConstraint);
  const enqueue = (options.enqueue ?? []).map(parseSetting);
  const more = options.scorers ?? [];
  const specs = [...objectives, ...constraints].flatMap(({ spec }) => spec ?? []);
  const { scorers, rubrics } = await resolveJudgedScorers([...more, ...specs], sources);
  const found = scorers.asked.slice(more.length);
  const resolve = <Q extends Quantity>(quantity: Q): Resolved<Q> => ({
    ...quantity,
    scorer: quantity.spec === undefined ? undefined : found.shift(),
  });
  const [resolved, bounds] = [objectives.map(resolve), constraints.map(resolve)];
  for (const objective of resolved) directionOf(objective);
  if ([...resolved, ...bounds].some(({ scorer }) => !scorer)) checkTiming(options, rubrics);
  return {
    dimensions,
    objectives: resolved,
    constraints: bounds,
    rubrics,
    scorers: { ...scorers, primary: resolved[0]?.scorer ?? scorers.primary },
    enqueue,
  };
}

/** Throws INVALID_ARGUMENT where something else would be timed with the completions of a trial. */
function checkTiming({ parallel = 1 }: OptimizeOptions, rubrics: readonly Rubric[]): void {
  if (parallel > 1) {
    throw new LlmopsError("INVALID_ARGUMENT", `${TOTAL} cannot be measured while several trials run at the same time.`, {
      hint: "Leave --parallel out.",
    });
  }
  if (rubrics.length === 0) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${TOTAL} cannot be measured while a judge grades: its work would count too.`, {
    hint: "Guard quality by a scorer that asks no model, such as --where 'accuracy>0.9'.",
  });
}

function readObjectives(
  { objectives: written = ["accuracy"], direction }: OptimizeOptions,
  dimensions: readonly SearchDimension[],
): Objective[] {
  if (direction !== undefined && written.length > 1) {
    throw new LlmopsError("INVALID_ARGUMENT", `--direction is ambiguous with ${written.length} objectives.`, {
      hint: `Write --objective ${written[0] ?? ""}:${direction}.`,
    });
  }
  // of engines the speed of everything together counts: each completion is slower the more run beside it
  const total = (name: string) => (searchesTargets(dimensions) ? name.replace(/^tokens_per_second(?=$|:)/, TOTAL) : name);
  return written.map((text) => {
    const objective = parseObjective(total(text));
    return { ...objective, direction: objective.direction ?? direction };
  });
}

/** The plan of the search, and the rows that prove it. Throws DATASET_NOT_FOUND or DATASET_INVALID. */
export async function planQuestion(options: OptimizeOptions, { dimensions, scorers }: Question): Promise<OptimizationPlan> {
  const { limit: rows = TRIAL_ROWS, proof = DEFAULT_PROOF_ROWS, seed = DEFAULT_SEED, map } = options;
  const all = await readDataset(options.dataset ?? EXAMPLE_DATASET, { limit: rows === 0 ? 0 : rows + proof, seed, map });
  const named = dimensions.map(({ name }) => ({ name, values: [] }));
  const varied = dimensions.map(({ name }) => name);
  const { search, heldOut } = planOptimization(all, {
    ...{ dimensions, scorers, rows, fixed: fixedParameters(options, varied), repeats: options.repeats ?? 1 },
    ...{ proofRows: rows === 0 ? 0 : proof, seed, concurrency: concurrencyOf(options, named), minEffect: options.minEffect ?? 0 },
  });
  return { search: { ...search, ...thinkingOf(options) }, heldOut };
}

/** Reads `temperature=0.7,top_p=0.9`. Throws what reading parameters throws. */
function parseSetting(text: string): Params {
  return parseFixed(text.split(/[\s,]+/).filter((part) => part !== ""));
}
