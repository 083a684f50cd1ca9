import type { NewSpan, StoredSpans } from "../trace-records.js";
import { LIMITS } from "../limits.js";
import { lockRow, type Connection } from "./connection.js";
import { toNumber, type Experiments } from "./experiments.js";
import { writeKeyed } from "./keyed-values.js";
import { TraceUsage } from "./trace-usage.js";
import { TRACE_METADATA } from "./trace-search.js";
import { LOCATION_TAG, SPANS_TAG } from "../mlflow-tags.js";

const USAGE = "mlflow.trace.tokenUsage";
const NS_PER_MS = 1_000_000n;

/** What a trace is extended by, as values of a statement. */
const START = "CAST(?1 AS BIGINT)";
const END = "CAST(?2 AS BIGINT)";
const STATE = "CAST(?3 AS TEXT)";

/** Says that they are in the database. */
const IN_DATABASE = { [SPANS_TAG]: "TRACKING_STORE" };

/** Where a trace of an experiment keeps its files. */
export function traceLocation(artifactLocation: string, traceId: string): string {
  return `${artifactLocation.replace(/\/$/, "")}/traces/${traceId}/artifacts`;
}

/** The spans of a store, and what they make known of their traces. */
export class Spans {
  private readonly db: Connection;
  private readonly experiments: Experiments;
  private readonly usage: TraceUsage;

  constructor(db: Connection, experiments: Experiments) {
    this.db = db;
    this.experiments = experiments;
    this.usage = new TraceUsage(db);
  }

  /** Writes spans, over those with the same ids. A trace that is not there yet begins with them, in the experiment. */
  async write(experimentId: string, spans: readonly NewSpan[]): Promise<void> {
    const traces = new Map<string, Map<string, NewSpan>>();
    for (const span of spans) keyedIn(traces, span.traceId).set(span.spanId, span);
    try {
      await this.db.transaction(async () => {
        const { artifactLocation } = await this.experiments.getActive(experimentId);
        const location = (traceId: string) => ({ [LOCATION_TAG]: traceLocation(artifactLocation, traceId) });
        for (const [traceId, bySpan] of traces) await this.writeTrace(experimentId, traceId, [...bySpan.values()], location(traceId));
      });
    } catch (error) {
      this.usage.forget();
      throw error;
    }
  }

  /** The contents of the table of spans, in the order in which they began; of those that began together, the one that ended last first. */
  async read(traceId: string, most: number): Promise<StoredSpans> {
    const total = (await this.db.get<{ n: number }>("SELECT count(*) AS n FROM spans WHERE trace_id = ?", traceId))?.n ?? 0;
    const sql =
      "SELECT content FROM spans WHERE trace_id = ? ORDER BY start_time_unix_nano, end_time_unix_nano IS NOT NULL, end_time_unix_nano DESC, rowid LIMIT ?";
    return { total, contents: (await this.db.rows<[content: string]>(sql, traceId, most)).map(([content]) => content) };
  }

  private async writeTrace(
    experimentId: string,
    traceId: string,
    spans: readonly NewSpan[],
    tags: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.begin(experimentId, traceId, spans);
    await lockRow(this.db, "trace_info", "request_id", traceId);
    const before = await this.usage.of(traceId);
    for (const span of spans) await this.put(traceId, span);
    await this.extend(traceId, spans);
    await this.addTags(traceId, { ...IN_DATABASE, ...nameOf(spans), ...tags });
    const usage = this.usage.after(traceId, before, spans);
    if (usage) await writeKeyed(this.db, TRACE_METADATA, { request_id: traceId }, { [USAGE]: JSON.stringify(usage) });
    if (usage === null) await this.db.run('DELETE FROM trace_request_metadata WHERE request_id = ? AND "key" = ?', traceId, USAGE);
  }

  private async begin(experimentId: string, traceId: string, spans: readonly NewSpan[]): Promise<void> {
    const start = Math.min(...spans.map(({ startNs }) => toMs(startNs)));
    await this.db.run(
      "INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, status) VALUES (?, ?, ?, 'IN_PROGRESS') ON CONFLICT DO NOTHING",
      ...[traceId, toNumber(experimentId), start],
    );
  }

  /** What a client says of its trace itself stays. */
  private async addTags(traceId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const sql = 'INSERT INTO trace_tags ("key", value, request_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    for (const [key, value] of Object.entries(tags)) await this.db.run(sql, key, value, traceId);
  }

  private async put(traceId: string, span: NewSpan): Promise<void> {
    await this.db.run(
      `INSERT INTO spans (trace_id, experiment_id, span_id, parent_span_id, name, type, status, start_time_unix_nano, end_time_unix_nano, content)
       SELECT request_id, experiment_id, ?, ?, ?, ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT), ? FROM trace_info WHERE request_id = ?
       ON CONFLICT (trace_id, span_id) DO UPDATE SET parent_span_id = excluded.parent_span_id, name = excluded.name, type = excluded.type,
         status = excluded.status, start_time_unix_nano = excluded.start_time_unix_nano,
         end_time_unix_nano = excluded.end_time_unix_nano, content = excluded.content`,
      ...[span.spanId, span.parentId, span.name, span.type.slice(0, 500), span.status],
      ...[String(span.startNs), span.endNs === null ? null : String(span.endNs), span.content, traceId],
    );
  }

  /** The trace reaches from its first span's start to its last one's end; its root says how it ended, and what was asked and answered. */
  private async extend(traceId: string, spans: readonly NewSpan[]): Promise<void> {
    const start = Math.min(...spans.map(({ startNs }) => toMs(startNs)));
    const ends = spans.flatMap(({ endNs }) => (endNs === null ? [] : [toMs(endNs)]));
    const end = ends.length === 0 ? null : Math.max(...ends);
    const root = spans.find(({ parentId }) => parentId === null);
    const state = root === undefined || root.endNs === null ? null : root.status === "ERROR" ? "ERROR" : "OK";
    const cut = (text: string | null | undefined) => text?.slice(0, LIMITS.tracePreview) ?? null;
    await this.db.run(
      `UPDATE trace_info SET timestamp_ms = ${least("timestamp_ms", START)},
         execution_time_ms = CASE WHEN ${END} IS NULL THEN execution_time_ms
           ELSE ${greatest(END, "timestamp_ms + coalesce(execution_time_ms, 0)")} - ${least("timestamp_ms", START)} END,
         status = CASE WHEN ${STATE} IS NOT NULL AND status IN ('IN_PROGRESS', 'STATE_UNSPECIFIED') THEN ${STATE} ELSE status END,
         request_preview = coalesce(request_preview, ?4), response_preview = coalesce(response_preview, ?5)
       WHERE request_id = ?6`,
      ...[start, end, state, cut(root?.request), cut(root?.response), traceId],
    );
  }
}

function least(a: string, b: string): string {
  return `CASE WHEN ${a} < ${b} THEN ${a} ELSE ${b} END`;
}

function greatest(a: string, b: string): string {
  return `CASE WHEN ${a} > ${b} THEN ${a} ELSE ${b} END`;
}

function keyedIn<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = maps.get(key) ?? new Map<string, V>();
  maps.set(key, found);
  return found;
}

/** Lists and the tree call a trace what its root is called. */
function nameOf(spans: readonly NewSpan[]): Record<string, string> {
  const name = spans.find(({ parentId }) => parentId === null)?.name ?? "";
  return name === "" ? {} : { "mlflow.traceName": name.slice(0, LIMITS.traceTagValue) };
}

function toMs(ns: bigint): number {
  return Number(ns / NS_PER_MS);
}
