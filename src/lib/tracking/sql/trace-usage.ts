import { LRUCache } from "lru-cache";
import { MLFLOW } from "../otlp/conventions.js";
import { parseUsage, sumUsage, type TokenUsage, type UsingSpan } from "../otlp/token-usage.js";
import type { NewSpan } from "../trace-records.js";
import type { Connection } from "./connection.js";

/** Spans that are remembered, of all traces together: reading those of a long trace again with each span takes long. */
const MOST_REMEMBERED = 100_000;

/** What a span says of tokens, as its attribute at a path is written; looked for only where its name is in the span. */
export const WRITTEN_USAGE = "CASE WHEN instr(content, ?1) > 0 AND json_valid(content) THEN json_extract(content, ?2) END";

/** The tokens of traces, as their spans are written. */
export class TraceUsage {
  private readonly db: Connection;
  private readonly known = new LRUCache<string, Map<string, UsingSpan>>({
    maxSize: MOST_REMEMBERED,
    sizeCalculation: ({ size }) => Math.max(1, size),
  });

  /** Of what is remembered. */
  private version: string | undefined;

  constructor(db: Connection) {
    this.db = db;
  }

  /** Called where what was written is not in the store after all. */
  forget(): void {
    this.known.clear();
  }

  /** What the spans of a trace in the store say, to be asked before others are written. */
  async of(traceId: string): Promise<Map<string, UsingSpan>> {
    await this.forgetOlder();
    const total = (await this.db.get<{ n: number }>("SELECT count(*) AS n FROM spans WHERE trace_id = ?", traceId))?.n;
    const known = this.known.get(traceId);
    return known?.size === total && known ? known : this.read(traceId); // some are not remembered, or were deleted since
  }

  /** The tokens of a trace after spans are written beside those of `of`; null where these said some, and none does now; undefined where none ever did. */
  after(traceId: string, spans: Map<string, UsingSpan>, written: readonly NewSpan[]): TokenUsage | null | undefined {
    const said = says(spans);
    for (const { spanId, parentId, usage } of written) spans.set(spanId, { id: spanId, parent: parentId, usage: usage ?? undefined });
    this.known.set(traceId, spans);
    if (says(spans)) return sumUsage([...spans.values()]);
    return said ? null : undefined;
  }

  /** Another process may have written a span again, with other tokens. */
  private async forgetOlder(): Promise<void> {
    const version = await this.db.versionOfOthers();
    if (version === undefined || version !== this.version) this.forget();
    this.version = version;
  }

  private async read(traceId: string): Promise<Map<string, UsingSpan>> {
    const rows = await this.db.rows<[id: string, parent: string | null, usage: string | null]>(
      `SELECT span_id, parent_span_id, ${WRITTEN_USAGE} FROM spans WHERE trace_id = ?3`,
      ...[MLFLOW.usage, `$.attributes."${MLFLOW.usage}"`, traceId],
    );
    return new Map(rows.map(([id, parent, usage]) => [id, { id, parent, usage: usage === null ? undefined : parseUsage(usage) }]));
  }
}

function says(spans: ReadonlyMap<string, UsingSpan>): boolean {
  return [...spans.values()].some(({ usage }) => usage);
}
