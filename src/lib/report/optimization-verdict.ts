import { counted } from "../base/errors/counted.js";
import type { DecidedState } from "../experiments/gates/checks.js";
import type { BrokenCondition } from "../experiments/optimize/conditions.js";
import type { OptimizationResult, ProofDocument } from "../experiments/optimize/optimization-result.js";
import { describeSetting } from "../experiments/study/study.js";
import { formatDifference, formatP, formatScore } from "./format-score.js";

/** Whether a setting is proven, and why or why not, in words without a full stop: the same for every output. */
export interface ProofVerdict {
  /** "not met" where more samples would change nothing. */
  state: DecidedState;
  text: string;
}

/** What a search comes to: a setting that is proven, none that could be, or none yet. */
export function proofVerdict(result: OptimizationResult): ProofVerdict {
  const { study, proof, nearest, constraints } = result;
  const decided = study.status === "finished" ? "not met" : "cannot tell";
  if (nearest) {
    const near = `${describeSetting(nearest.params)} (${nearest.broken.map(describeValue).join(", ")})`;
    return { state: decided, text: `no trial satisfies ${constraints.join(" and ")}; nearest: ${near}` };
  }
  if (!proof) return { state: "cannot tell", text: `nothing was proven: ${whyNoProof(result)}` };
  if (proof.status !== "finished") return { state: "cannot tell", text: describeCut(proof) };
  return judgeProof(result, proof, decided);
}

function judgeProof({ objectives, constraints }: OptimizationResult, proof: ProofDocument, decided: DecidedState): ProofVerdict {
  const metric = objectives[0]?.name ?? "";
  const conditions = constraints.join(" and ");
  if (proof.winner) {
    const kept = constraints.length > 0 ? ` and satisfies ${conditions}` : "";
    return {
      state: "met",
      text: `${describeSetting(proof.winner)} is better than the default by ${metric}${kept} (paired test, Holm, 5 %)`,
    };
  }
  const candidates = proof.settings.slice(1);
  const rows = `on ${counted(proof.samples, "row")} no trial saw`;
  if (candidates.every(({ feasible }) => feasible === false)) {
    const broken = candidates.map((one) => `${one.name} (${one.broken.map(describeValue).join(", ")})`);
    return { state: decided, text: `${rows}, no candidate satisfies ${conditions}: ${broken.join("; ")}` };
  }
  const better = candidates.filter(({ comparisons }) => comparisons[metric]?.verdict === "better");
  const but = better
    .filter(({ feasible }) => feasible === false)
    .map(({ name, broken }) => `${name} is better but breaks ${describeBroken(broken)}`);
  const who = constraints.length > 0 ? `no candidate that satisfies ${conditions}` : "no candidate";
  return { state: "cannot tell", text: [`${rows}, ${who} is proven better than the default by ${metric}`, ...but].join("; ") };
}

/** How far a proof came that did not end: its rows say nothing in either direction before all of them have answered. */
function describeCut({ status, cells }: ProofDocument): string {
  const what = status === "interrupted" ? "the proof was interrupted" : "the budget was spent on the proof";
  return `${what} after ${describeShare(cells)}, which shows nothing in either direction`;
}

/** "79 of 1800 completions" */
export function describeShare({ done, planned }: ProofDocument["cells"]): string {
  return `${done} of ${counted(planned, "completion")}`;
}

function whyNoProof({ study, best, front, constraints }: OptimizationResult): string {
  if (study.status !== "finished") return "the search has not ended";
  if (study.dataset.held_out === 0) return "no rows were held out";
  if (constraints.length > 0 && !best && (front?.trials.length ?? 0) === 0)
    return `no trial is known to satisfy ${constraints.join(" and ")}`;
  return "no trial was measured on all its rows";
}

/** A verdict as a sentence of its own. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function describeBroken(broken: readonly BrokenCondition[]): string {
  return broken.map(({ condition, value }) => `${condition} (${formatScore(value, "mean")})`).join(" and ");
}

/** "latency_p95 0.3014" of the condition latency_p95<0.3. */
function describeValue({ condition, value }: BrokenCondition): string {
  return `${condition.replace(/[<>].*$/, "")} ${formatScore(value, "mean")}`;
}

type ProvenSetting = ProofDocument["settings"][number];

/** How a setting of the proof compares with the default, by every objective, and what conditions it breaks, in words. */
export function describeProof({ comparisons, broken }: ProvenSetting, objectives: OptimizationResult["objectives"]): string {
  const said = objectives.flatMap(({ name, kind }) => {
    const comparison = comparisons[name];
    return comparison ? [`${objectives.length > 1 ? `${name} ` : ""}${compareWords(comparison, kind)}`] : [];
  });
  const breaks = broken.length === 0 ? [] : [`breaks ${describeBroken(broken)}`];
  return [...said, ...breaks].join("; ");
}

function compareWords(
  { verdict: said, difference, low, high, p_value: p }: ProvenSetting["comparisons"][string],
  kind: "rate" | "mean",
): string {
  const range = low === null || high === null ? "" : ` (${formatDifference(low, kind)} to ${formatDifference(high, kind)})`;
  return `${said}: ${formatDifference(difference, kind)}${kind === "rate" ? " points" : ""}${range}${p === null ? "" : `, ${formatP(p)}`}`;
}
