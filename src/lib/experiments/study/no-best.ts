import { counted } from "../../base/errors/counted.js";
import type { SweepResult } from "./sweep-result.js";

/** In a sentence without its full stop, why a result names no best setting. */
export function explainNoBest({ study, settings }: Pick<SweepResult, "study" | "settings">): string {
  const scored = settings.some(({ metrics }) => metrics[study.metric]);
  if (!scored) return `nothing was scored by ${study.scorer}`;
  if (study.direction === "none") return `more or less of ${study.metric} is neither good nor bad`;
  return "over the samples they share, each is shown to be worse than another";
}

/** Why a gate on the best of several settings cannot tell, and what would let it. */
export function explainNoGate(result: Pick<SweepResult, "study" | "settings">): string {
  const { study, settings } = result;
  const isNeutral = study.direction === "none" && settings.some(({ metrics }) => metrics[study.metric]);
  const way = isNeutral
    ? "; evaluate one of them with llmops eval --set NAME=VALUE, or name a scorer first of which more is better or worse (--scorer contains)"
    : "";
  return `${explainNoBest(result)}, so none of ${counted(settings.length, "setting")} is best${way}`;
}
