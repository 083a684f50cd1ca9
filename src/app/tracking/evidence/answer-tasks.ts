import type { Run } from "../../../lib/tracking/records.js";
import { answerMatrix, ratingKey, scoresOf, type AnsweredRun, type TableRow } from "../../../lib/base/pages/answer-matrix.js";
import type { Answer, AnswersRequest, AnswersWindow, Rating } from "../../../lib/base/pages/answers.js";
import { invalid } from "../../../lib/tracking/mlflow-error.js";
import type { LabeledAnswer } from "../../../lib/tracking/server/answers.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { answerTableOf } from "./answer-tables.js";
import { ratingsOf } from "./ratings.js";

/** Answers of runs beside each other. Throws RESOURCE_DOES_NOT_EXIST for a run that is not there, INVALID_PARAMETER_VALUE for a score that no answer has. */
export async function answersOf(store: TrackingBackend, request: AnswersRequest): Promise<AnswersWindow> {
  const runs = await Promise.all(request.runIds.map((runId) => store.getRun(runId)));
  const decides = runs[0]?.tags["llmops.metric"];
  const answered = await readTables(store, runs);
  checkScore(request.score, answered);
  return answerMatrix(answered, await ratingsOf(store, runs), { ...request, ...(decides === undefined ? {} : { decides }) });
}

function checkScore(score: string | undefined, runs: readonly AnsweredRun[]): void {
  const scores = scoresOf(runs);
  if (score === undefined || scores.length === 0 || scores.includes(score)) return;
  throw invalid(`The runs have no scores of answers named ${JSON.stringify(score.slice(0, 200))}. They have: ${scores.join(", ")}.`);
}

async function readTables(store: TrackingBackend, runs: readonly Run[]): Promise<AnsweredRun[]> {
  const answered: AnsweredRun[] = [];
  for (const run of runs) answered.push({ runId: run.runId, table: await answerTableOf(store, run) }); // one file at a time is in memory as text
  return answered;
}

/** The rated answers of runs as labels; ids name the run and the repeat where they would not be unique. */
export async function labelsOf(store: TrackingBackend, runIds: readonly string[]): Promise<LabeledAnswer[]> {
  const runs = await Promise.all(runIds.map((runId) => store.getRun(runId)));
  const ratings = await ratingsOf(store, runs);
  const rows = (await readTables(store, runs)).flatMap(({ runId, table }) =>
    [...(table?.rows.values() ?? [])].map((row) => ({ runId, row })),
  );
  return rows.flatMap(({ runId, row }) =>
    row.answers.flatMap((answer) => {
      const rating = ratings.get(ratingKey(runId, row.id, answer.repeat));
      return rating ? toLabeled({ runId, row, isAlone: runs.length === 1 }, answer, rating) : [];
    }),
  );
}

type Labeled = { runId: string; row: TableRow; isAlone: boolean };

function toLabeled({ runId, row, isAlone }: Labeled, { repeat, text }: Answer, { value, comment }: Rating): LabeledAnswer[] {
  const label = toLabel(value);
  if (label === undefined || text === null) return [];
  const id = `${row.id}${isAlone ? "" : `@${runId.slice(0, 8)}`}${repeat > 0 ? `#${repeat}` : ""}`;
  return [{ id, question: row.question, answer: text, reference: row.reference, label, comment, runId }];
}

/** Pass and fail in the words that calibration reads; levels as they are. */
function toLabel(value: Rating["value"]): string | number | undefined {
  if (typeof value === "boolean") return value ? "pass" : "fail";
  return value ?? undefined;
}
