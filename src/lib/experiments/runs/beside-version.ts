import type { DecidedState } from "../gates/checks.js";
import { pairSamples, type AskedSample } from "../dataset/pair-samples.js";
import { checkGain, checkNoLoss, type TestedDifference } from "../gates/no-loss.js";
import { checkSize, type ScoreScale } from "../gates/check-size.js";
import { holds } from "../gates/requirement.js";
import type { JudgedDifference } from "../../base/stats/compare-family.js";
import { unpairedDifference } from "../../base/stats/unpaired.js";
import { furtherToRuleOut, isProven } from "../../base/stats/verdict.js";
import { alignSamples } from "./align-samples.js";
import { compareScores } from "./compare-scores.js";
import type { RelativeRequirement } from "./promotion-requirement.js";
import { roundEvidence, type Finding, type VersionEvidence } from "./version-evidence.js";
import { counted } from "../../base/errors/counted.js";

const EVALUATE_BOTH =
  "Evaluate both versions on the same dataset (llmops eval), and register each with its run: llmops mlflow register NAME SOURCE --run RUN.";

/**
 * Whether a version holds a requirement beside another: by the paired test of `compareScores` over the samples both runs scored, or
 * else by the intervals both runs recorded. Two bare numbers tell nothing.
 */
export function checkRelative(base: VersionEvidence, own: VersionEvidence, requirement: RelativeRequirement, margin: number): Finding {
  const named = `${requirement.against} (version ${base.version.version})`;
  const numbers = `${own.metric} of version ${own.version.version} is ${roundEvidence(own.value)}, of ${named} ${roundEvidence(base.value)}`;
  if (own.isExact) {
    return { state: holds(own.value, { ...requirement, bound: base.value }) ? "met" : "not met", evidence: numbers };
  }
  if (own.run.runId === base.run.runId) {
    const hint = "Evaluate each version in a run of its own, and register it with that: llmops mlflow register NAME SOURCE --run RUN.";
    return { state: "cannot tell", evidence: `both versions name the same run, ${own.run.runName}`, hint };
  }
  if (directionOf(requirement) === "max") checkSize("--min-effect", margin, scaleOf(base, own));
  return checkPaired(base, own, requirement, margin) ?? checkUnpaired(base, own, { requirement, margin, numbers });
}

/** Values that all lie between 0 and 1 are taken for shares: no loss of them is larger than 1. */
function scaleOf(...both: readonly VersionEvidence[]): ScoreScale {
  const isRate = both.every(({ value, estimate }) => [value, estimate?.low ?? 0, estimate?.high ?? 0].every((end) => end >= 0 && end <= 1));
  return { name: both[0]?.metric ?? "", isRate, largest: isRate ? 1 : undefined };
}

/** By the samples that both runs scored; undefined where there are none. */
function checkPaired(base: VersionEvidence, own: VersionEvidence, requirement: RelativeRequirement, margin: number): Finding | undefined {
  const direction = directionOf(requirement);
  const sources = (column: string) =>
    [base, own].map(({ version, table }) => {
      const scores = table?.scores.get(column);
      return {
        name: `version ${version.version}`,
        scores: scores && new Map([[column, scores]]),
        directions: { [column]: direction },
        table,
      };
    });
  const compared = own.columns.flatMap((column) => compareScores(sources(column), { minEffect: margin }))[0];
  if (!compared) return undefined;
  const { difference, low, high, n, pValue, test } = compared;
  const tested = { difference, low, high, n, proven: isProven(compared) };
  const state = decide(tested, requirement, margin);
  const named = `${requirement.against} (version ${base.version.version})`;
  const seen = `${own.metric} of version ${own.version.version} minus that of ${named}: ${describeDifference(tested)}`;
  const left = alignSamples(sources(compared.score)).notes.map((note) => `; ${note.replace(/\.$/, "")}`);
  const evidence = `${seen} over the ${counted(n, "sample")} both scored, ${test} p = ${roundEvidence(pValue)}${left.join("")}`;
  return { state, evidence, ...(state === "cannot tell" && { hint: hintOf(compared, requirement, margin) }) };
}

/** By the intervals of both runs; two numbers without any tell nothing. */
function checkUnpaired(
  base: VersionEvidence,
  own: VersionEvidence,
  { requirement, margin, numbers }: { requirement: RelativeRequirement; margin: number; numbers: string },
): Finding {
  const [before, after] = [base.estimate, own.estimate];
  if (before?.low == null || before.high === null || after?.low == null || after.high === null) {
    const lacking = [base, own].filter(({ estimate }) => estimate?.low == null).map(({ version }) => version.version);
    const evidence = `${numbers}, with neither scores of single samples in common nor an interval of version ${lacking.join(" and ")}`;
    return { state: "cannot tell", evidence, hint: EVALUATE_BOTH };
  }
  const other = differentData(base, own);
  if (other !== undefined) return { state: "cannot tell", evidence: `${numbers}, but ${other}`, hint: EVALUATE_BOTH };
  const { difference, low, high } = unpairedDifference(
    { value: before.mean, low: before.low, high: before.high },
    { value: after.mean, low: after.low, high: after.high },
  );
  const tested = { difference, low, high, proven: low > 0 || high < 0 };
  const hint = `${EVALUATE_BOTH} Sample by sample a smaller difference can be told.`;
  return {
    state: decide(tested, requirement, margin),
    evidence: `${numbers}: ${describeDifference(tested)}, by the intervals of both runs, for they share no scores of single samples`,
    hint,
  };
}

/** In words, where both runs say what data they were measured on, and it is not the same. */
function differentData(base: VersionEvidence, own: VersionEvidence): string | undefined {
  const [before, after] = [base, own].map(({ run }) => run.datasets);
  if (asksNothingInCommon(base, own)) return "no sample of one asks what a sample of the other asks";
  if (!before?.[0] || !after?.[0] || after.some(({ digest }) => before.some((one) => one.digest === digest))) return undefined;
  return `they were measured on different data, ${after[0].name} (${after[0].digest}) and ${before[0].name} (${before[0].digest})`;
}

function asksNothingInCommon(base: VersionEvidence, own: VersionEvidence): boolean {
  const [before, after] = [base.table?.asked ?? new Map<string, AskedSample>(), own.table?.asked ?? new Map<string, AskedSample>()];
  if (before.size === 0 || after.size === 0) return false;
  return pairSamples({ ids: before.keys(), asked: before }, { ids: after.keys(), asked: after }).pairs.length === 0;
}

function decide(tested: TestedDifference, requirement: RelativeRequirement, margin: number): DecidedState {
  const direction = directionOf(requirement);
  if (requirement.comparator === ">" || requirement.comparator === "<") return checkGain(tested, direction);
  return checkNoLoss(tested, { direction, margin });
}

/** Which way the requirement says is better. */
function directionOf({ comparator }: RelativeRequirement): "max" | "min" {
  return comparator.startsWith(">") ? "max" : "min";
}

function hintOf(compared: JudgedDifference, requirement: RelativeRequirement, margin: number): string {
  const { difference, furtherSamples } = compared;
  const isStrict = !requirement.comparator.endsWith("=");
  const gain = directionOf(requirement) === "max" ? difference : -difference;
  const further = isStrict || margin === 0 ? furtherSamples : furtherToRuleOut(compared, margin + gain);
  const more = further === null ? "More samples would tell" : `About ${further} more samples would tell`;
  const allow = margin === 0 && !isStrict ? "; --min-effect D promotes a version whose loss is shown to be smaller than D" : "";
  return `${more}${allow}.`;
}

function describeDifference({ difference, low, high }: TestedDifference): string {
  const signed = (value: number) => `${value > 0 ? "+" : ""}${roundEvidence(value)}`;
  return `${signed(difference)}${low === null || high === null ? "" : ` (${signed(low)} to ${signed(high)})`}`;
}
