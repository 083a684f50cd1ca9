import { counted } from "../../base/errors/counted.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { CheckResult } from "../gates/checks.js";
import { describeEstimate, explainNoInterval, holds, nameRequirement, stateOf, type Requirement } from "../gates/requirement.js";
import { explainNoGate } from "./no-best.js";
import { primaryMetric, type StudyPlan } from "./study.js";
import type { SettingResult, SweepResult } from "./sweep-result.js";

/** Throws INVALID_ARGUMENT, before the work, for a metric the study will not have, or a bound that its whole scale holds, or never holds. */
export function checkRequirements(plan: StudyPlan, requirements: readonly Requirement[]): void {
  const metrics = [...new Set([primaryMetric(plan), ...plan.scorers.map(({ name }) => name)])];
  for (const requirement of requirements) {
    const { metric, bound } = requirement;
    if (!metrics.includes(metric)) {
      throw new LlmopsError("INVALID_ARGUMENT", `The study will have no metric "${metric}".`, {
        hint: `It has: ${metrics.join(", ")}. Name others with --scorer.`,
      });
    }
    if (scorerOf(plan, metric)?.kind === "rate" && (bound < 0 || bound > 1)) {
      throw new LlmopsError("INVALID_ARGUMENT", `${metric} is a rate, and ${bound} is not between 0 and 1.`, {
        hint: "Write 0.9, or 90%.",
      });
    }
    refuseDecided(requirement, scorerOf(plan, metric)?.range);
  }
}

/** A gate that is decided before anything is asked tests nothing: "accuracy>=0.9" of a judge's scale from 1 to 5. Throws INVALID_ARGUMENT. */
function refuseDecided(requirement: Requirement, [low, high]: readonly [number, number] = [-Infinity, Infinity]): void {
  const ends = [holds(low, requirement), holds(high, requirement)];
  if (ends[0] !== ends[1]) return;
  const scale = high === Infinity ? `${low} and up` : `${low} to ${high}`;
  throw new LlmopsError(
    "INVALID_ARGUMENT",
    `"${nameRequirement(requirement)}" ${ends[0] ? "always" : "never"} holds: ${requirement.metric} is ${scale}.`,
    { hint: high === Infinity ? `Write a bound above ${low}.` : `Write a bound between ${low} and ${high}.` },
  );
}

/** The setting that gates are about: the best, or the only one there is; -1 where several have no best. */
export function decidingSetting({ best, settings }: Pick<SweepResult, "best" | "settings">): number {
  if (settings.length === 1) return 0;
  return settings.findIndex(({ params }) => JSON.stringify(params) === JSON.stringify(best?.params));
}

/** Whether the best setting holds a requirement. Cannot tell where it has no such value, or its interval has the bound inside. */
export function checkRequirement(plan: StudyPlan, result: SweepResult, requirement: Requirement): CheckResult {
  const { settings } = result;
  const name = nameRequirement(requirement);
  const setting = settings[decidingSetting(result)];
  if (!setting) return { name, state: "cannot tell", evidence: explainNoGate(result) };
  const estimate = setting.metrics[requirement.metric];
  if (!estimate) return { name, state: "cannot tell", evidence: `${setting.name} has no ${requirement.metric}` };
  const scorer = scorerOf(plan, requirement.metric);
  const lacking = scorer && scorer.name !== plan.primary.name ? unscoredBy(setting, scorer.name) : "";
  const evidence = `${requirement.metric} of ${setting.name} is ${describeEstimate(estimate, scorer?.kind)}${lacking}${explainNoInterval(estimate, requirement)}`;
  return { name, state: stateOf(estimate, requirement), evidence };
}

function unscoredBy({ unscored }: SettingResult, scorer: string): string {
  const count = unscored[scorer] ?? 0;
  return count > 0 ? `, ${counted(count, "answer")} unscored by it` : "";
}

function scorerOf(plan: StudyPlan, metric: string): StudyPlan["primary"] | undefined {
  return metric === primaryMetric(plan) ? plan.primary : plan.scorers.find(({ name }) => name === metric);
}
