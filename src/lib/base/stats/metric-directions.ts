import type { Direction } from "./verdict.js";

/**
 * Words for what should be little. From MLflow's metrics with greater_is_better=False (mlflow.metrics: latency, toxicity,
 * flesch_kincaid_grade_level, ari_grade_level, perplexity, mae, mse, rmse, mape, max_error; evaluators: log_loss, false_positives,
 * false_negatives), and what training, serving, and evaluation usually name.
 */
const LESS = new Set(
  (
    "loss losses latency latencies error errors perplexity ppl cost costs time times ttft tpot itl delay duration mae mse rmse mape smape " +
    "wer cer ter mer brier ece nll toxicity toxic hallucination hallucinations hallucinated refusal refusals refused bias stereotype " +
    "stereotypes harm harms harmful harmfulness profanity distance divergence failure failures failed fail fails violation violations " +
    "incorrect wrong mistake mistakes miss misses missed timeout timeouts risk regret drop degradation gap overfit leakage jailbreak " +
    "jailbreaks complaint complaints crash crashes contradiction contradictions redundancy repetition"
  ).split(" "),
);

/** Words for what should be much: MLflow's with greater_is_better=True, its judges and scorers, and what evaluations usually name. */
const MORE = new Set(
  (
    "accuracy acc exact match matches em f1 precision recall rouge rouge1 rouge2 rougel rougelsum bleu chrf meteor bertscore bleurt comet " +
    "auc auroc auprc roc r2 ndcg mrr hit hits pass passed passes success successes succeeded win wins won correct correctness right " +
    "similarity relevance relevancy relevant faithfulness faithful groundedness grounded sufficiency helpfulness helpful quality coherence " +
    "coherent fluency fluent completeness complete safety safe harmlessness harmless truthfulness truthful honesty honest usefulness useful " +
    "clarity factuality factual consistency reward throughput agreement kappa correlation coverage speedup improvement gain satisfaction " +
    "valid validity compliance adherence utility equivalence contains solved uptime availability fidelity politeness professionalism " +
    "empathy iou dice ssim psnr elo"
  ).split(" "),
);

/** They turn a name around, or make it another quantity: less toxicity_reduction is worse, and nobody can read that off the words. */
const TURNING = new Set(
  (
    "no non not without anti un zero free inverse inverted negative neg minus reduction reduced avoidance avoided prevention prevented " +
    "resistance recovery recovered detection detected caught handling handled fixed saved savings rank entropy"
  ).split(" "),
);

const COUNTED = new Set(["length", "words", "count", "tokens", "chars", "characters"]);

/** Names of several words that their last word misleads about. */
const PHRASES: readonly (readonly [RegExp, Direction])[] = [
  [/grade_level/, "min"],
  [/false_(?:positive|negative)s?/, "min"],
  [/negative_log_?likelihood/, "min"],
  [/attack_success/, "min"],
  [/^time_to_/, "min"],
  [/log_?likelihood/, "max"],
  [/true_(?:positive|negative)s?/, "max"],
];

/** How MLflow ends the names of a metric's summaries: toxicity/v1/p90, toxicity/v1/variance. */
const SPREAD = /\/(?:variance|std|stdev|stddev)$/i;
const SUMMARY = /\/(?:mean|average|median|min|max|p\d+|ratio|score|v\d+)$/i;

/** A name without the summary at its end: the metric that it summarizes, for toxicity/v1/mean as for toxicity/v1. */
export function summarizedMetric(name: string): string {
  return name.replace(SUMMARY, "");
}

/** Which way a metric is better, as far as its name tells: "none" for what is only counted; undefined where the name does not tell. */
export function usualDirection(metric: string): Direction | undefined {
  if (SPREAD.test(metric) || /(?:^|[_.-])variance$/i.test(metric)) return "none";
  const [before = "", after] = lowerWords(metric).split("_per_");
  const words = before.split("_");
  const known = PHRASES.find(([pattern]) => pattern.test(before))?.[1];
  if (known !== undefined) return known;
  if (words.some((word) => TURNING.has(word))) return undefined;
  const deciding = words.findLast((word) => LESS.has(word) || MORE.has(word));
  if (deciding !== undefined) return LESS.has(deciding) ? "min" : "max";
  return unitOf(words, after);
}

/** Which way a scorer is better whose author does not say it: up, except where its name says otherwise, as toxicity does. */
export function scorerDirection(name: string): Direction {
  return usualDirection(name) === "min" ? "min" : "max";
}

/** The direction of names that only say what is counted, and in which unit. */
function unitOf(words: readonly string[], per: string | undefined): Direction | undefined {
  const last = words.at(-1) ?? "";
  if (/^(?:ms|seconds)$/.test(last) && words.length + (per === undefined ? 0 : 1) > 1) return "min";
  if (per !== undefined) return /^(?:second|minute|hour)/.test(per) ? "max" : undefined;
  if (words.length === 1 && last === "score") return "max";
  return COUNTED.has(last) ? "none" : undefined;
}

/** Its words in lower case between underscores; a summary at its end is none of them. */
function lowerWords(name: string): string {
  const bare = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  return bare
    .split("/")
    .filter((part, i, parts) => i === 0 || !SUMMARY.test(`/${part}`) || parts.length === 1)
    .join("_")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_|_$/g, "");
}

/** What a result's maker said of its scores, if what stands there says it: other words than max, min, and none are not taken. */
export function readDirections(value: unknown): Record<string, Direction> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Direction] => isDirection(entry[1])));
}

function isDirection(value: unknown): value is Direction {
  return value === "max" || value === "min" || value === "none";
}

/** What was said of a metric, or of the metric that it summarizes: the first who says anything is believed. */
export function saidDirection(metric: string, said: readonly Readonly<Record<string, Direction>>[]): Direction | undefined {
  const names = SPREAD.test(metric) ? [metric] : [metric, summarizedMetric(metric), summarizedMetric(summarizedMetric(metric))];
  for (const directions of said) {
    const name = names.find((one) => Object.hasOwn(directions, one));
    if (name !== undefined) return directions[name];
  }
  return undefined;
}
