import { diffWordsWithSpace } from "diff";
import type { AnswerDifference, AnswerDifferences, AnswerGroup, ShownAnswer } from "../experiments/study/show-answers.js";
import type { StoredScorer } from "../experiments/study/study-journal.js";
import { wrapProse } from "./display-width.js";
import { broken, whole } from "./fit-columns.js";
import { formatInterval, formatScore } from "./format-score.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";
import { counted } from "../base/errors/counted.js";

/** Columns of the names on the left, and the least a text gets. */
const LABEL = 11;
const NARROWEST = 20;

/** An answer for a terminal: its row and setting, then question, reference, answer, scores and what went wrong. */
export function renderAnswer(shown: ShownAnswer, { thoughts, several }: { thoughts: boolean; several: boolean }, screen: Screen): string {
  const { chalk } = screen;
  const title = `${shown.id}  ${shown.setting}${several ? `, repeat ${shown.repeat + 1}` : ""}`;
  const lines = [
    chalk.bold(wrapProse(title, screen.width)),
    field("question", shown.question, screen),
    ...(shown.reference === null ? [] : [field("reference", shown.reference, screen)]),
    ...(thoughts && shown.thoughts !== null ? [field("thoughts", chalk.dim(shown.thoughts), screen)] : []),
    ...(shown.answer === null ? [] : [field("answer", shown.answer === "" ? "(empty)" : shown.answer, screen)]),
    ...endLines(shown, screen),
    ...Object.entries(shown.explanations).map(([name, text]) => field(name, text, screen)),
    ...(shown.error === null ? [] : [field("error", chalk.red(`${shown.error.code}: ${shown.error.message}`), screen)]),
  ];
  return lines.join("\n");
}

/** How the answer ended, where it did not end by itself, and its scores. */
function endLines({ finish_reason: reason, scores }: ShownAnswer, screen: Screen): string[] {
  const said = Object.entries(scores).map(([name, value]) => `${name} ${value === null ? "-" : Number(value.toPrecision(4))}`);
  if (reason !== null && reason !== "stop" && reason !== "length") said.push(`finish reason ${reason}`);
  const cut = screen.chalk.yellow("at the limit of tokens (finish reason length)");
  return [
    ...(reason === "length" ? [field("cut off", cut, screen)] : []),
    ...(said.length > 0 ? [field("scores", said.join(", "), screen)] : []),
  ];
}

/** A name and its text, which stays right of it over all its lines. */
function field(name: string, text: string, { width }: Screen): string {
  const label = name.length < LABEL ? name.padEnd(LABEL) : `${name} `;
  const lines = wrapProse(text, Math.max(NARROWEST, width - LABEL - 2)).split("\n");
  return lines.map((line, i) => `  ${i === 0 ? label : " ".repeat(LABEL)}${line}`).join("\n");
}

/** Means by the values of a column. */
export function renderGroups(groups: readonly AnswerGroup[], column: string, { metric, kind }: StoredScorer, screen: Screen): string {
  const several = new Set(groups.map(({ setting }) => setting)).size > 1;
  const lacking = groups.some(({ unscored }) => unscored > 0);
  const head = [
    broken(column, 0),
    ...(several ? [broken("setting", 0)] : []),
    whole(metric, 0),
    whole("95 % interval", 2),
    whole("rows", 1),
    ...(lacking ? [whole("no score", 1)] : []),
  ];
  const rows = groups.map(({ value, setting, rows: count, unscored, estimate }) => [
    value,
    ...(several ? [setting] : []),
    formatScore(estimate.mean, kind),
    formatInterval(estimate, kind),
    String(count),
    ...(lacking ? [String(unscored)] : []),
  ]);
  return plainTable(head, rows, screen);
}

/** How two settings differ, in a sentence. */
export function describeDifferences({ settings: [a, b], rows, sameScore, differences }: AnswerDifferences, scorer: StoredScorer): string {
  const byScore = differences.filter(({ scores: [first, second] }) => first !== second);
  if (byScore.length === 0)
    return `${a} and ${b} have the same ${scorer.metric} on all ${counted(rows, "row")}; ${sameScore} have another text.`;
  const ahead = (index: 0 | 1) => byScore.filter(({ scores }) => (scores[index] ?? -Infinity) > (scores[1 - index] ?? -Infinity)).length;
  const counts = `${ahead(0)} higher with ${a}, ${ahead(1)} with ${b}`;
  return `${byScore.length} of ${counted(rows, "row")} differ in ${scorer.metric}: ${counts}; ${sameScore} more differ in text but not in score.`;
}

/** A row that two settings answered differently: both answers, and word by word what the second one leaves out and adds. */
export function renderDifference({ a, b, scores }: AnswerDifference, { kind }: StoredScorer, screen: Screen): string {
  const answerOf = ({ answer, error }: ShownAnswer) => answer ?? `${error?.code ?? "no answer"}: ${error?.message ?? ""}`;
  const score = (index: 0 | 1) => formatScore(scores[index], kind);
  const both = a.answer !== null && b.answer !== null && a.answer !== b.answer;
  return [
    screen.chalk.bold(wrapProse(a.id, screen.width)),
    field("question", a.question, screen),
    ...(a.reference === null ? [] : [field("reference", a.reference, screen)]),
    field(`A ${score(0)}`, answerOf(a), screen),
    field(`B ${score(1)}`, answerOf(b), screen),
    ...(both ? [field("A to B", wordDiff(a.answer ?? "", b.answer ?? "", screen), screen)] : []),
  ].join("\n");
}

function wordDiff(a: string, b: string, { chalk }: Screen): string {
  return diffWordsWithSpace(a, b)
    .map(({ value, added, removed }) => (added ? chalk.green(`{+${value}+}`) : removed ? chalk.red(`[-${value}-]`) : value))
    .join("");
}
