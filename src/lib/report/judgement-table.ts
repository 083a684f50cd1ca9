import type { ChalkInstance } from "chalk";
import type { CriterionMetrics } from "../experiments/evaluation/criterion-metrics.js";
import { bySample } from "../experiments/evaluation/judged-rows.js";
import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import { describeErrors } from "../experiments/study/error-tally.js";
import { shorten } from "../experiments/study/study.js";
import { formatInterval } from "./format-score.js";
import { wrapProse } from "./display-width.js";
import { broken, cut, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import { describeRateLimits } from "./rate-limit-lines.js";
import type { Screen } from "./screen.js";
import { judgementTruncated } from "./truncated-line.js";
import { counted, nounFor } from "../base/errors/counted.js";

const WORST_ROWS = 10;
const DOUBTFUL_SHOWN = 5;
const [QUESTION_WIDTH, ANSWER_WIDTH, REASON_WIDTH] = [34, 34, 40];
const BARS = " ▁▂▃▄▅▆▇█";

/** A judgement for a terminal: the worst rows, then every criterion over all rows, then what a person should know. */
export function renderJudgement(result: JudgementResult, screen: Screen): string {
  const { chalk, width } = screen;
  const { metrics } = result;
  const head = [
    ...[cut("criterion"), whole("mean", 0), whole("95 % interval", 0), whole("median", 4), whole("p90", 5), whole("variance", 6)],
    ...[whole("levels", 1), whole("doubt", 3), whole("rows", 2)],
  ];
  const rows = Object.entries(metrics).map(([name, own]) => [
    name,
    chalk.bold(score(own.n > 0 ? own.mean : null)),
    formatInterval(own, "mean"),
    ...[own.median, own.p90, own.variance].map(score),
    sparkline(own),
    own.entropy === null ? "-" : `${own.entropy.toFixed(2)} bit`,
    own.unscored > 0 ? `${own.n}/${own.n + own.unscored}` : String(own.n),
  ]);
  const parts = [...worstRows(result, screen), plainTable(head, rows, screen, { align: "right" }), ...notes(result, chalk)];
  return wrapProse(parts.join("\n"), width);
}

/** A score to two digits. */
export function score(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}

/** How the rows are spread over the levels, lowest first, as small bars. */
function sparkline({ distribution }: CriterionMetrics): string {
  if (!distribution) return "-";
  const counts = Object.values(distribution);
  const most = Math.max(...counts);
  return counts.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))] ?? " ").join("");
}

function worstRows({ rows, judge }: JudgementResult, screen: Screen): string[] {
  const scored = bySample(rows).filter((own) => own.some((row) => row.score !== null));
  if (scored.length === 0) return [];
  const hasReasons = rows.some(({ justification }) => justification !== null);
  const scores = judge.criteria.map(({ name }, i) => whole(name, i + 1));
  const head = [cut("id"), ...scores, cut("question", 30), cut("answer", 0), ...(hasReasons ? [broken("justification", 20)] : [])];
  const shown = scored.slice(0, WORST_ROWS).map((own) => {
    const worst = own.reduce((a, b) => ((b.score ?? Infinity) < (a.score ?? Infinity) ? b : a));
    const cells = judge.criteria.map(({ name }) => score(own.find(({ criterion }) => criterion === name)?.score ?? null));
    const texts = [shorten(worst.question, QUESTION_WIDTH), shorten(worst.answer ?? "", ANSWER_WIDTH)];
    return [worst.id, ...cells, ...texts, ...(hasReasons ? [shorten(worst.justification ?? "", REASON_WIDTH)] : [])];
  });
  const title = scored.length > WORST_ROWS ? `The ${WORST_ROWS} worst of ${counted(scored.length, "row")}:` : "Rows, the worst first:";
  return [title, plainTable(head, shown, screen), ""];
}

function notes(result: JudgementResult, chalk: ChalkInstance): string[] {
  const { study } = result;
  const where = `${study.tracking_uri}, experiment "${study.experiment}"`;
  const recorded = study.run_id === null ? `Not recorded in ${where}` : `Recorded in ${where}, run ${study.run_id}`;
  return [...trust(result, chalk), ...problems(result, chalk), `${recorded} (${study.seconds.toFixed(1)} s).`];
}

/** What is known of the judge itself. */
function trust({ judge, metrics, doubtful }: JudgementResult, chalk: ChalkInstance): string[] {
  const lines = judge.criteria.flatMap(({ name, card }) => {
    if (!card) return [];
    const agreement = `kappa ${score(card.kappa)} (${score(card.low)} to ${score(card.high)})`;
    return [`${name}: calibrated on ${counted(card.rows, "row")}, ${agreement}.${passed(metrics[name])}`];
  });
  for (const [name, { moved, mean, anchors }] of Object.entries(judge.shift ?? {})) {
    if (moved)
      lines.push(chalk.yellow(`${name}: the judge has moved by ${score(mean)} on ${anchors} frozen answers since it was calibrated.`));
  }
  if (doubtful.length > 0) {
    const more = doubtful.length > DOUBTFUL_SHOWN ? `, and ${doubtful.length - DOUBTFUL_SHOWN} more in --json` : "";
    lines.push(`The judge is in doubt; a person should look at: ${doubtful.slice(0, DOUBTFUL_SHOWN).join(", ")}${more}.`);
  }
  return lines;
}

/** The share of passing answers, and what it is without the judge's known errors. */
function passed(metrics: CriterionMetrics | undefined): string {
  const pass = metrics?.pass;
  if (!pass) return "";
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const { at, rate, corrected } = pass;
  const range = corrected ? `${percent(corrected.rate)} (${percent(corrected.low)} to ${percent(corrected.high)})` : "";
  return ` ${percent(rate)} pass with ${at} or more${corrected ? `, ${range} corrected for its errors` : ""}.`;
}

function problems(result: JudgementResult, chalk: ChalkInstance): string[] {
  const { study, rows, errors } = result;
  const lines = [...describeRateLimits(study), ...judgementTruncated(result).map((line) => chalk.yellow(line))];
  const unread = rows.filter(({ state }) => state === "unscored");
  const again = study.status === "finished" ? ` Ask again with: ${study.resume} --retry-failed` : "";
  const [first] = unread;
  if (first) {
    lines.push(
      chalk.yellow(
        `${counted(unread.length, "verdict is", "verdicts are")} unscored and left out. First, ${first.id}: ${(first.problem ?? "").replace(/\.$/, "")}.${again}`,
      ),
    );
  }
  const { failed, filtered } = study.rows;
  if (failed + filtered > 0) {
    const what =
      filtered === 0
        ? `${counted(failed, "row")} failed`
        : `${counted(failed, "row")} failed, ${filtered} ${nounFor(filtered, "was", "were")} filtered`;
    lines.push(chalk.yellow(`${what} and are left out. ${describeErrors(errors)}.${again}`));
  }
  if (study.status !== "finished") {
    const what = study.status === "interrupted" ? "Interrupted" : "The budget was spent";
    lines.push(chalk.yellow(`${what}; continue with: ${study.resume}`));
  }
  return lines;
}
