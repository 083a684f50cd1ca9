import { LlmopsError } from "../../base/errors/llmops-error.js";
import { nameRequirement, parseCondition, type Comparator, type Requirement } from "../gates/requirement.js";

/** What a version has to hold against the version that an alias or stage names. */
export interface RelativeRequirement {
  metric: string;
  comparator: Comparator;
  /** The alias or stage. */
  against: string;
}

/** What a version has to hold before it is promoted: a metric against a number, or against another version. */
export type PromotionRequirement = Requirement | RelativeRequirement;

/** Reads "accuracy>=champion", "latency<2" or "accuracy>=90%". Throws INVALID_ARGUMENT. */
export function parsePromotion(text: string): PromotionRequirement {
  const number = parseCondition(text);
  if (number) return { ...number, by: "interval" };
  const [, metric, comparator, against] = /^\s*([\w/.: -]+?)\s*(>=|<=|>|<)\s*@?([\w.+-]+)\s*$/.exec(text) ?? [];
  if (metric === undefined || comparator === undefined || against === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a requirement.`, {
      hint: "Write METRIC>=ALIAS, METRIC>ALIAS, or a number, as in: accuracy>=champion, latency<2.",
    });
  }
  return { metric, comparator: comparator as Comparator, against };
}

/** Whether it names another version. */
export function isRelative(requirement: PromotionRequirement): requirement is RelativeRequirement {
  return "against" in requirement;
}

/** A requirement in words: "accuracy >= champion". */
export function namePromotion(requirement: PromotionRequirement): string {
  if (!isRelative(requirement)) return nameRequirement(requirement);
  return `${requirement.metric} ${requirement.comparator} ${requirement.against}`;
}
