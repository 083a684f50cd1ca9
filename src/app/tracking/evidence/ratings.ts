import { createHash } from "node:crypto";
import { collectPages } from "../../../lib/tracking/collect-pages.js";
import { missing } from "../../../lib/tracking/mlflow-error.js";
import type { Run } from "../../../lib/tracking/records.js";
import { quoteText } from "../../../lib/tracking/search/quote.js";
import type { KeptRating, Rating } from "../../../lib/base/pages/answers.js";
import type { RatingRequest } from "../../../lib/tracking/server/answers.js";
import type { Assessment, NewTrace, Trace } from "../../../lib/tracking/trace-records.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { ratingKey, type TableRow } from "../../../lib/base/pages/answer-matrix.js";
import { answerTableOf } from "./answer-tables.js";

/** The assessment that a rating is. */
const NAME = "rating";
const REPEAT = "llmops.repeat";
/** The row as JSON: a database cuts a text off at a NUL. */
const ROW = "llmops.row";
const PAGE = 500;

/** What people said of the answers of runs: the latest rating of each answer. */
export async function ratingsOf(store: TrackingBackend, runs: readonly Run[]): Promise<Map<string, KeptRating>> {
  const experiments = [...new Set(runs.map(({ experimentId }) => experimentId))];
  const filter = `trace.run_id IN (${runs.map(({ runId }) => quoteText(runId)).join(", ")}) AND feedback.\`${NAME}\` != ''`;
  const traces = await collectPages((pageToken) => store.traces.search(experiments, { filter, maxResults: PAGE, pageToken }));
  const found = traces.flatMap((trace) => {
    const rating = latestRating(trace);
    const runId = trace.metadata["mlflow.sourceRun"];
    if (!rating || runId === undefined || trace.clientRequestId === null) return [];
    const key = ratingKey(runId, rowOf(trace.metadata[ROW]) ?? trace.clientRequestId, Number(trace.metadata[REPEAT] ?? 0));
    return [[key, { value: toValue(rating.value), comment: rating.rationale, traceId: trace.traceId }] as const];
  });
  return new Map(found);
}

function rowOf(written: string | undefined): string | undefined {
  try {
    const row: unknown = written === undefined ? undefined : JSON.parse(written);
    return typeof row === "string" ? row : undefined;
  } catch {
    return undefined; // not one of ours
  }
}

function toValue(value: unknown): Rating["value"] {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function latestRating({ assessments }: Trace): Assessment | undefined {
  const own = assessments.filter(({ name, valid, sourceType }) => name === NAME && valid && sourceType === "HUMAN");
  return own.sort((a, b) => b.lastUpdateTimeMs - a.lastUpdateTimeMs)[0];
}

/** Keeps a rating, over the one there is; without a value and a comment that one is removed. Throws RESOURCE_DOES_NOT_EXIST. */
export async function keepRating(store: TrackingBackend, request: RatingRequest): Promise<undefined> {
  const run = await store.getRun(request.runId);
  const trace = await traceOf(store, run, request);
  const { value, comment, rater } = request;
  const before = latestRating(trace);
  if (value === null && (comment ?? "") === "") {
    if (before) await store.traces.deleteAssessment(trace.traceId, before.assessmentId);
  } else if (before) {
    await store.traces.updateAssessment(trace.traceId, before.assessmentId, { value, rationale: comment });
  } else {
    await store.traces.createAssessment({
      ...{ traceId: trace.traceId, name: NAME, kind: "feedback", value, error: null, rationale: comment },
      ...{ sourceType: "HUMAN", sourceId: rater, runId: run.runId, spanId: null, overrides: null, metadata: null },
    });
  }
}

/** The trace of an answer: the one a judge made, the one an earlier rating made, or a new one. */
async function traceOf(store: TrackingBackend, run: Run, { rowId, repeat }: RatingRequest): Promise<Trace> {
  const traceId = `tr-${createHash("sha256")
    .update(ratingKey(run.runId, rowId, repeat))
    .digest("hex")
    .slice(0, 32)}`;
  const [own] = await store.traces.read([traceId]);
  const judged = own ?? (repeat === 0 ? await judgedTrace(store, run, rowId) : undefined);
  if (judged) return judged;
  const row = (await answerTableOf(store, run))?.rows.get(rowId);
  const answer = row?.answers.find((each) => each.repeat === repeat);
  if (!row || !answer) throw missing(`The run ${run.runId} has no answer ${repeat} to the row ${JSON.stringify(rowId)}`);
  const trace = await store.traces.put(toTrace({ traceId, run, row, repeat, response: answer.text ?? "" }));
  await store.traces.linkToRun([traceId], run.runId);
  return trace;
}

async function judgedTrace(store: TrackingBackend, { runId, experimentId }: Run, rowId: string): Promise<Trace | undefined> {
  if (rowId.includes("'") && rowId.includes('"')) return undefined; // the grammar cannot name it
  const filter = `trace.run_id = ${quoteText(runId)} AND trace.client_request_id = ${quoteText(rowId)}`;
  return (await store.traces.search([experimentId], { filter, maxResults: 1 })).items[0];
}

function toTrace(of: { traceId: string; run: Run; row: TableRow; repeat: number; response: string }): NewTrace {
  const { traceId, run, row, repeat, response } = of;
  return {
    ...{ traceId, experimentId: run.experimentId, requestTimeMs: run.startTime, durationMs: null, state: "OK", clientRequestId: row.id },
    ...{ requestPreview: row.question.slice(0, 1000), responsePreview: response.slice(0, 1000), tags: { "mlflow.traceName": "answer" } },
    metadata: {
      "mlflow.sourceRun": run.runId,
      "mlflow.trace_schema.version": "3",
      "mlflow.traceInputs": JSON.stringify(row.question),
      "mlflow.traceOutputs": JSON.stringify(response),
      [REPEAT]: String(repeat),
      [ROW]: JSON.stringify(row.id),
    },
  };
}
