import { LlmopsError } from "../../base/errors/llmops-error.js";
import { checksWithin, type CheckResult, type FailureLimit } from "../gates/checks.js";
import { describeEstimate, holds, stateOf, type Requirement } from "../gates/requirement.js";
import { directionOf } from "./compare-scores.js";
import { recordedDirections } from "./scored-source.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import { STAGES, type ModelVersion } from "../../tracking/registry-records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { checkRelative } from "./beside-version.js";
import { isRelative, namePromotion, type PromotionRequirement, type RelativeRequirement } from "./promotion-requirement.js";
import { readEvidence, roundEvidence, type Finding, type VersionEvidence } from "./version-evidence.js";

export interface PromotionOptions {
  /** The alias and the stage the version is to get: that nobody has them yet is not a typing error. */
  places: readonly string[];
  /** The largest loss that does not matter: what METRIC>=ALIAS and METRIC<=ALIAS have to rule out. */
  margin: number;
  /** How many cells of the version's run may lack a score. */
  limit: FailureLimit;
}

/** What became of a requirement. */
export interface PromotionCheck extends CheckResult {
  /** What to do, where it cannot be told. */
  hint: string | null;
}

/**
 * Tests a requirement for a version. Against a number its whole 95 % interval has to hold it, except where the number is counted.
 * Against another version, ">" and "<" ask for a proven difference, ">=" and "<=" for a loss of the margin or more that is ruled out:
 * by the paired test of `compareScores` over the samples both runs scored, or else by the intervals both runs recorded. Two bare
 * numbers tell nothing. Throws STORE_NOT_FOUND for a metric or an alias that is not there.
 */
export async function checkPromotion(
  store: TrackingStore,
  version: ModelVersion,
  requirement: PromotionRequirement,
  options: PromotionOptions,
): Promise<PromotionCheck> {
  const name = namePromotion(requirement);
  const own = await readEvidence(store, version, requirement.metric);
  const { state, evidence, hint } = brokenOff(own) ?? (await decide(store, own, requirement, options));
  const check: CheckResult = { name, state, evidence };
  const [within = check] = own.cells ? checksWithin(options.limit, [own.cells], [check]) : [check];
  if (within.state === "too much failed") return { ...within, hint: TOO_MUCH_FAILED };
  return { ...within, hint: state === "cannot tell" ? (hint ?? null) : null };
}

function decide(
  store: TrackingStore,
  own: VersionEvidence,
  requirement: PromotionRequirement,
  options: PromotionOptions,
): Finding | Promise<Finding> {
  return isRelative(requirement) ? checkBeside(store, own, requirement, options) : checkNumber(own, requirement);
}

/** A run that broke off measured a part, and nobody chose which. */
function brokenOff({ run, version }: VersionEvidence): Finding | undefined {
  if (run.status !== "FAILED" && run.status !== "KILLED") return undefined;
  return { state: "cannot tell", evidence: `the run of version ${version.version}, ${run.runName}, ended ${run.status}`, hint: EVALUATE };
}

const TOO_MUCH_FAILED = "Ask again what failed (llmops sweep --resume STUDY --retry-failed), or allow it with --max-failed.";

function checkNumber({ value, estimate, isExact, metric, version, run }: VersionEvidence, requirement: Requirement): Finding {
  const of = `${metric} of version ${version.version} is`;
  if (Number.isNaN(value)) return { state: "cannot tell", evidence: `${of} not a number`, hint: EVALUATE };
  if (isExact || requirement.by === "mean") {
    return { state: holds(value, requirement) ? "met" : "not met", evidence: `${of} ${roundEvidence(value)}` };
  }
  if (estimate) {
    const state = stateOf(estimate, requirement);
    const hint = "More samples would narrow the interval; --fail-under judges the mean alone.";
    return { state, evidence: `${of} ${describeEstimate(estimate)}`, hint };
  }
  return {
    state: "cannot tell",
    evidence: `${of} ${roundEvidence(value)}, and its run ${run.runName} has neither scores of single samples nor an interval of it`,
    hint: `${EVALUATE} --fail-under judges the number as it is.`,
  };
}

const EVALUATE = "Evaluate the version (llmops eval), and register it with that run: llmops mlflow register NAME SOURCE --run RUN.";

async function checkBeside(
  store: TrackingStore,
  own: VersionEvidence,
  requirement: RelativeRequirement,
  options: PromotionOptions,
): Promise<Finding> {
  const other = await findOther(store, own.version, requirement, options);
  if (typeof other === "string") return { state: "met", evidence: other };
  const found = checkRelative(await readEvidence(store, other, requirement.metric), own, requirement, options.margin);
  return { ...found, evidence: `${found.evidence}${doubtDirection(own, requirement)}` };
}

/** In words, where the requirement takes for better what the run or the name of the metric calls worse. */
function doubtDirection({ metric, run }: VersionEvidence, { comparator, against }: RelativeRequirement): string {
  const direction = directionOf(metric, [{ directions: recordedDirections(run) }]);
  const asked = comparator.startsWith(">") ? "max" : "min";
  if (direction === undefined || direction === "none" || direction === asked) return "";
  const other = comparator.replace(/[<>]/, asked === "max" ? "<" : ">");
  return `; ${direction === "min" ? "less" : "more"} ${metric} is better as a rule: ${metric}${other}${against} asks for that`;
}

/** The version to compare with, or in words why there is nothing to compare. Throws STORE_NOT_FOUND. */
async function findOther(
  store: TrackingStore,
  version: ModelVersion,
  { against }: RelativeRequirement,
  { places }: PromotionOptions,
): Promise<ModelVersion | string> {
  const other = await findNamed(store, version.name, against);
  if (other) return other.version === version.version ? `it is ${against} already` : other;
  if (places.some((place) => place.toLowerCase() === against.toLowerCase())) return `${version.name} has no ${against} yet`;
  const { aliases } = await store.registry.getModel(version.name);
  const there = Object.keys(aliases).join(", ");
  throw new LlmopsError("STORE_NOT_FOUND", `No version of ${version.name} is ${against}.`, {
    hint: there === "" ? "No version has an alias." : `Its aliases are: ${there}.`,
  });
}

async function findNamed(store: TrackingStore, name: string, aliasOrStage: string): Promise<ModelVersion | undefined> {
  const stage = STAGES.find((known) => known.toLowerCase() === aliasOrStage.toLowerCase());
  if (stage) return (await store.registry.latestVersions(name, [stage]))[0];
  try {
    return await store.registry.getByAlias(name, aliasOrStage);
  } catch (error) {
    if (error instanceof MlflowError && /alias .* not found/i.test(error.message)) return undefined;
    throw error;
  }
}
