import type { Answer, AnswerFilter, AnswerRow, AnswersRequest, AnswersWindow, KeptRating } from "./answers.js";
import { compareNames, withThousands } from "./texts.js";

/** A row of a run's table: what was asked, and the run's answers to it. */
export interface TableRow extends Omit<AnswerRow, "cells"> {
  answers: Answer[];
}

/** What a run answered, by the ids of the rows. */
export interface AnswerTable {
  scores: string[];
  rows: Map<string, TableRow>;
}

/** A run with its table, where it recorded one. */
export interface AnsweredRun {
  runId: string;
  table: AnswerTable | undefined;
}

/** What people said, by run, row, and repeat: see ratingKey. */
export type Ratings = ReadonlyMap<string, KeptRating>;

/** Together the texts of a window have about so many letters. */
const LETTERS = 3_000_000;
const FEWEST_LETTERS = 400;
const MOST_LETTERS = 20_000;
const MOST_REPEATS = 10;
const MOST_TOPICS = 100;

/** How a rating is found. */
export function ratingKey(runId: string, rowId: string, repeat: number): string {
  return JSON.stringify([runId, rowId, repeat]);
}

type Shown = AnswerFilter["show"];
type Matrix = { rows: AnswerRow[]; kinds: Map<AnswerRow, ReadonlySet<Shown>> };

/** The scores of which any of the runs has one. */
export function scoresOf(runs: readonly AnsweredRun[]): string[] {
  return [...new Set(runs.flatMap(({ table }) => table?.scores ?? []))];
}

/** Lays answers of runs beside each other by the ids of their rows, and gives the part of the rows that is asked for. */
export function answerMatrix(
  runs: readonly AnsweredRun[],
  ratings: Ratings,
  request: AnswersRequest & { decides?: string },
): AnswersWindow {
  const scores = scoresOf(runs);
  const score = [request.score, request.decides, scores[0]].find((name) => name !== undefined && scores.includes(name));
  const { rows, kinds } = layOut(runs, ratings, score);
  const matching = rows.filter((row) => (kinds.get(row)?.has(request.show) ?? false) && isIn(row, request, score));
  const shown = matching.slice(request.offset, request.offset + request.limit);
  const most = Math.round(LETTERS / Math.max(1, shown.length * runs.length));
  const letters = Math.min(MOST_LETTERS, Math.max(FEWEST_LETTERS, most));
  const countOf = (kind: Shown) => rows.reduce((sum, row) => sum + Number(kinds.get(row)?.has(kind) ?? false), 0);
  return {
    runs: runs.map(({ runId, table }) => ({
      runId,
      rows: table?.rows.size ?? 0,
      mean: meanOf(table, score),
      hasTable: table !== undefined,
    })),
    ...{ scores, score, topics: topicsOf(rows), total: rows.length, matching: matching.length },
    counts: { all: rows.length, flips: countOf("flips"), differ: countOf("differ"), failed: countOf("failed"), rated: countOf("rated") },
    scales: scalesOf(ratings),
    rows: shown.map((row) => cutRow(row, letters)),
  };
}

function scalesOf(ratings: Ratings): AnswersWindow["scales"] {
  const values = [...ratings.values()].map(({ value }) => value);
  return {
    pass: values.filter((value) => typeof value === "boolean").length,
    levels: values.filter((value) => typeof value === "number").length,
  };
}

function layOut(runs: readonly AnsweredRun[], ratings: Ratings, score: string | undefined): Matrix {
  const pass = passMark(runs, score);
  const kinds = new Map<AnswerRow, ReadonlySet<Shown>>();
  const rows = pairRows(runs).map(({ id, own }) => {
    const known = own.find((row) => row !== undefined);
    const { question = "", reference = null, topic = null } = known ?? {};
    const cells = own.map((row, i) =>
      (row?.answers ?? []).slice(0, MOST_REPEATS).map((answer) => {
        const rating = ratings.get(ratingKey(runs[i]?.runId ?? "", id, answer.repeat)) ?? null;
        return rating === null ? answer : { ...answer, rating };
      }),
    );
    const row: AnswerRow = { id, question, reference, topic, cells };
    kinds.set(row, kindsOf(row, score, pass));
    return row;
  });
  return { rows, kinds };
}

/** Whether two rows of one id ask the same; one that does not say what it asks is taken for the other. */
export function asksSame(one: string, other: string): boolean {
  return one === "" || other === "" || one.trim() === other.trim();
}

interface PairedRow {
  id: string;
  /** Of each run; undefined where it lacks the row. */
  own: (TableRow | undefined)[];
}

/** Rows of the same id that ask the same, beside each other; where a run asks something else under an id, that is a row of its own. */
function pairRows(runs: readonly AnsweredRun[]): PairedRow[] {
  const rows = new Map<string, PairedRow & { question: string }>();
  for (const [place, { table }] of runs.entries()) {
    for (const row of table?.rows.values() ?? []) {
      const first = rows.get(row.id);
      const isSame = first === undefined || asksSame(first.question, row.question);
      const key = isSame ? row.id : `${row.id}\n${row.question.trim()}`;
      const paired = rows.get(key) ?? { id: row.id, question: row.question, own: runs.map(() => undefined) };
      paired.own[place] = row;
      if (paired.question === "") paired.question = row.question;
      rows.set(key, paired);
    }
  }
  return [...rows.values()];
}

/** A score passes from the middle between the least and the greatest that any run got. */
function passMark(runs: readonly AnsweredRun[], score: string | undefined): number {
  let [low, high] = [Infinity, -Infinity];
  for (const { table } of runs) {
    for (const { answers } of table?.rows.values() ?? []) {
      for (const answer of answers) {
        const value = score === undefined ? undefined : answer.scores[score];
        if (value === undefined) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  return low < high ? (low + high) / 2 : NaN;
}

function kindsOf({ cells }: AnswerRow, score: string | undefined, pass: number): Set<Shown> {
  const all = cells.flat();
  const means = cells.map((answers) => cellMean(answers, score)).filter((mean) => mean !== undefined);
  const passing = means.filter((mean) => mean >= pass).length;
  const texts = new Set(cells.filter((answers) => answers.length > 0).map(([answer]) => normal(answer?.text ?? null)));
  const isFailed = (answer: Answer) =>
    answer.text === null || answer.problem !== null || (score !== undefined && answer.scores[score] === undefined);
  return new Set<Shown>([
    "all",
    ...(passing > 0 && passing < means.length && !Number.isNaN(pass) ? (["flips"] as const) : []),
    ...(texts.size > 1 ? (["differ"] as const) : []),
    ...(all.some(isFailed) ? (["failed"] as const) : []),
    ...(all.some(({ rating }) => rating !== null) ? (["rated"] as const) : []),
  ]);
}

function normal(text: string | null): string {
  return (text ?? "\0").trim().replaceAll(/\s+/g, " ");
}

/** The mean of a score over a run's answers to a row. */
export function cellMean(answers: readonly Answer[], score: string | undefined): number | undefined {
  const values = answers.map(({ scores }) => (score === undefined ? undefined : scores[score])).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isIn(row: AnswerRow, { min, max, topic, words }: AnswerFilter, score: string | undefined): boolean {
  if (topic !== undefined && row.topic !== topic) return false;
  const inRange = (mean: number | undefined) => mean !== undefined && mean >= (min ?? -Infinity) && mean <= (max ?? Infinity);
  if ((min !== undefined || max !== undefined) && !row.cells.some((answers) => inRange(cellMean(answers, score)))) return false;
  const wanted = (words ?? "").toLowerCase().split(/\s+/u).filter(Boolean);
  if (wanted.length === 0) return true;
  const texts = [row.id, row.question, row.reference ?? "", ...row.cells.flat().map(({ text }) => text ?? "")].join("\n").toLowerCase();
  return wanted.every((word) => texts.includes(word));
}

function topicsOf(rows: readonly AnswerRow[]): { topic: string; rows: number }[] {
  const found = new Map<string, number>();
  for (const { topic } of rows) if (topic !== null && topic !== "") found.set(topic, (found.get(topic) ?? 0) + 1);
  return [...found]
    .map(([topic, count]) => ({ topic, rows: count }))
    .sort((a, b) => b.rows - a.rows || compareNames(a.topic, b.topic))
    .slice(0, MOST_TOPICS);
}

function meanOf(table: AnswerTable | undefined, score: string | undefined): number | null {
  const means = [...(table?.rows.values() ?? [])].map(({ answers }) => cellMean(answers, score)).filter((mean) => mean !== undefined);
  return means.length === 0 ? null : means.reduce((sum, mean) => sum + mean, 0) / means.length;
}

function cutRow(row: AnswerRow, most: number): AnswerRow {
  const cut = <T extends string | null>(text: T): T =>
    (text !== null && text.length > most ? `${text.slice(0, most)}… (${withThousands(text.length - most)} more characters)` : text) as T;
  return {
    ...{ ...row, question: cut(row.question), reference: cut(row.reference) },
    cells: row.cells.map((answers) =>
      answers.map((answer) => ({
        ...{ ...answer, text: cut(answer.text), thoughts: cut(answer.thoughts), problem: cut(answer.problem) },
        reasons: Object.fromEntries(Object.entries(answer.reasons).map(([name, reason]) => [name, cut(reason)])),
      })),
    ),
  };
}
