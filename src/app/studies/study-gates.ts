import { askedSample } from "../../lib/experiments/dataset/pair-samples.js";
import { compareWithBaseline } from "../../lib/experiments/runs/against-baseline.js";
import { baselineMetric, readBaseline, type Baseline } from "../../lib/experiments/runs/baseline.js";
import { checksWithin, failureLimit, type CheckResult, type CheckState, type FailureLimit } from "../../lib/experiments/gates/checks.js";
import { parseFailUnder, parseRequirement, type Requirement } from "../../lib/experiments/gates/requirement.js";
import { sweepTruncated } from "../../lib/report/truncated-line.js";
import { checkRequirement, checkRequirements, decidingSetting } from "../../lib/experiments/study/check-requirement.js";
import { explainNoGate } from "../../lib/experiments/study/no-best.js";
import type { ScoreTable } from "../../lib/experiments/study/score-table.js";
import { primaryMetric, type StudyPlan } from "../../lib/experiments/study/study.js";
import type { SettingResult, SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { type StudyFlags } from "../../cli/flags/study-flags.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
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

/** The gates the flags name. Throws INVALID_ARGUMENT or BASELINE_NOT_FOUND. */
export function readGates(flags: Pick<StudyFlags, "fail-under" | "require" | "baseline" | "max-failed">): StudyGates {
  const requirements = [...(flags["fail-under"] ?? []).map(parseFailUnder), ...(flags.require ?? []).map(parseRequirement)];
  const name = flags.baseline;
  const baseline = name === undefined ? undefined : { name, baseline: readBaseline(baselineFolder(), name) };
  const limit = failureLimit(flags["max-failed"], requirements.length > 0 || baseline !== undefined);
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
  const { state, evidence } = compareWithBaseline(baseline, { metric: study.metric, bySample, asked }, minEffect);
  return { name: label, state, evidence: `${settings[index]?.name ?? ""} is ${evidence}` };
}

const COLOURS: Record<CheckState, (text: string) => string> = {
  met: chalk.green,
  "not met": chalk.red,
  "cannot tell": chalk.yellow,
  "too much failed": chalk.red,
};

/** A gate for a terminal: what must hold, whether it does, and what was seen. */
export function describeCheck({ name, state, evidence }: CheckResult): string {
  return `gate ${name}: ${COLOURS[state](state)}: ${evidence}`;
}
