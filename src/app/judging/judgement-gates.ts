import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { metricOf } from "../../lib/experiments/evaluation/judgement-recorder.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { askedSample } from "../../lib/experiments/dataset/pair-samples.js";
import { compareWithBaseline } from "../../lib/experiments/runs/against-baseline.js";
import { readBaseline, type Baseline } from "../../lib/experiments/runs/baseline.js";
import { checksWithin, failureLimit, type CheckResult, type FailureLimit } from "../../lib/experiments/gates/checks.js";
import { describeEstimate, nameRequirement, parseRequirement, stateOf, type Requirement } from "../../lib/experiments/gates/requirement.js";
import { endedRows } from "../../lib/experiments/evaluation/judged-rows.js";
import { checkRequirements } from "../../lib/experiments/study/check-requirement.js";
import { baselineFolder } from "../studies/study-folders.js";
import { primaryMetric, type StudyPlan } from "../../lib/experiments/study/study.js";

/** The loss against a baseline that counts where --min-effect does not say: five per cent. */
const DEFAULT_LOSS = 0.05;

/** What a judgement has to hold, in words. */
export interface JudgementGateOptions {
  /** The least mean score, as "4", or "accuracy=4" for one criterion. */
  minScore?: readonly string[] | undefined;
  /** Conditions that must hold by the whole 95 % interval, as "accuracy>=4". */
  require?: readonly string[] | undefined;
  /** A blessed baseline that it must not be worse than. */
  baseline?: string | undefined;
  /** The most rows that may end without a score: a number, or a share as "5%". */
  maxFailed?: string | undefined;
  /** Differences of a score below it do not matter; 0 when absent. */
  minEffect?: number | undefined;
}

interface BaselineGate {
  name: string;
  baseline: Baseline;
}

/** What the grades of a judgement have to hold. */
export interface JudgementGates {
  least: readonly LeastScore[];
  required: readonly Requirement[];
  baseline: BaselineGate | undefined;
  /** Undefined where any number of rows may fail. */
  limit: FailureLimit | undefined;
  minEffect: number;
}

/** The baseline that is named. Throws BASELINE_NOT_FOUND. */
export function readBaselineGate({ baseline: name }: JudgementGateOptions): BaselineGate | undefined {
  return name === undefined ? undefined : { name, baseline: readBaseline(baselineFolder(), name) };
}

/** The gates the options name. Throws INVALID_ARGUMENT, before the work, for gates on what the plan will not score. */
export function readJudgementGates(options: JudgementGateOptions, baseline: BaselineGate | undefined, plan: StudyPlan): JudgementGates {
  const least = (options.minScore ?? []).map((text) => parseLeastScore(text, plan));
  const required = (options.require ?? []).map(parseRequirement);
  checkRequirements(plan, required);
  const limit = failureLimit(options.maxFailed, least.length + required.length > 0 || baseline !== undefined);
  return { least, required, baseline, limit, minEffect: options.minEffect ?? 0 };
}

/** What became of every gate. */
export function passJudgementGates(
  { least, required, baseline, limit, minEffect }: JudgementGates,
  result: JudgementResult,
): CheckResult[] {
  return checksWithin(
    limit,
    [endedRows(result.study.rows)],
    [
      ...least.map((one) => checkLeastScore(result, one)),
      ...required.map((one) => checkCriterion(result.metrics, one)),
      ...(baseline ? checkBaselines(baseline, result, minEffect) : []),
    ],
  );
}

/** A mean score a criterion has to reach. */
interface LeastScore {
  criterion: string;
  bound: number;
}

/** Reads "4", which means the plan's own score, or "accuracy=4". Throws INVALID_ARGUMENT. */
function parseLeastScore(text: string, plan: StudyPlan): LeastScore {
  const [, criterion = primaryMetric(plan), bound = ""] = /^(?:([\w-]+)=)?(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  const names = plan.scorers.map(({ name }) => name);
  if (bound !== "" && names.includes(criterion)) return { criterion, bound: onScale(Number(bound), criterion, plan) };
  throw new LlmopsError("INVALID_ARGUMENT", `--min-score ${text} is not a score of ${names.join(", ")}.`, {
    hint: "Write --min-score 4, or --min-score accuracy=4 for one criterion.",
  });
}

/** The bound, where scores can reach and miss it. Throws INVALID_ARGUMENT. */
function onScale(bound: number, criterion: string, plan: StudyPlan): number {
  const [low, high] = plan.scorers.find(({ name }) => name === criterion)?.range ?? [-Infinity, Infinity];
  if (bound >= low && bound <= high) return bound;
  throw new LlmopsError("INVALID_ARGUMENT", `--min-score ${bound} is outside the scale of ${criterion}, ${low} to ${high}.`, {
    hint: `Give a score from ${low} to ${high}.`,
  });
}

/** Whether a criterion's mean reaches what it has to. */
function checkLeastScore({ metrics }: JudgementResult, { criterion, bound }: LeastScore): CheckResult {
  return checkCriterion(metrics, { metric: criterion, comparator: ">=", bound, by: "mean" });
}

/** Whether a criterion holds a requirement. */
function checkCriterion(metrics: JudgementResult["metrics"], requirement: Requirement): CheckResult {
  const name = nameRequirement(requirement);
  const own = metrics[requirement.metric];
  if (!own || own.n === 0) return { name, state: "cannot tell", evidence: "nothing was scored" };
  return { name, state: stateOf(own, requirement), evidence: `${requirement.metric} is ${describeEstimate(own)}` };
}

/** A check for every criterion the baseline has scores of. Throws INVALID_ARGUMENT where it has none of them. */
function checkBaselines({ name, baseline }: BaselineGate, { rows, judge }: JudgementResult, minEffect: number): CheckResult[] {
  const known = judge.criteria.filter((criterion) => baseline.metrics[metricOf(criterion.name)]);
  if (known.length === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", `The baseline ${name} has no score of ${judge.criteria.map((one) => one.name).join(", ")}.`, {
      hint: `It has: ${Object.keys(baseline.metrics).join(", ")}.`,
    });
  }
  return known.map(({ name: criterion }) => {
    const metric = metricOf(criterion);
    const own = rows.filter((row) => row.criterion === criterion);
    const bySample = new Map(own.map(({ id, score }) => [id, score === null ? [] : [score]]));
    const asked = new Map(own.map(({ id, question, reference }) => [id, askedSample(question, reference)]));
    const loss = minEffect || DEFAULT_LOSS * Math.abs(baseline.metrics[metric]?.mean ?? 1);
    const { state, evidence } = compareWithBaseline(baseline, { metric, direction: "max", bySample, asked }, loss);
    return { name: `${criterion} not worse than baseline ${name}`, state, evidence };
  });
}
