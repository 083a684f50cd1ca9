import { LRUCache } from "lru-cache";
import { MLFLOW } from "../otlp/conventions.js";
import { parseUsage, sumUsage, type TokenUsage, type UsingSpan } from "../otlp/token-usage.js";
import type { NewSpan } from "../trace-records.js";
import type { Connection } from "./connection.js";

/** Spans that are remembered, of all traces together: reading those of a long trace again with each span takes long. */
const MOST_REMEMBERED = 100_000;

/** The tokens of traces, as their spans are written. */
export class TraceUsage {
  private readonly db: Connection;
  private readonly known = new LRUCache<string, Map<string, UsingSpan>>({
    maxSize: MOST_REMEMBERED,
    sizeCalculation: ({ size }) => Math.max(1, size),
  });

  /** SQLite's number of the state that is remembered. */
  private version = -1;

  constructor(db: Connection) {
    this.db = db;
  }

  /** Called where what was written is not in the store after all. */
  forget(): void {
    this.known.clear();
  }

  /** The tokens of a trace after these spans of it were written; undefined where none of its spans says any. */
  after(traceId: string, written: readonly NewSpan[]): TokenUsage | undefined {
    this.forgetOlder();
    const spans = this.known.get(traceId) ?? new Map<string, UsingSpan>();
    for (const { spanId, parentId, usage } of written) spans.set(spanId, { id: spanId, parent: parentId, usage: usage ?? undefined });
    const total = this.db.get<{ n: number }>("SELECT count(*) AS n FROM spans WHERE trace_id = ?", traceId)?.n;
    // some are not remembered, or were deleted since
    const all = spans.size === total ? spans : this.read(traceId);
    this.known.set(traceId, all);
    return [...all.values()].some(({ usage }) => usage) ? sumUsage([...all.values()]) : undefined;
  }

  /** Another process may have written a span again, with other tokens. */
  private forgetOlder(): void {
    const version = this.db.get<{ data_version: number }>("PRAGMA data_version")?.data_version ?? -1;
    if (version !== this.version) this.forget();
    this.version = version;
  }

  private read(traceId: string): Map<string, UsingSpan> {
    const rows = this.db.rows<[id: string, parent: string | null, usage: string | null]>(
      "SELECT span_id, parent_span_id, CASE WHEN instr(content, ?1) > 0 THEN json_extract(content, ?2) END FROM spans WHERE trace_id = ?3",
      ...[MLFLOW.usage, `$.attributes."${MLFLOW.usage}"`, traceId],
    );
    return new Map(rows.map(([id, parent, usage]) => [id, { id, parent, usage: usage === null ? undefined : parseUsage(usage) }]));
  }
}
