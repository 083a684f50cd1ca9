import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { metricOf } from "../../lib/experiments/evaluation/judgement-recorder.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import type { PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { judgementCsv, judgementJunit, judgementMarkdown } from "../../lib/report/judgement-files.js";
import { html, raw, type Html } from "../../lib/report/html-page.js";
import { judgementCharts, judgementHtml } from "../../lib/report/judgement-html.js";
import { pairwiseCharts } from "../../lib/report/pairwise-table.js";
import type { NamedChart } from "../../lib/report/png.js";
import { reportHtml, type Report } from "../../lib/report/report.js";
import { askedSample } from "../../lib/experiments/dataset/pair-samples.js";
import { compareWithBaseline } from "../../lib/experiments/runs/against-baseline.js";
import type { Baseline } from "../../lib/experiments/runs/baseline.js";
import type { CheckResult } from "../../lib/experiments/gates/checks.js";
import { describeEstimate, nameRequirement, stateOf, type Requirement } from "../../lib/experiments/gates/requirement.js";
import { primaryMetric, type StudyPlan } from "../../lib/experiments/study/study.js";
import { outputsOf, type Outputs } from "../../cli/flags/output-flags.js";

/** The loss against a baseline that counts where --min-effect does not say: five per cent. */
const DEFAULT_LOSS = 0.05;

/** A mean score a criterion has to reach. */
export interface LeastScore {
  criterion: string;
  bound: number;
}

/** Reads "4", which means the plan's own score, or "accuracy=4". Throws INVALID_ARGUMENT. */
export function parseLeastScore(text: string, plan: StudyPlan): LeastScore {
  const [, criterion = primaryMetric(plan), bound = ""] = /^(?:([\w-]+)=)?(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  const names = plan.scorers.map(({ name }) => name);
  if (bound !== "" && names.includes(criterion)) return { criterion, bound: onScale(Number(bound), criterion, plan) };
  throw new LlmopsError("INVALID_ARGUMENT", `--min-score ${text} is not a score of ${names.join(", ")}.`, {
    hint: "Write --min-score 4, or --min-score accuracy=4 for one criterion.",
  });
}

/** The bound, where scores can reach and miss it. Throws INVALID_ARGUMENT. */
function onScale(bound: number, criterion: string, plan: StudyPlan): number {
  const [low, high] = plan.scorers.find(({ name }) => name === criterion)?.range ?? [-Infinity, Infinity];
  if (bound >= low && bound <= high) return bound;
  throw new LlmopsError("INVALID_ARGUMENT", `--min-score ${bound} is outside the scale of ${criterion}, ${low} to ${high}.`, {
    hint: `Give a score from ${low} to ${high}.`,
  });
}

/** Whether a criterion's mean reaches what it has to. */
export function checkLeastScore({ metrics }: JudgementResult, { criterion, bound }: LeastScore): CheckResult {
  return checkCriterion(metrics, { metric: criterion, comparator: ">=", bound, by: "mean" });
}

/** Whether a criterion holds a requirement. */
export function checkCriterion(metrics: JudgementResult["metrics"], requirement: Requirement): CheckResult {
  const name = nameRequirement(requirement);
  const own = metrics[requirement.metric];
  if (!own || own.n === 0) return { name, state: "cannot tell", evidence: "nothing was scored" };
  return { name, state: stateOf(own, requirement), evidence: `${requirement.metric} is ${describeEstimate(own)}` };
}

/** A check for every criterion the baseline has scores of. Throws INVALID_ARGUMENT where it has none of them. */
export function checkBaselines(
  { name, baseline }: { name: string; baseline: Baseline },
  { rows, judge }: JudgementResult,
  minEffect: number,
): CheckResult[] {
  const known = judge.criteria.filter((criterion) => baseline.metrics[metricOf(criterion.name)]);
  if (known.length === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", `The baseline ${name} has no score of ${judge.criteria.map((one) => one.name).join(", ")}.`, {
      hint: `It has: ${Object.keys(baseline.metrics).join(", ")}.`,
    });
  }
  return known.map(({ name: criterion }) => {
    const metric = metricOf(criterion);
    const own = rows.filter((row) => row.criterion === criterion);
    const bySample = new Map(own.map(({ id, score }) => [id, score === null ? [] : [score]]));
    const asked = new Map(own.map(({ id, question, reference }) => [id, askedSample(question, reference)]));
    const loss = minEffect || DEFAULT_LOSS * Math.abs(baseline.metrics[metric]?.mean ?? 1);
    const { state, evidence } = compareWithBaseline(baseline, { metric, bySample, asked }, loss);
    return { name: `${criterion} not worse than baseline ${name}`, state, evidence };
  });
}

/** What a judgement is written as. */
export function judgementOutputs(result: JudgementResult): Outputs {
  return {
    markdown: () => judgementMarkdown(result),
    csv: (form) => judgementCsv(result, form),
    junit: () => judgementJunit(result),
    html: () => judgementHtml(result),
    charts: () => judgementCharts(result),
  };
}

/** What a comparison is written as. */
export function pairwiseOutputs(result: PairwiseResult, report: Report): Outputs {
  return {
    ...outputsOf(report),
    html: async () => reportHtml(report, chartFigures(await pairwiseCharts(result))),
    charts: () => pairwiseCharts(result),
  };
}

function chartFigures(charts: readonly NamedChart[]): Html {
  return html`<div class="charts">${charts.map(({ svg }) => html`<figure>${raw(svg)}</figure>`)}</div>`;
}
