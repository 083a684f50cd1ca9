import { answerMatrix, type AnsweredRun, type AnswerTable, type TableRow } from "../../lib/base/pages/answer-matrix.js";
import { windowToWire } from "../../lib/base/pages/answers-wire.js";
import type { KeptAnswers } from "../../lib/base/pages/report-data.js";
import type { AnswersQuery } from "../api/answers.js";

type Request = AnswersQuery & { offset: number; limit: number };

/** Answers the questions of the page of answers from those that are in the file. */
export function recordedAnswers(kept: KeptAnswers): (request: Request) => object {
  const tables = new Map(kept.settings.map(({ id }, i) => [id, tableOf(kept, i)]));
  return ({ runs, show, score, min, max, topic, words, offset, limit }) => {
    const asked: AnsweredRun[] = runs.map((runId) => ({ runId, table: tables.get(runId) }));
    const request = { runIds: runs, show, score, min, max, topic, words, offset, limit, decides: kept.score };
    return windowToWire(answerMatrix(asked, new Map(), request), offset);
  };
}

function tableOf({ scores, rows, answers }: KeptAnswers, setting: number): AnswerTable {
  const own = answers[setting] ?? [];
  const filled = rows.flatMap((row, i) => {
    const given = own[i] ?? [];
    const known: [string, TableRow] = [row.id, { ...row, answers: [...given] }];
    return given.length === 0 ? [] : [known];
  });
  return { scores: [...scores], rows: new Map(filled) };
}
