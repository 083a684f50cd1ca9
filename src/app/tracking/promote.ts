import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { parseFailureLimit } from "../../lib/experiments/gates/checks.js";
import { parseFailUnder } from "../../lib/experiments/gates/requirement.js";
import { checkPromotion, type PromotionCheck } from "../../lib/experiments/runs/promote.js";
import { isRelative, parsePromotion, type PromotionRequirement } from "../../lib/experiments/runs/promotion-requirement.js";
import type { ModelVersion, STAGES } from "../../lib/tracking/registry-records.js";
import { withStore } from "./with-store.js";

export interface PromoteOptions {
  /** A registered model, and one of its versions. */
  name: string;
  version: string;
  /** The alias to move to the version; an alias, a stage, or both. */
  alias?: string | undefined;
  stage?: (typeof STAGES)[number] | undefined;
  /** Versions that are in the stage go to Archived. */
  archiveOthers?: boolean | undefined;
  /** METRIC>=ALIAS, METRIC>ALIAS, METRIC<NUMBER: what has to be proven. */
  require?: readonly string[] | undefined;
  /** The loss that does not matter: METRIC>=ALIAS has to rule out one as large. */
  minEffect?: number | undefined;
  /** Conditions that keep it back where they hold for the number as it is. */
  failUnder?: readonly string[] | undefined;
  /** Cells of the version's run that may have no score: a number or a share, as 5 or 2%. */
  maxFailed?: string | undefined;
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
export async function promote(options: PromoteOptions): Promise<Promotion> {
  const { name, version: number, alias, stage, archiveOthers = false } = options;
  const places = [alias, stage].filter((place) => place !== undefined);
  if (places.length === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", "Neither an alias nor a stage was given.", {
      hint: "Pass --alias NAME or --stage STAGE.",
    });
  }
  const requirements = [...(options.require ?? []).map(parsePromotion), ...(options.failUnder ?? []).map(parseFailUnder)];
  const limit = parseFailureLimit(options.maxFailed ?? "0");
  const how = { places, margin: checkMargin(options.minEffect ?? 0, requirements), limit };
  return withStore(options.trackingUri, async (store) => {
    const { registry } = store;
    const before = await registry.getVersion(name, number);
    const checks: PromotionCheck[] = [];
    for (const requirement of requirements) checks.push(await checkPromotion(store, before, requirement, how));
    const promoted = checks.every(({ state }) => state === "met");
    if (promoted && alias !== undefined) await registry.setAlias(name, alias, number);
    if (promoted && stage !== undefined) await registry.transition(name, number, { stage, archiveOthers });
    return { promoted, places, checks, version: await registry.getVersion(name, number) };
  });
}

/** The margin. Throws INVALID_ARGUMENT for one that no requirement asks for. */
function checkMargin(margin: number, requirements: readonly PromotionRequirement[]): number {
  const isAsked = requirements.some((requirement) => isRelative(requirement) && requirement.comparator.endsWith("="));
  if (margin === 0 || isAsked) return margin;
  throw new LlmopsError("INVALID_ARGUMENT", "--min-effect needs a requirement such as METRIC>=ALIAS.", {
    hint: "METRIC>ALIAS asks for proof of any gain: leave --min-effect out.",
  });
}
