import { metricDifference, type RunComparison } from "../experiments/runs/compare-runs.js";
import type { ScoreComparison } from "../experiments/runs/compare-scores.js";
import { toComparisonDocument } from "../base/stats/comparison-document.js";
import type { Run } from "../tracking/records.js";
import { formatFurther } from "./format-score.js";
import { shortenMiddle } from "./display-width.js";
import { broken, cut, whole, type Column } from "./fit-columns.js";
import type { JunitCase } from "./junit.js";
import { renderReport, type Report } from "./report.js";
import { formatValue } from "./runs-table.js";
import type { Screen } from "./screen.js";
import { visibleLine } from "./visible-text.js";
import { splitTable } from "./split-table.js";
import { counted } from "../base/errors/counted.js";

/** Of a run's name over its column; more is cut from its middle. */
const LONGEST_NAME = 20;

/** Runs beside each other for a terminal: what differs, what they reached, and whether that is a real difference. */
export function renderComparison({ runs, params, metrics, paired }: RunComparison, screen: Screen): string {
  const { chalk } = screen;
  const names = runs.map(({ runName, runId }) => `${shortenMiddle(visibleLine(runName), LONGEST_NAME)} ${chalk.dim(runId.slice(0, 8))}`);
  // further runs have a table below: none is left out
  const stacked = (key: string, columns: readonly Column[], rows: readonly string[][]) =>
    splitTable([cut(key), ...columns], rows, screen, { keys: 1, isWanted: () => true });
  const paramRows = params.map((key) => [key, ...runs.map((run) => formatValue(run.params[key]))]);
  const metricRows = metrics.map((key) => [key, ...runs.map((run, index) => metricCell(run, runs, key, index))]);
  const parts = [
    params.length === 0
      ? "The runs have the same params."
      : stacked(
          "param",
          names.map((name) => cut(name)),
          paramRows,
        ),
  ];
  if (metricRows.length > 0)
    parts.push(
      stacked(
        "metric",
        names.map((name) => whole(name)),
        metricRows,
      ),
    );
  parts.push(
    renderPairs(
      runs.map(({ runName }) => runName),
      paired,
      screen,
    ),
  );
  return parts.join("\n");
}

/** Runs beside each other as a report: every param that differs, every metric, and the verdicts. */
export function comparisonReport({ runs, params, metrics, paired }: RunComparison): Report {
  const names = runs.map(({ runName }) => runName);
  const pairs = pairsReport(names, paired);
  const table = (key: string, rows: string[][]) => (rows.length === 0 ? [] : [{ head: [key, ...names], rows }]);
  return {
    ...pairs,
    parts: [
      ...table(
        "param",
        params.map((key) => [key, ...runs.map((run) => formatValue(run.params[key]))]),
      ),
      ...table(
        "metric",
        metrics.map((key) => [key, ...runs.map((run, index) => metricCell(run, runs, key, index))]),
      ),
      ...pairs.parts,
    ],
  };
}

function metricCell(run: Run, runs: readonly Run[], key: string, index: number): string {
  const first = runs[0];
  const { value, difference } = first ? metricDifference(run, first, key) : { value: undefined, difference: undefined };
  if (value === undefined || difference === undefined || index === 0) return formatValue(value);
  return `${formatValue(value)} (${difference > 0 ? "+" : ""}${formatValue(difference)})`;
}

/** The scores of sources beside the first one's, with verdicts. What `gated` names fails a JUnit case where it is worse. */
export function pairsReport(names: readonly string[], paired: readonly ScoreComparison[], gated: readonly string[] = []): Report {
  const rows = paired.map(({ source, score, n, difference, low, high, pValue, verdict, furtherSamples: further }) => [
    names[source] ?? "",
    score,
    `${difference > 0 ? "+" : ""}${formatValue(difference)}`,
    low === null || high === null ? "" : `${formatValue(low)} to ${formatValue(high)}`,
    String(n),
    formatValue(pValue),
    `${verdict}${further === null ? "" : `, ${formatFurther(further)} more samples would`}`,
  ]);
  const head = [cut("of"), cut("score", 0), whole("difference", 0), whole("interval"), whole("samples"), whole("p"), broken("verdict", 0)];
  const none = "The runs share no scores of individual samples, so whether the differences are real cannot be told.";
  return {
    title: `${names.slice(1).join(", ")} compared with ${names[0] ?? ""}`,
    parts: paired.length === 0 ? [none] : [`Against ${names[0] ?? ""}, sample by sample:`, { head, rows }],
    records: paired.map((comparison) => ({
      ...{ reference: names[0] ?? "", source: names[comparison.source] ?? "", score: comparison.score },
      ...toComparisonDocument(comparison),
    })),
    cases: paired.map((comparison) => toCase(names, comparison, gated)),
    seconds: 0,
  };
}

/** The scores of sources beside the first one's for a terminal. */
export function renderPairs(names: readonly string[], paired: readonly ScoreComparison[], screen: Screen): string {
  return renderReport(pairsReport(names, paired), screen);
}

function toCase(names: readonly string[], comparison: ScoreComparison, gated: readonly string[]): JunitCase {
  const { source, score, difference, verdict, n } = comparison;
  const output = `${verdict} by ${difference > 0 ? "+" : ""}${formatValue(difference)} over ${counted(n, "sample")}, p ${formatValue(comparison.pValue)}`;
  return {
    ...{ name: `${score}: ${names[source] ?? ""} against ${names[0] ?? ""}`, time: 0, output },
    failure: verdict === "worse" && gated.includes(score) ? output : undefined,
    skipped: verdict === "cannot tell" && !(comparison.low === 0 && comparison.high === 0),
  };
}
