import { rateLimitsOf, type RateWatch } from "../../inference/openai/rate-watch.js";
import type { Best } from "../study/search-study.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { ScoreTable } from "../study/score-table.js";
import { totalCells, type CellsDocument } from "../study/sweep-result.js";
import { describeSetting, plannedCells, type StudyPlan } from "../study/study.js";
import { believedInterval } from "./believed-interval.js";
import { brokenOf, isFeasible, nearestTo } from "./conditions.js";
import type { OptimizationResult, ProofDocument, TrialDocument } from "./optimization-document.js";
import { directionOf, kindOf, withinKind, type Constraint, type Objective, type Resolved } from "./objective.js";
import type { Proof, ProvenSetting } from "./proof.js";
import type { Optimization, TrialResult } from "./run-optimization.js";
import { describeSurface } from "./surface.js";
import type { TrialState } from "./trial-log.js";

export type { OptimizationResult, ProofDocument, TrialDocument };

export interface OptimizationFacts {
  command: string;
  commandName: string;
  studyId: string;
  sampler: string;
  target: { model: string; location: string };
  heldOut: number;
  objectives: readonly Resolved<Objective>[];
  constraints: readonly Resolved<Constraint>[];
  seconds: number;
  trackingUri: string;
  experiment: string;
  experimentId: string | null;
  runId: string | null;
  trialRunIds: (string | null)[];
  proofRunIds: (string | null)[];
  /** What endpoints refused for their rate. */
  rates?: RateWatch | undefined;
}

/** Puts a search and its proof into the published form. */
export function toOptimizationResult(optimization: Optimization, proof: Proof | undefined, facts: OptimizationFacts): OptimizationResult {
  const { study, run } = optimization;
  const { objectives, constraints } = facts;
  const best = optimization.best();
  const front = objectives.length > 1 ? study.front() : undefined;
  const around = (best ?? study.best())?.trial.params ?? front?.[0]?.params;
  return {
    schema: "llmops.optimize/1",
    command: facts.command,
    study: toStudy(optimization, proof, facts),
    space: study.space.dimensions,
    objectives: objectives.map((objective) => ({ name: objective.name, direction: directionOf(objective), kind: kindOf(objective) })),
    constraints: constraints.map(({ text }) => text),
    trials: optimization.results().map((result) => toTrialDocument(result, facts)),
    best: best ? toBest(best, run.table, facts) : null,
    nearest: toNearest(optimization, facts),
    front: front ? { trials: front.map(({ index }) => index), hypervolume: study.hypervolume() ?? 0 } : null,
    surface: around
      ? describeSurface(study, around, { clip: (value) => (facts.objectives[0] ? withinKind(facts.objectives[0], value) : value) })
      : null,
    proof: proof ? toProofDocument(proof, facts) : null,
    errors: run.errors,
    checks: [],
  };
}

function toStudy(optimization: Optimization, proof: Proof | undefined, facts: OptimizationFacts): OptimizationResult["study"] {
  const { plan, run, stopped } = optimization;
  const results = optimization.results();
  const count = (state: TrialState) => results.filter((result) => result.state === state).length;
  const { path, digest, samples, available } = plan.dataset;
  const total = (kind: "prompt" | "completion") => run.tokens[kind] + (proof?.run.tokens[kind] ?? 0);
  return {
    id: facts.studyId,
    resume: `${facts.commandName} --resume ${facts.studyId}`,
    name: plan.name,
    status: proof ? proof.run.status : run.status,
    stopped_by: run.status === "finished" ? stopped : run.status,
    sampler: facts.sampler,
    model: facts.target.model,
    target: facts.target.location,
    dataset: { path, digest, samples: samples.length, held_out: facts.heldOut, available },
    fixed: plan.fixed,
    repeats: plan.mostRepeats,
    seed: plan.seed,
    concurrency: plan.concurrency,
    trials: { finished: count("finished"), stopped: count("stopped"), failed: count("failed") },
    cells: cellsOf(plan, run),
    tokens: { prompt: total("prompt"), completion: total("completion") },
    ...rateLimitsOf(facts.rates),
    seconds: Math.round(facts.seconds * 100) / 100,
    tracking_uri: facts.trackingUri,
    experiment: facts.experiment,
    experiment_id: facts.experimentId,
    run_id: facts.runId,
  };
}

function cellsOf(plan: StudyPlan, { table }: StudyRun): CellsDocument {
  return totalCells(plan.settings.map((_, setting) => ({ cells: { ...table.counts(setting), planned: plannedCells(plan, setting) } })));
}

function toBest(best: Best, table: ScoreTable, { objectives, trialRunIds }: OptimizationFacts): OptimizationResult["best"] {
  const { index, params } = best.trial;
  return { trial: index, params, ...believedInterval(best, { objective: objectives[0], table }), run_id: trialRunIds[index] ?? null };
}

function toNearest(optimization: Optimization, { constraints, trialRunIds }: OptimizationFacts): OptimizationResult["nearest"] {
  const results = optimization.results();
  const broken = results.filter(({ feasible }) => feasible === false);
  if (broken.length === 0 || results.some(({ feasible }) => feasible === true)) return null;
  const measured = broken.map(({ bounds }) => bounds.map(({ value }) => value));
  const at = nearestTo(constraints, measured) ?? 0;
  const { index, params } = broken[at] as TrialResult;
  return { trial: index, params, broken: brokenOf(constraints, measured[at] ?? []), run_id: trialRunIds[index] ?? null };
}

function toTrialDocument(
  { index, params, state, problem, values, bounds, feasible }: TrialResult,
  { objectives, trialRunIds }: OptimizationFacts,
): TrialDocument {
  const known = state === "finished" || state === "stopped";
  const within = (value: number, k: number) => (objectives[k] ? withinKind(objectives[k], value) : value);
  const numbers = values.map(({ value }, k) => (known && Number.isFinite(value) ? within(value, k) : null));
  const seen = bounds.map(({ value }) => (known && Number.isFinite(value) ? value : null));
  return {
    trial: index,
    params,
    value: numbers[0] ?? null,
    se: known ? (values[0]?.se ?? null) : null,
    values: values.length > 1 ? numbers : null,
    bounds: seen,
    feasible,
    state,
    problem: problem ?? null,
    run_id: trialRunIds[index] ?? null,
  };
}

function toProofDocument({ plan, run, settings }: Proof, { proofRunIds, objectives, constraints }: OptimizationFacts): ProofDocument {
  const first = objectives[0]?.name ?? "";
  const boundsOf = ({ estimates }: ProvenSetting) => constraints.map(({ name }) => estimates[name]?.mean ?? Number.NaN);
  const keeps = (setting: ProvenSetting) => constraints.length === 0 || isFeasible(constraints, boundsOf(setting)) === true;
  const winner = settings.slice(1).find((setting) => setting.comparisons[first]?.verdict === "better" && keeps(setting));
  return {
    samples: plan.dataset.samples.length,
    repeats: plan.mostRepeats,
    status: run.status,
    cells: cellsOf(plan, run),
    settings: settings.map((setting, i) => ({
      role: i === 0 ? "default" : i === 1 ? "best" : "candidate",
      name: describeSetting(setting.params),
      params: setting.params,
      metrics: setting.estimates,
      feasible: isFeasible(constraints, boundsOf(setting)),
      broken: brokenOf(constraints, boundsOf(setting)),
      comparisons: Object.fromEntries(
        Object.entries(setting.comparisons).map(([name, { n, difference, low, high, confidence, pValue, verdict }]) => [
          name,
          { n, difference, low, high, confidence, p_value: pValue, verdict },
        ]),
      ),
      run_id: proofRunIds[i] ?? null,
    })),
    winner: winner?.params ?? null,
  };
}
