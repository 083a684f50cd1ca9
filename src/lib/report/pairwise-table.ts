import type { ChalkInstance } from "chalk";
import type { CriterionComparison, PairResult, PairwiseResult } from "../experiments/evaluation/pairwise-result.js";
import type { PairwiseRow } from "../experiments/evaluation/pairwise-rows.js";
import { describeErrors } from "../experiments/study/error-tally.js";
import { rangeChart } from "./charts.js";
import { formatInterval, formatP, formatScore } from "./format-score.js";
import { broken, cut, whole } from "./fit-columns.js";
import type { JunitCase } from "./junit.js";
import type { NamedChart } from "./png.js";
import { describeRateLimits } from "./rate-limit-lines.js";
import { renderReport, type Report, type ReportTable } from "./report.js";
import type { Screen } from "./screen.js";
import { counted } from "../base/errors/counted.js";

const PAIR_COLUMNS = [
  ...[cut("first"), cut("second", 0), whole("first wins", 0), whole("interval", 1)],
  ...[whole("won", 3), whole("lost", 3), whole("tied", 3), whole("flips", 2), broken("verdict", 0)],
];
const RANKED_COLUMNS = [cut("Bradley-Terry"), whole("strength", 0), whole("95 % interval", 0), whole("ties", 0)];
/** A judge that names the answer shown first this much more or less often than half is worth a word. */
const PLACE_BIAS = 0.1;

/** A comparison: every pair, the ranking of several, and how the order of showing mattered. */
export function pairwiseReport(result: PairwiseResult, chalk: ChalkInstance): Report {
  const { study, criteria, errors, judge, rows } = result;
  const parts = Object.entries(criteria).flatMap(([name, comparison]) => criterionParts(result, name, comparison, chalk));
  const what = study.status === "interrupted" ? "Interrupted" : "The budget was spent";
  const stopped = study.status === "finished" ? [] : [chalk.yellow(`${what}; continue with: ${study.resume}`)];
  const failed = errors.length > 0 ? [chalk.yellow(`Failed: ${describeErrors(errors)}.`)] : [];
  const where = `${study.tracking_uri}, experiment "${study.experiment}"`;
  const recorded = study.run_id === null ? `Not recorded in ${where}` : `Recorded in ${where}, run ${study.run_id}`;
  return {
    title: `${result.contestants.join(", ")}, compared by ${judge.models.map(({ model }) => model).join(", ")}`,
    parts: [...parts, ...describeRateLimits(study), ...stopped, ...failed, `${recorded} (${study.seconds.toFixed(1)} s).`],
    records: rows.map(({ verdicts: [one = null, two = null], ...row }) => ({ ...row, shown_first: one, shown_second: two })),
    cases: Object.entries(criteria).flatMap(([criterion, { pairs }]) => pairs.map((pair) => toCase(criterion, pair, rows))),
    seconds: study.seconds,
  };
}

/** A comparison for a terminal. */
export function renderPairwise(result: PairwiseResult, screen: Screen): string {
  return renderReport(pairwiseReport(result, screen.chalk), screen);
}

/** How often the first of each pair wins, and of more than two the strengths, with intervals. */
export async function pairwiseCharts({ criteria }: PairwiseResult): Promise<NamedChart[]> {
  const charts = await Promise.all(
    Object.entries(criteria).map(async ([criterion, { pairs, ranking }]) => {
      const wins = pairs.flatMap(({ first, second, win_rate: { mean, low, high, n } }) =>
        n === 0 ? [] : [{ label: `${first} beats ${second}`, mean, low: low ?? mean, high: high ?? mean }],
      );
      const strengths = ranking.map(({ name, strength, low, high }) => ({
        ...{ label: name, mean: strength, low: low ?? strength, high: high ?? strength },
      }));
      return [
        ...(wins.length > 0 ? [{ name: `wins-${criterion}`, svg: await rangeChart(`${criterion}: share of wins, ties half`, wins) }] : []),
        ...(strengths.length > 2
          ? [{ name: `ranking-${criterion}`, svg: await rangeChart(`${criterion}: Bradley-Terry strength in logits`, strengths) }]
          : []),
      ];
    }),
  );
  return charts.flat();
}

function criterionParts(
  { study }: PairwiseResult,
  criterion: string,
  { pairs, ranking, first_place: place, unscored }: CriterionComparison,
  chalk: ChalkInstance,
): (string | ReportTable)[] {
  const colors = { better: chalk.green, worse: chalk.red, "cannot tell": chalk.yellow };
  const rows = pairs.map((pair) => [...toCells(pair), colors[pair.verdict](describe(pair))]);
  const ranked = ranking.map(({ name, strength, low, high, letters }) => [
    ...[name, strength.toFixed(2), low === null || high === null ? "-" : `${low.toFixed(2)} to ${high.toFixed(2)}`, letters],
  ]);
  const biased = place.n > 0 && Math.abs(place.mean - 0.5) > PLACE_BIAS;
  const unread = `${counted(unscored, "comparison")} could not be read and ${unscored === 1 ? "is" : "are"} left out. Ask again with: ${study.resume} --retry-failed`;
  return [
    `${criterion}, over ${counted(study.samples, "row")}, both orders:`,
    { head: PAIR_COLUMNS, rows, align: "right" },
    ...(ranking.length > 2 ? [{ head: RANKED_COLUMNS, rows: ranked, align: "right" } as const] : []),
    ...(biased ? [chalk.yellow(`The judge prefers the answer shown first in ${formatScore(place.mean, "rate")} of its decisions.`)] : []),
    ...(unscored > 0 ? [chalk.yellow(unread)] : []),
  ];
}

/** In error where rows of the pair have no verdict, skipped where it cannot be told. */
function toCase(criterion: string, pair: PairResult, rows: readonly PairwiseRow[]): JunitCase {
  const own = rows.filter((row) => row.criterion === criterion && row.first === pair.first && row.second === pair.second);
  const lacking = own.filter(({ state }) => state !== "scored");
  return {
    ...{ name: `${criterion}: ${pair.first} against ${pair.second}`, time: 0, output: describe(pair) },
    skipped: pair.verdict === "cannot tell",
    error: lacking.length > 0 ? `${lacking.length} of ${own.length} rows have no verdict: ${lacking[0]?.problem ?? ""}` : undefined,
  };
}

function toCells({ first, second, win_rate: rate, wins, losses, ties, flips, flip_rate: share }: PairResult): string[] {
  return [
    ...[first, second, formatScore(rate.n > 0 ? rate.mean : null, "rate"), formatInterval(rate, "rate")],
    ...[wins, losses, ties].map(String),
    `${flips} (${formatScore(share, "rate")})`,
  ];
}

function describe({ first, second, verdict, p_value: p }: PairResult): string {
  const words = { better: `${first} is better`, worse: `${second} is better`, "cannot tell": "cannot tell" };
  return `${words[verdict]}, ${formatP(p)}`;
}
