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
import { resolveScorers, type NamedScorers } from "../../lib/experiments/scoring/scorers.js";
import { PARAMETERS } from "../../lib/experiments/study/parameters.js";
import { parseFixed } from "../../lib/experiments/study/search-space.js";
import type { JudgeSeat } from "../judging/judge-panel.js";
import type { OptimizeFlags } from "../../cli/flags/optimize-flags.js";
import { concurrencyOf } from "../studies/study-target.js";
import { EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { fixedParameters } from "../studies/fixed-parameters.js";
import { thinkingOf } from "../studies/thinking.js";
import { thoughtsOf } from "../../cli/flags/thinking-flags.js";
import { promptOf } from "../../cli/flags/study-flags.js";

/** What is searched for. */
export interface Question {
  dimensions: readonly SearchDimension[];
  objectives: Resolved<Objective>[];
  constraints: Resolved<Constraint>[];
  scorers: NamedScorers;
  /** Settings to try first. */
  enqueue: Params[];
  /** The objective of a trial that failed. */
  penalty: number | undefined;
}

/** Whether engines or models are searched, each with a target of its own. */
export function searchesTargets(dimensions: readonly SearchDimension[]): boolean {
  return dimensions.some(({ name }) => PARAMETERS[name]?.kind === "target");
}

/** Reads objectives and constraints, and finds their scorers. Throws INVALID_ARGUMENT. */
export async function readQuestion(
  flags: OptimizeFlags,
  dimensions: readonly SearchDimension[],
  { seat, signal }: { seat: JudgeSeat; signal: AbortSignal },
): Promise<Question> {
  const objectives = readObjectives(flags, dimensions);
  const constraints = (flags.where ?? []).map(parseConstraint);
  const enqueue = (flags.enqueue ?? []).map(parseSetting);
  const penalty = parsePenalty(flags.penalty);
  const more = flags.scorer ?? [];
  const specs = [...objectives, ...constraints].flatMap(({ spec }) => spec ?? []);
  const scorers = await resolveScorers([...more, ...specs], { judge: seat.scorer }, signal);
  const found = scorers.asked.slice(more.length);
  const resolve = <Q extends Quantity>(quantity: Q): Resolved<Q> => ({
    ...quantity,
    scorer: quantity.spec === undefined ? undefined : found.shift(),
  });
  const [resolved, bounds] = [objectives.map(resolve), constraints.map(resolve)];
  for (const objective of resolved) directionOf(objective);
  if ([...resolved, ...bounds].some(({ scorer }) => !scorer)) checkTiming(flags, seat);
  return {
    dimensions,
    objectives: resolved,
    constraints: bounds,
    scorers: { ...scorers, primary: resolved[0]?.scorer ?? scorers.primary },
    enqueue,
    penalty,
  };
}

/** Throws INVALID_ARGUMENT where something else would be timed with the completions of a trial. */
function checkTiming({ parallel }: OptimizeFlags, { rubrics }: JudgeSeat): void {
  if (parallel > 1) {
    throw new LlmopsError("INVALID_ARGUMENT", `${TOTAL} cannot be measured of several trials at a time.`, {
      hint: "Leave --parallel out.",
    });
  }
  if (rubrics.length === 0) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${TOTAL} cannot be measured while a judge grades: its work would count too.`, {
    hint: "Guard quality by a scorer that asks no model, such as --where 'accuracy>0.9'.",
  });
}

function readObjectives(
  { objective: written = ["accuracy"], direction }: OptimizeFlags,
  dimensions: readonly SearchDimension[],
): Objective[] {
  if (direction !== undefined && written.length > 1) {
    throw new LlmopsError("INVALID_ARGUMENT", `--direction does not say which of ${written.length} objectives it means.`, {
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
export async function planQuestion(flags: OptimizeFlags, { dimensions, scorers }: Question): Promise<OptimizationPlan> {
  const rows = flags.limit ?? TRIAL_ROWS;
  const all = await readDataset(flags.dataset ?? EXAMPLE_DATASET, {
    limit: rows === 0 ? 0 : rows + flags.proof,
    seed: flags.seed,
    map: flags.map,
  });
  const named = dimensions.map(({ name }) => ({ name, values: [] }));
  const fixed = fixedParameters(
    promptOf(flags),
    dimensions.map(({ name }) => name),
  );
  const { search, heldOut } = planOptimization(all, {
    ...{ dimensions, scorers, rows, fixed, repeats: flags.repeats, proofRows: rows === 0 ? 0 : flags.proof },
    ...{ seed: flags.seed, concurrency: concurrencyOf(flags, named), minEffect: flags["min-effect"] },
  });
  return { search: { ...search, ...thinkingOf(thoughtsOf(flags)) }, heldOut };
}

/** Reads `temperature=0.7,top_p=0.9`. Throws what reading parameters throws. */
function parseSetting(text: string): Params {
  return parseFixed(text.split(/[\s,]+/).filter((part) => part !== ""));
}

/** Reads --penalty, which may be below 0. Throws INVALID_ARGUMENT. */
function parsePenalty(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new LlmopsError("INVALID_ARGUMENT", `--penalty ${text} is not a number.`, {
    hint: "Write the objective a failed trial is to have, such as --penalty 0.",
  });
}
