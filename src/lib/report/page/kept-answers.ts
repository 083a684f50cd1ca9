import { counted } from "../../base/errors/counted.js";
import type { Answer } from "../../base/pages/answers.js";
import type { KeptAnswers } from "../../base/pages/report-data.js";
import type { CellRecord } from "../../experiments/study/cell-record.js";
import type { ScoreTable } from "../../experiments/study/score-table.js";
import type { StudyJournal } from "../../experiments/study/study-journal.js";
import type { StudyPlan } from "../../experiments/study/study.js";
import type { SweepResult } from "../../experiments/study/sweep-result.js";

/** Answers that a page has at most, and letters of all of them together: with more it would be slow to open. */
const MOST_ANSWERS = 20_000;
const MOST_LETTERS = 4_000_000;
const FEWEST_LETTERS = 400;
const LONGEST = 20_000;

/** Where the answers of a study are read. */
export interface AnswerSource {
  plan: StudyPlan;
  table: ScoreTable;
  journal: Pick<StudyJournal, "header" | "read">;
}

/** The answers of a study for its page: all, or those to the first rows, with long texts cut; null where there are none. */
export function keptAnswers({ settings }: Pick<SweepResult, "settings">, { plan, table, journal }: AnswerSource): KeptAnswers | null {
  const done = settings.reduce((sum, { cells }) => sum + cells.done, 0);
  if (done === 0) return null;
  const { samples } = plan.dataset;
  const perRow = done / samples.length;
  const rows = Math.min(samples.length, Math.max(1, Math.floor(MOST_ANSWERS / perRow)));
  const cutter = new Cutter(Math.min(LONGEST, Math.max(FEWEST_LETTERS, Math.floor(MOST_LETTERS / (rows * perRow)))));
  const answers = settings.map((_, setting) => {
    const byRow: Answer[][] = Array.from({ length: rows }, () => []);
    for (const cell of table.cellsOf(setting)) {
      const record = cell.sample < rows ? journal.read(table.indexOf(cell)) : undefined;
      if (record) byRow[cell.sample]?.push(answerOf(record, cutter));
    }
    return byRow;
  });
  return {
    ...{ score: plan.primary.name, scores: plan.scorers.map(({ name }) => name), answers },
    settings: settings.map(({ name }, i) => ({ id: String(i), name })),
    rows: samples.slice(0, rows).map(({ id, question, answer, topic }) => {
      return { id, question: cutter.cut(question), reference: answer === null ? null : cutter.cut(answer), topic };
    }),
    omitted: describeOmitted({ rows: samples.length - rows, cut: cutter.texts, most: cutter.most, id: journal.header.id }),
  };
}

function answerOf(record: CellRecord, cutter: Cutter): Answer {
  const { repeat, text, thoughts, finishReason = null, scores = {}, explanations = {}, error, scorerErrors = {} } = record;
  const problem = error ?? Object.values(scorerErrors)[0];
  const whole = (value: string | undefined) => (value === undefined ? null : cutter.cut(value));
  return {
    ...{ repeat, text: whole(text), thoughts: whole(thoughts), problem: whole(problem?.message), finishReason, rating: null },
    scores: Object.fromEntries(Object.entries(scores).filter((entry): entry is [string, number] => entry[1] !== null)),
    reasons: Object.fromEntries(Object.entries(explanations).map(([name, reason]) => [name, cutter.cut(reason)])),
  };
}

/** Cuts texts, and counts those it cut. */
class Cutter {
  readonly most: number;
  texts = 0;

  constructor(most: number) {
    this.most = most;
  }

  cut(text: string): string {
    if (text.length <= this.most) return text;
    this.texts++;
    return `${text.slice(0, this.most)}… (${(text.length - this.most).toLocaleString("en-US")} more characters)`;
  }
}

function describeOmitted({ rows, cut, most, id }: { rows: number; cut: number; most: number; id: string }): string | null {
  const parts = [
    ...(rows > 0 ? [`the answers to ${counted(rows, "further row")} are left out`] : []),
    ...(cut > 0 ? [`${counted(cut, "text")} ${cut === 1 ? "is" : "are"} cut after ${most.toLocaleString("en-US")} characters`] : []),
  ];
  if (parts.length === 0) return null;
  const text = parts.join(", and ");
  return `To keep the file small, ${text}. All of them: llmops show ${id}`;
}
