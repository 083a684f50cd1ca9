import { askedSample } from "../../lib/experiments/dataset/pair-samples.js";
import { compareWithBaseline } from "../../lib/experiments/runs/against-baseline.js";
import { baselineMetric, readBaseline, type Baseline } from "../../lib/experiments/runs/baseline.js";
import { checksWithin, failureLimit, type CheckResult, type FailureLimit } from "../../lib/experiments/gates/checks.js";
import { parseFailUnder, parseRequirement, type Requirement } from "../../lib/experiments/gates/requirement.js";
import { sweepTruncated } from "../../lib/report/truncated-line.js";
import { checkRequirement, checkRequirements, decidingSetting } from "../../lib/experiments/study/check-requirement.js";
import { explainNoGate } from "../../lib/experiments/study/no-best.js";
import type { ScoreTable } from "../../lib/experiments/study/score-table.js";
import { primaryMetric, type StudyPlan } from "../../lib/experiments/study/study.js";
import type { SettingResult, SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { baselineFolder } from "./study-folders.js";

/** The loss against a baseline that counts where --min-effect does not say: five points, or five per cent. */
const DEFAULT_LOSS = 0.05;

/** What the result of a study has to hold. */
export interface StudyGates {
  requirements: readonly Requirement[];
  baseline: { name: string; baseline: Baseline } | undefined;
  /** Undefined where any number of cells may fail. */
  limit: FailureLimit | undefined;
}

/** What the result of a study has to hold, in words. */
export interface StudyGateOptions {
  /** Conditions that fail it when they hold for the mean of the best setting, as "accuracy<0.9". */
  failUnder?: readonly string[] | undefined;
  /** Conditions that must hold for the best setting by its whole 95 % interval, as "accuracy>=0.9". */
  require?: readonly string[] | undefined;
  /** A blessed baseline that it must not be worse than. */
  baseline?: string | undefined;
  /** The most cells that may end without a score: a number, or a share of each setting's as "5%". */
  maxFailed?: string | undefined;
}

/** The gates the options name. Throws INVALID_ARGUMENT or BASELINE_NOT_FOUND. */
export function readGates({ failUnder = [], require = [], baseline: name, maxFailed }: StudyGateOptions): StudyGates {
  const requirements = [...failUnder.map(parseFailUnder), ...require.map(parseRequirement)];
  const baseline = name === undefined ? undefined : { name, baseline: readBaseline(baselineFolder(), name) };
  const limit = failureLimit(maxFailed, requirements.length > 0 || baseline !== undefined);
  return { requirements, baseline, limit };
}

/** Throws INVALID_ARGUMENT, before the work, for gates on what the study will not have. */
export function checkGates({ requirements, baseline }: StudyGates, plan: StudyPlan): void {
  checkRequirements(plan, requirements);
  if (baseline) baselineMetric(baseline.baseline, primaryMetric(plan));
}

/** What became of every gate. */
export function passGates(
  { requirements, baseline, limit }: StudyGates,
  plan: StudyPlan,
  result: SweepResult,
  table: ScoreTable,
): CheckResult[] {
  const checks = requirements.map((requirement) => checkRequirement(plan, result, requirement));
  if (baseline) checks.push(checkBaseline(baseline, plan, result, table));
  const cut = sweepTruncated(result).map((line) => `; ${line.replace(/;.*|\.$/, "")}`);
  const deciding = requirements.map(({ metric }) => metric);
  return checksWithin(
    limit,
    result.settings.map((setting) => endedCells(setting, deciding)),
    checks.map((check) => ({ ...check, evidence: `${check.evidence}${cut.join("")}` })),
  );
}

/** A cell counts as unscored also where only a scorer that a gate asks for gave no value. */
function endedCells({ cells, unscored }: SettingResult, deciding: readonly string[]): SettingResult["cells"] {
  return { ...cells, unscored: Math.max(cells.unscored, ...deciding.map((name) => unscored[name] ?? 0)) };
}

/** The setting of the baseline's name, or else the best one, beside the baseline. */
function checkBaseline(
  { name, baseline }: { name: string; baseline: Baseline },
  plan: StudyPlan,
  result: SweepResult,
  table: ScoreTable,
): CheckResult {
  const { study, settings } = result;
  const label = `not worse than baseline ${name}`;
  const named = settings.findIndex((setting) => setting.name === baseline.setting);
  const index = named >= 0 ? named : decidingSetting(result);
  if (index < 0) return { name: label, state: "cannot tell", evidence: explainNoGate(result) };
  const values = table.values(plan.primary.name, index);
  const bySample = new Map(plan.dataset.samples.map(({ id }, sample) => [id, values[sample] ?? []]));
  const asked = new Map(plan.dataset.samples.map(({ id, question, answer }) => [id, askedSample(question, answer)]));
  const minEffect = plan.minEffect || DEFAULT_LOSS * (study.kind === "rate" ? 1 : Math.abs(baseline.metrics[study.metric]?.mean ?? 1));
  const { state, evidence } = compareWithBaseline(
    baseline,
    { metric: study.metric, direction: plan.primary.direction, bySample, asked },
    minEffect,
  );
  return { name: label, state, evidence: `${settings[index]?.name ?? ""} is ${evidence}` };
}
