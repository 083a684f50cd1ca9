import { randomUUID } from "node:crypto";
import { LIMITS } from "../limits.js";
import { invalid, missing } from "../mlflow-error.js";
import { toAssessment, toEvaluationTrace, type JudgedCall } from "../judged-call.js";
import type { Page, SearchQuery } from "../records.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import type { NewTrace, Trace, TraceEnd, TraceSelection } from "../trace-records.js";
import { Assessments, requireTrace } from "./assessments.js";
import type { Connection } from "./connection.js";
import { toNumber, type Experiments } from "./experiments.js";
import { IN_LIST, inList, readKeyed, writeKeyed } from "./keyed-values.js";
import { allOf } from "./to-sql.js";
import { Spans, traceLocation } from "./spans.js";
import { ofExperiments, TRACE_METADATA, TRACE_TAGS, traceFilter, traceOrder } from "./trace-search.js";
import { LOCATION_TAG } from "../mlflow-tags.js";

interface TraceRow {
  request_id: string;
  experiment_id: number;
  timestamp_ms: number;
  execution_time_ms: number | null;
  status: Trace["state"];
  client_request_id: string | null;
  request_preview: string | null;
  response_preview: string | null;
}

const MAX_RESULTS = 500;

/** The traces of a SQLite store. */
export class Traces {
  readonly assessments: Assessments;
  readonly spans: Spans;
  private readonly db: Connection;
  private readonly experiments: Experiments;

  constructor(db: Connection, experiments: Experiments) {
    this.db = db;
    this.experiments = experiments;
    this.assessments = new Assessments(db);
    this.spans = new Spans(db, experiments);
  }

  /** Writes a trace, over what is known of it, and says where its spans belong in a tag. */
  put(trace: NewTrace): Trace {
    this.db.transaction(() => {
      const { artifactLocation } = this.experiments.getActive(trace.experimentId);
      const cut = (text: string | null) => text?.slice(0, LIMITS.tracePreview) ?? null;
      this.db.run(
        `INSERT INTO trace_info VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO UPDATE SET
         timestamp_ms = excluded.timestamp_ms, execution_time_ms = excluded.execution_time_ms, status = excluded.status,
         client_request_id = coalesce(excluded.client_request_id, client_request_id),
         request_preview = coalesce(excluded.request_preview, request_preview),
         response_preview = coalesce(excluded.response_preview, response_preview)`,
        ...[trace.traceId, toNumber(trace.experimentId), trace.requestTimeMs, trace.durationMs, trace.state],
        ...[trace.clientRequestId, cut(trace.requestPreview), cut(trace.responsePreview)],
      );
      const location = traceLocation(artifactLocation, trace.traceId);
      this.writeTags(trace.traceId, { ...trace.tags, [LOCATION_TAG]: location });
      writeKeyed(this.db, TRACE_METADATA, { request_id: trace.traceId }, cutValues(trace.metadata));
    });
    return this.get(trace.traceId);
  }

  /** Keeps calls that were graded, as traces of the run that graded them, with what was said of each. */
  putJudged(runId: string, calls: readonly JudgedCall[]): void {
    this.db.transaction(() => {
      for (const call of calls) {
        const { traceId } = this.put(toEvaluationTrace(runId, call));
        for (const feedback of call.feedback) this.assessments.create(toAssessment(runId, traceId, feedback));
        this.linkToRun([traceId], runId);
      }
    });
  }

  /** Ends a trace that was started; metadata and tags are added to those it has. */
  end(traceId: string, { endTimeMs, ...end }: TraceEnd): Trace {
    return this.db.transaction(() => {
      const started = this.get(traceId);
      return this.put({ ...started, ...end, durationMs: endTimeMs - started.requestTimeMs });
    });
  }

  get(traceId: string): Trace {
    requireTrace(this.db, traceId);
    return this.read([traceId])[0] as Trace;
  }

  /** The traces of those ids that there are. */
  read(traceIds: readonly string[]): Trace[] {
    const rows = this.db.all<TraceRow>(`SELECT * FROM trace_info WHERE request_id IN ${IN_LIST}`, inList(traceIds));
    const byId = new Map(rows.map((row) => [row.request_id, row]));
    const tags = readKeyed(this.db, TRACE_TAGS, traceIds);
    const metadata = readKeyed(this.db, TRACE_METADATA, traceIds);
    const assessments = this.assessments.ofTraces(traceIds);
    return traceIds.flatMap((id) => {
      const row = byId.get(id);
      return row
        ? [{ ...toTrace(row), tags: tags.get(id) ?? {}, metadata: metadata.get(id) ?? {}, assessments: assessments.get(id) ?? [] }]
        : [];
    });
  }

  search(experimentIds: readonly string[], { filter, orderBy, maxResults, pageToken }: SearchQuery): Page<Trace> {
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(pageToken);
    const where = allOf([ofExperiments(experimentIds), traceFilter(filter)]);
    const rows = this.db.all<{ id: string }>(
      `SELECT t.request_id AS id FROM trace_info t WHERE ${where.text}
       ORDER BY ${traceOrder(orderBy)} LIMIT ? OFFSET ?`,
      ...where.values,
      maxResults + 1,
      offset,
    );
    const items = this.read(rows.slice(0, maxResults).map(({ id }) => id));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  /** Deletes traces of an experiment by id, or those up to a time, oldest first. Returns how many. */
  delete(experimentId: string, which: TraceSelection): number {
    const experiment = toNumber(experimentId);
    if ("ids" in which) {
      return this.db.run(`DELETE FROM trace_info WHERE experiment_id = ? AND request_id IN ${IN_LIST}`, experiment, inList(which.ids));
    }
    return this.db.run(
      `DELETE FROM trace_info WHERE request_id IN
         (SELECT request_id FROM trace_info WHERE experiment_id = ? AND timestamp_ms <= ? ORDER BY timestamp_ms LIMIT ?)`,
      ...[experiment, which.upToMs, which.limit ?? -1],
    );
  }

  setTag(traceId: string, key: string, value: string): void {
    requireTrace(this.db, traceId);
    this.writeTags(traceId, { [key]: value });
  }

  deleteTag(traceId: string, key: string): void {
    requireTrace(this.db, traceId);
    if (this.db.run('DELETE FROM trace_tags WHERE request_id = ? AND "key" = ?', traceId, key) > 0) return;
    throw missing(`No trace tag with key '${key}' for trace with ID '${traceId}'`);
  }

  /** Notes that traces belong to a run, as evaluations do. */
  linkToRun(traceIds: readonly string[], runId: string): void {
    if (traceIds.length > 100)
      throw invalid(`Cannot link more than 100 traces to a run in a single request. Provided ${traceIds.length} traces.`);
    const sql = "INSERT OR IGNORE INTO entity_associations VALUES (?, 'trace', ?, 'run', ?, ?)";
    this.db.transaction(() => {
      for (const id of traceIds) this.db.run(sql, randomUUID().replaceAll("-", ""), id, runId, Date.now());
    });
  }

  private writeTags(traceId: string, tags: Readonly<Record<string, string>>): void {
    writeKeyed(this.db, TRACE_TAGS, { request_id: traceId }, cutValues(tags));
  }
}

function cutValues(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key.slice(0, LIMITS.key), value.slice(0, LIMITS.traceTagValue)]));
}

function toTrace(row: TraceRow): Omit<Trace, "tags" | "metadata" | "assessments"> {
  return {
    traceId: row.request_id,
    experimentId: String(row.experiment_id),
    requestTimeMs: row.timestamp_ms,
    durationMs: row.execution_time_ms,
    state: row.status,
    clientRequestId: row.client_request_id,
    requestPreview: row.request_preview,
    responsePreview: row.response_preview,
  };
}
