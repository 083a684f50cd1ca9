import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { parseFailureLimit } from "../../lib/experiments/gates/checks.js";
import { parseFailUnder } from "../../lib/experiments/gates/requirement.js";
import { checkPromotion, type PromotionCheck } from "../../lib/experiments/runs/promote.js";
import { isRelative, parsePromotion, type PromotionRequirement } from "../../lib/experiments/runs/promotion-requirement.js";
import type { ModelRegistry } from "../../lib/tracking/model-registry.js";
import type { ModelVersion, STAGES } from "../../lib/tracking/registry-records.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { withStore } from "./with-store.js";

/** A version, where it is to go, and what has to be proven first. */
export interface PromotionConditions {
  /** A registered model, and one of its versions. */
  name: string;
  version: string;
  /** The alias to move to the version; an alias, a stage, or both. */
  alias?: string | undefined;
  stage?: (typeof STAGES)[number] | undefined;
  /** METRIC>=ALIAS, METRIC>ALIAS, METRIC<NUMBER: what has to be proven. */
  require?: readonly string[] | undefined;
  /** The loss that does not matter: METRIC>=ALIAS has to rule out one as large. */
  minEffect?: number | undefined;
  /** Conditions that keep it back where they hold for the number as it is. */
  failUnder?: readonly string[] | undefined;
  /** Cells of the version's run that may have no score: a number or a share, as 5 or 2%. */
  maxFailed?: string | undefined;
}

export interface PromoteOptions extends PromotionConditions {
  /** Versions that are in the stage go to Archived. */
  archiveOthers?: boolean | undefined;
  trackingUri: string;
}

/** What was checked, and the version as it is afterwards. */
export interface Promotion {
  promoted: boolean;
  /** Where it was to go. */
  places: readonly string[];
  checks: readonly PromotionCheck[];
  version: ModelVersion;
}

/** Gives a version an alias or a stage if it meets the requirements; moves nothing otherwise. Throws INVALID_ARGUMENT, and what the store throws. */
export async function promote({ trackingUri, archiveOthers = false, ...conditions }: PromoteOptions): Promise<Promotion> {
  const check = planChecks(conditions);
  return withStore(trackingUri, async (store) => {
    const checks = await check(store);
    const promoted = allMet(checks);
    if (promoted) await moveTo(store.registry, { ...conditions, archiveOthers });
    const version = await store.registry.getVersion(conditions.name, conditions.version);
    return { promoted, places: placesOf(conditions), checks, version };
  });
}

/** Reads the conditions and gives what checks them in a store. Throws INVALID_ARGUMENT for conditions that cannot be meant. */
export function planChecks(conditions: PromotionConditions): (store: TrackingStore) => Promise<PromotionCheck[]> {
  const { name, version: number } = conditions;
  const places = placesOf(conditions);
  if (places.length === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", "Neither an alias nor a stage was given.", {
      hint: "Pass --alias NAME or --stage STAGE.",
    });
  }
  const requirements = [...(conditions.require ?? []).map(parsePromotion), ...(conditions.failUnder ?? []).map(parseFailUnder)];
  const limit = parseFailureLimit(conditions.maxFailed ?? "0");
  const how = { places, margin: checkMargin(conditions.minEffect ?? 0, requirements), limit };
  return async (store) => {
    const version = await store.registry.getVersion(name, number);
    const checks: PromotionCheck[] = [];
    for (const requirement of requirements) checks.push(await checkPromotion(store, version, requirement, how));
    return checks;
  };
}

/** Whether all that was asked for is proven; also where nothing was. */
export function allMet(checks: readonly Pick<PromotionCheck, "state">[]): boolean {
  return checks.every(({ state }) => state === "met");
}

type Move = Pick<PromotionConditions, "name" | "version" | "alias" | "stage"> & { archiveOthers: boolean };

/** Gives the version its alias, its stage, or both. Throws what the registry throws. */
export async function moveTo(registry: ModelRegistry, { name, version, alias, stage, archiveOthers }: Move): Promise<void> {
  if (alias !== undefined) await registry.setAlias(name, alias, version);
  if (stage !== undefined) await registry.transition(name, version, { stage, archiveOthers });
}

function placesOf({ alias, stage }: PromotionConditions): string[] {
  return [alias, stage].filter((place) => place !== undefined);
}

/** The margin. Throws INVALID_ARGUMENT for one that no requirement asks for. */
function checkMargin(margin: number, requirements: readonly PromotionRequirement[]): number {
  const isAsked = requirements.some((requirement) => isRelative(requirement) && requirement.comparator.endsWith("="));
  if (margin === 0 || isAsked) return margin;
  throw new LlmopsError("INVALID_ARGUMENT", "--min-effect needs a requirement such as METRIC>=ALIAS.", {
    hint: "METRIC>ALIAS asks for proof of any gain: leave --min-effect out.",
  });
}
