import { randomUUID } from "node:crypto";
import { LIMITS } from "../limits.js";
import { invalid, missing } from "../mlflow-error.js";
import { toAssessment, toEvaluationTrace, type JudgedCall } from "../judged-call.js";
import type { Page, SearchQuery } from "../records.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import type { NewTrace, Trace, TraceEnd, TraceSelection } from "../trace-records.js";
import { Assessments, requireTrace } from "./assessments.js";
import { lockRow, together, type Connection } from "./connection.js";
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

/** The traces of a store. */
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
  async put(trace: NewTrace): Promise<Trace> {
    await this.db.transaction(async () => {
      const { artifactLocation } = await this.experiments.getActive(trace.experimentId);
      const cut = (text: string | null) => text?.slice(0, LIMITS.tracePreview) ?? null;
      await this.db.run(
        `INSERT INTO trace_info VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO UPDATE SET
         timestamp_ms = excluded.timestamp_ms, execution_time_ms = excluded.execution_time_ms, status = excluded.status,
         client_request_id = coalesce(excluded.client_request_id, trace_info.client_request_id),
         request_preview = coalesce(excluded.request_preview, trace_info.request_preview),
         response_preview = coalesce(excluded.response_preview, trace_info.response_preview)`,
        ...[trace.traceId, toNumber(trace.experimentId), trace.requestTimeMs, trace.durationMs, trace.state],
        ...[trace.clientRequestId, cut(trace.requestPreview), cut(trace.responsePreview)],
      );
      const location = traceLocation(artifactLocation, trace.traceId);
      await this.writeTags(trace.traceId, { ...trace.tags, [LOCATION_TAG]: location });
      await writeKeyed(this.db, TRACE_METADATA, { request_id: trace.traceId }, cutValues(trace.metadata));
    });
    return this.get(trace.traceId);
  }

  /** Keeps calls that were graded, as traces of the run that graded them, with what was said of each. */
  async putJudged(runId: string, calls: readonly JudgedCall[]): Promise<void> {
    await this.db.transaction(async () => {
      for (const call of calls) {
        const { traceId } = await this.put(toEvaluationTrace(runId, call));
        for (const feedback of call.feedback) await this.assessments.create(toAssessment(runId, traceId, feedback));
        await this.linkToRun([traceId], runId);
      }
    });
  }

  /** Ends a trace that was started; metadata and tags are added to those it has. */
  async end(traceId: string, { endTimeMs, ...end }: TraceEnd): Promise<Trace> {
    return this.db.transaction(async () => {
      await lockRow(this.db, "trace_info", "request_id", traceId);
      const started = await this.get(traceId);
      return this.put({ ...started, ...end, durationMs: endTimeMs - started.requestTimeMs });
    });
  }

  async get(traceId: string): Promise<Trace> {
    await requireTrace(this.db, traceId);
    return (await this.read([traceId]))[0] as Trace;
  }

  /** The traces of those ids that there are. */
  async read(traceIds: readonly string[]): Promise<Trace[]> {
    const [rows, tags, metadata, assessments] = await together(
      this.db.all<TraceRow>(`SELECT * FROM trace_info WHERE request_id IN ${IN_LIST}`, inList(traceIds)),
      readKeyed(this.db, TRACE_TAGS, traceIds),
      readKeyed(this.db, TRACE_METADATA, traceIds),
      this.assessments.ofTraces(traceIds),
    );
    const byId = new Map(rows.map((row) => [row.request_id, row]));
    return traceIds.flatMap((id) => {
      const row = byId.get(id);
      return row
        ? [{ ...toTrace(row), tags: tags.get(id) ?? {}, metadata: metadata.get(id) ?? {}, assessments: assessments.get(id) ?? [] }]
        : [];
    });
  }

  async search(experimentIds: readonly string[], { filter, orderBy, maxResults, pageToken }: SearchQuery): Promise<Page<Trace>> {
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(pageToken);
    const where = allOf([ofExperiments(experimentIds), traceFilter(filter)]);
    const rows = await this.db.all<{ id: string }>(
      `SELECT t.request_id AS id FROM trace_info t WHERE ${where.text}
       ORDER BY ${traceOrder(orderBy)} LIMIT ? OFFSET ?`,
      ...where.values,
      maxResults + 1,
      offset,
    );
    const items = await this.read(rows.slice(0, maxResults).map(({ id }) => id));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  /** Deletes traces of an experiment by id, or those up to a time, oldest first. Returns how many. */
  async delete(experimentId: string, which: TraceSelection): Promise<number> {
    const experiment = toNumber(experimentId);
    if ("ids" in which) {
      return this.db.run(`DELETE FROM trace_info WHERE experiment_id = ? AND request_id IN ${IN_LIST}`, experiment, inList(which.ids));
    }
    return this.db.run(
      `DELETE FROM trace_info WHERE request_id IN
         (SELECT request_id FROM trace_info WHERE experiment_id = ? AND timestamp_ms <= ? ORDER BY timestamp_ms LIMIT ?)`,
      ...[experiment, which.upToMs, which.limit ?? Number.MAX_SAFE_INTEGER],
    );
  }

  async setTag(traceId: string, key: string, value: string): Promise<void> {
    await requireTrace(this.db, traceId);
    await this.writeTags(traceId, { [key]: value });
  }

  async deleteTag(traceId: string, key: string): Promise<void> {
    await requireTrace(this.db, traceId);
    if ((await this.db.run('DELETE FROM trace_tags WHERE request_id = ? AND "key" = ?', traceId, key)) > 0) return;
    throw missing(`No trace tag with key '${key}' for trace with ID '${traceId}'`);
  }

  /** Notes that traces belong to a run, as evaluations do. */
  async linkToRun(traceIds: readonly string[], runId: string): Promise<void> {
    if (traceIds.length > 100)
      throw invalid(`Cannot link more than 100 traces to a run in a single request. Provided ${traceIds.length} traces.`);
    const sql = "INSERT INTO entity_associations VALUES (?, 'trace', ?, 'run', ?, ?) ON CONFLICT DO NOTHING";
    await this.db.transaction(async () => {
      for (const id of traceIds) await this.db.run(sql, randomUUID().replaceAll("-", ""), id, runId, Date.now());
    });
  }

  private async writeTags(traceId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await writeKeyed(this.db, TRACE_TAGS, { request_id: traceId }, cutValues(tags));
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
