import { bootstrapInterval } from "../../base/stats/bootstrap.js";
import { estimateMean, type Estimate } from "../../base/stats/estimate.js";
import { compareFamily } from "../../base/stats/compare-family.js";
import { ALPHA } from "../../base/stats/multiplicity.js";
import { pairMeans } from "../../base/stats/paired.js";
import { toVerdict, type Verdict } from "../../base/stats/verdict.js";
import { StudyRunner, type RunOptions } from "../study/run-study.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { ScoreTable } from "../study/score-table.js";
import { differenceScale, estimateScores } from "../study/stopping.js";
import type { Setting, StudyPlan } from "../study/study.js";
import type { TargetPool } from "../study/target-pool.js";
import { directionOf, quantileAt, type Objective, type Quantity, type Resolved } from "./objective.js";

/** Turns in which settings are timed as a whole, one after the other: enough for a sign-flip test of four settings. */
const TURNS = 12;

/** A candidate beside the default, by one objective, on rows no trial saw; p value and interval are corrected over all candidates. */
export interface ProofComparison {
  n: number;
  difference: number;
  low: number | null;
  high: number | null;
  /** Of the interval. */
  confidence: number;
  pValue: number | null;
  verdict: Verdict;
}

export interface ProvenSetting {
  params: Setting;
  /** By objective and constraint, as the user wrote them. */
  estimates: Record<string, Estimate>;
  /** With the default; empty for itself. */
  comparisons: Record<string, ProofComparison>;
}

export interface Proof {
  plan: StudyPlan;
  run: StudyRun;
  /** The default first. */
  settings: ProvenSetting[];
}

export interface ProofQuestions {
  objectives: readonly Resolved<Objective>[];
  /** Shown beside the objectives. */
  others: readonly Resolved<Quantity>[];
}

/** Runs the default and the candidates on rows held out, and compares them pair by pair. Throws what running a study throws. */
export async function proveCandidates(
  plan: StudyPlan,
  targets: TargetPool,
  questions: ProofQuestions,
  options: RunOptions,
): Promise<Proof> {
  const runner = new StudyRunner(plan, targets, options);
  runner.load();
  options.onBegin?.(runner.state);
  const all = plan.settings.map((_, setting) => setting);
  const asWhole = [...questions.objectives, ...questions.others].some(({ scorer }) => !scorer);
  const totals = asWhole ? await timeByTurns(runner, plan, targets) : new Map<number, number[]>();
  if (!asWhole) await runner.runSettings(all);
  const facts = { plan, table: runner.state.table, totals };
  const isWhole = runner.state.status === "finished";
  const comparisons = questions.objectives.map((objective) => {
    const compared = compareWithDefault(facts, objective);
    // tests hold for the number of rows that was planned, and not for those that had ended by chance
    return isWhole ? compared : compared.map((one): ProofComparison => ({ ...one, verdict: "cannot tell" }));
  });
  const settings = plan.settings.map((params, setting) => ({
    params,
    estimates: Object.fromEntries([...questions.objectives, ...questions.others].map((one) => [one.name, estimate(facts, one, setting)])),
    comparisons: Object.fromEntries(
      questions.objectives.flatMap(({ name }, k) => (setting === 0 ? [] : [[name, comparisons[k]?.[setting - 1] as ProofComparison]])),
    ),
  }));
  return { plan, run: runner.state, settings };
}

/** Tokens per second of each setting over parts of the rows, all settings in each turn, so that a slower machine slows all of them. */
async function timeByTurns(runner: StudyRunner, plan: StudyPlan, targets: TargetPool): Promise<Map<number, number[]>> {
  const totals = new Map<number, number[]>(plan.settings.map((_, setting) => [setting, []]));
  const size = Math.ceil(plan.dataset.samples.length / TURNS);
  for (let turn = 0; turn < TURNS && runner.state.status === "finished"; turn++) {
    const samples = [...plan.dataset.samples.keys()].slice(turn * size, (turn + 1) * size);
    for (const setting of plan.settings.keys()) {
      if (samples.length === 0) continue;
      await targets.of(setting);
      const [start, before] = [performance.now(), runner.state.tokens.completion];
      await runner.runSettings([setting], [], samples);
      const tokens = runner.state.tokens.completion - before;
      if (tokens > 0) totals.get(setting)?.push((1000 * tokens) / (performance.now() - start));
    }
  }
  return totals;
}

interface ProofFacts {
  plan: StudyPlan;
  table: ScoreTable;
  /** Tokens per second of whole turns, by setting. */
  totals: ReadonlyMap<number, number[]>;
}

function estimate({ table, totals }: ProofFacts, { scorer, percentile }: Resolved<Quantity>, setting: number): Estimate {
  if (!scorer) return estimateMean((totals.get(setting) ?? []).map((value) => [value]));
  if (percentile === undefined) return estimateScores(scorer, table, setting);
  const groups = table.values(scorer.name, setting).filter((group) => group.length > 0);
  const statistic = (units: readonly number[]) =>
    percentileOf(
      units.flatMap((unit) => groups[unit] ?? []),
      percentile,
    );
  const everything = [...groups.keys()];
  const interval = bootstrapInterval(groups.length, statistic);
  return { mean: statistic(everything), low: interval?.low ?? null, high: interval?.high ?? null, n: groups.length };
}

function compareWithDefault(facts: ProofFacts, objective: Resolved<Objective>): ProofComparison[] {
  const candidates = facts.plan.settings.slice(1).map((_, i) => i + 1);
  const { minEffect } = facts.plan;
  const direction = directionOf(objective);
  if (objective.scorer && objective.percentile !== undefined) {
    // resampling gives no p value to correct: the error rate is shared out evenly (Bonferroni)
    const level = facts.plan.correction === "none" ? ALPHA : ALPHA / candidates.length;
    return candidates.map((setting) => {
      const compared = comparePercentiles(facts, objective, setting, level);
      const told = compared.low !== null && compared.high !== null && (compared.low > 0 || compared.high < 0);
      const verdict = toVerdict({ ...compared, pValue: told ? 0 : 1 }, { direction, minEffect });
      return { ...compared, pValue: null, confidence: 1 - level, verdict };
    });
  }
  const compared = compareFamily(
    candidates.map((setting) => differencesOf(facts, objective, setting)),
    {
      correction: facts.plan.correction,
      ...(objective.scorer && {
        scale: differenceScale(objective.scorer, facts.table.isBinary(objective.scorer.name)),
      }),
    },
  );
  return compared.map(({ n, difference, low, high, pValue, confidence }) => ({
    ...{ n, difference, low, high, pValue, confidence },
    verdict: toVerdict({ difference, low, high, pValue }, { direction, minEffect }),
  }));
}

function differencesOf({ table, totals }: ProofFacts, { scorer }: Resolved<Quantity>, setting: number): number[] {
  if (scorer) return pairMeans(table.values(scorer.name, 0), table.values(scorer.name, setting));
  const [first, second] = [totals.get(0) ?? [], totals.get(setting) ?? []];
  return second.slice(0, first.length).map((value, turn) => value - (first[turn] ?? 0));
}

/** Percentiles have no paired test: the interval of their difference by resampling rows tells. */
function comparePercentiles(
  { table }: ProofFacts,
  { scorer, percentile = 0.5 }: Resolved<Quantity>,
  setting: number,
  level: number,
): Omit<ProofComparison, "pValue" | "verdict" | "confidence"> {
  const [first, second] = [0, setting].map((one) => table.values(scorer?.name ?? "", one)) as [number[][], number[][]];
  const both = [...first.keys()].filter((sample) => (first[sample]?.length ?? 0) > 0 && (second[sample]?.length ?? 0) > 0);
  const statistic = (units: readonly number[]) => {
    const of = (groups: number[][]) =>
      percentileOf(
        units.flatMap((unit) => groups[both[unit] ?? 0] ?? []),
        percentile,
      );
    return of(second) - of(first);
  };
  const interval = bootstrapInterval(both.length, statistic, { level });
  return { n: both.length, difference: statistic([...both.keys()]), low: interval?.low ?? null, high: interval?.high ?? null };
}

function percentileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return quantileAt(sorted, (sorted.length - 1) * share);
}
