import type { CriterionMetrics } from "../experiments/evaluation/criterion-metrics.js";
import { bySample, endedRows, type JudgedRow } from "../experiments/evaluation/judged-rows.js";
import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import { describeLack } from "../experiments/gates/checks.js";
import { csvText, type CsvForm } from "./csv.js";
import { formatInterval } from "./format-score.js";
import { score } from "./judgement-table.js";
import { toJunit } from "./junit.js";
import { escapeCell, markdownCode, markdownTable } from "./markdown-table.js";
import { counted } from "../base/errors/counted.js";
import { judgementTruncated } from "./truncated-line.js";

const WORST_ROWS = 10;

/** A judgement for a pull request or a step summary: the criteria first, then the worst rows. */
export function judgementMarkdown(result: JudgementResult): string {
  const { study, target, judge, metrics, rows } = result;
  const overview = Object.entries(metrics).map(([name, own]) => [
    ...[name, score(own.n > 0 ? own.mean : null), formatInterval(own, "mean"), score(own.p90), score(own.variance)],
    ...[own.entropy === null ? "-" : own.entropy.toFixed(2), String(own.n), String(own.unscored)],
  ]);
  const criteria = judge.criteria.map(({ name }) => name);
  const worst = bySample(rows).slice(0, WORST_ROWS);
  const lines = [
    `### ${escapeCell(`Answers of ${target.model}, graded by ${judge.models.map(({ model }) => model).join(", ")}`)}`,
    ...judge.warnings.map((text) => `> ${escapeCell(text)}`),
    markdownTable(["criterion", "mean", "95 % interval", "p90", "variance", "entropy (bit)", "rows", "unscored"], overview),
    markdownTable(
      ["id", ...criteria, "question", "answer"],
      worst.map((own) => [
        own[0]?.id ?? "",
        ...criteria.map((name) => score(own.find(({ criterion }) => criterion === name)?.score ?? null)),
        ...[own[0]?.question ?? "", own[0]?.answer ?? ""],
      ]),
    ),
    `${counted(study.dataset.samples, "row")} of ${markdownCode(study.dataset.path)} (${study.dataset.digest.slice(0, 8)}), method ${judge.method}, seed ${study.seed}, ` +
      `${study.seconds.toFixed(1)} s${study.status === "finished" ? "" : `, **${study.status}**`}. The worst rows are shown.`,
    ...judgementTruncated(result).map((line) => `**${line}**`),
    ...result.checks.map(({ name, state, evidence }) => `Gate ${escapeCell(name)}: **${state}**: ${escapeCell(evidence)}`),
    ...(study.rows.failed + study.rows.filtered + study.rows.unscored > 0
      ? [`**${escapeCell(describeLack(endedRows(study.rows)))}.**`]
      : []),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** One line a row and criterion. */
export function judgementCsv({ rows }: JudgementResult, form: CsvForm): string {
  const columns = [
    "id",
    "criterion",
    "score",
    "entropy",
    "state",
    "method",
    "problem",
    "justification",
    "question",
    "answer",
    "reference",
  ] as const;
  return csvText([[...columns], ...rows.map((row) => columns.map((name) => row[name] ?? ""))], form);
}

/** A judgement as JUnit XML: a test case a criterion, in error where rows have no score, and one for every check. */
export function judgementJunit({ study, metrics, rows, checks }: JudgementResult): string {
  const cases = Object.entries(metrics).map(([name, own]) => ({
    name,
    time: 0,
    output: `mean ${score(own.n > 0 ? own.mean : null)} (${formatInterval(own, "mean")}), ${counted(own.n, "row")}, ${own.unscored} unscored`,
    error: own.unscored === 0 && own.n > 0 ? undefined : lacking(name, own, rows),
  }));
  return toJunit(study.name, study.seconds, cases, checks);
}

function lacking(criterion: string, { n, unscored }: CriterionMetrics, rows: readonly JudgedRow[]): string {
  const first = rows.find((row) => row.criterion === criterion && row.problem !== null) ?? rows.find(({ problem }) => problem !== null);
  return `${unscored} of ${n + unscored} rows have no score: ${first?.problem ?? "nothing was scored"}`;
}
