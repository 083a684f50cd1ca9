import { parseExactJson } from "../../base/slices/exact-json.js";

/** A step of a traced call. Times are in milliseconds since the first span began. */
export interface Span {
  spanId: string;
  parentId: string | null;
  name: string;
  /** MLflow's span type, such as LLM or TOOL. */
  type: string | null;
  startMs: number;
  /** Null for a span that has not ended. */
  durationMs: number | null;
  status: "OK" | "ERROR" | "UNSET";
  message: string | null;
  inputs: unknown;
  outputs: unknown;
  attributes: Record<string, unknown>;
  events: { name: string; atMs: number | null; attributes: Record<string, unknown> }[];
}

const NS_PER_MS = 1e6;
/** Times of events in MLflow 2 are in microseconds, which are below this until the year 5138. */
const LEAST_NS = 1e17;
const INPUTS = "mlflow.spanInputs";
const OUTPUTS = "mlflow.spanOutputs";
const TYPE = "mlflow.spanType";
/** Shown elsewhere, or of no use to people. */
const OWN = new Set([INPUTS, OUTPUTS, TYPE, "mlflow.traceRequestId"]);

/**
 * Spans as clients of MLflow 2 and 3 write them (Span.to_dict of mlflow/entities/span.py, schema versions 2 and 3), in the order in which
 * they began. What is not a span is left out; of several with one id, the others get a number after it.
 */
export function readSpans(written: readonly unknown[]): Span[] {
  const spans = written.filter(isObject).flatMap((fields) => toSpan(fields) ?? []);
  const first = spans.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
  return withOwnIds(spans)
    .map((span) => ({
      ...span,
      startMs: toMicroseconds(span.startMs - first),
      events: span.events.map((event) => ({ ...event, atMs: event.atMs === null ? null : toMicroseconds(event.atMs - first) })),
    }))
    .sort((a, b) => a.startMs - b.startMs);
}

function withOwnIds(spans: readonly Span[]): Span[] {
  const counts = new Map<string, number>();
  return spans.map((span) => {
    const count = (counts.get(span.spanId) ?? 0) + 1;
    counts.set(span.spanId, count);
    return count === 1 ? span : { ...span, spanId: `${span.spanId} (${count})` };
  });
}

type Fields = Record<string, unknown>;

function toSpan(fields: Fields): Span | undefined {
  const context = isObject(fields["context"]) ? fields["context"] : {};
  const spanId = textOf(fields["span_id"] ?? context["span_id"]);
  const times = readTimes(fields);
  if (spanId === null || !times) return undefined;
  const attributes = readAttributes(fields["attributes"]);
  return {
    ...{ spanId, parentId: textOf(fields["parent_span_id"] ?? fields["parent_id"]), name: textOf(fields["name"]) ?? "" },
    ...{ type: textOf(attributes[TYPE] ?? fields["span_type"]), ...times, ...readStatus(fields) },
    ...{ inputs: attributes[INPUTS] ?? fields["inputs"] ?? null, outputs: attributes[OUTPUTS] ?? fields["outputs"] ?? null },
    attributes: Object.fromEntries(Object.entries(attributes).filter(([key]) => !OWN.has(key))),
    events: readEvents(fields["events"]),
  };
}

function readTimes(fields: Fields): Pick<Span, "startMs" | "durationMs"> | undefined {
  const start = toTime(fields["start_time_unix_nano"] ?? fields["start_time"]);
  const end = toTime(fields["end_time_unix_nano"] ?? fields["end_time"]);
  if (start === undefined) return undefined;
  const durationMs = end === undefined || end < start ? null : toMicroseconds((end - start) / NS_PER_MS);
  return { startMs: start / NS_PER_MS, durationMs };
}

function readStatus({ status, status_code: code, status_message: message }: Fields): Pick<Span, "status" | "message"> {
  const written = isObject(status) ? status : { code, message };
  const [word] = /OK|ERROR/.exec(String(written["code"])) ?? [];
  return { status: word === "OK" || word === "ERROR" ? word : "UNSET", message: textOf(written["message"]) };
}

function readEvents(written: unknown): Span["events"] {
  const events = Array.isArray(written) ? written.filter(isObject) : [];
  return events.map((event) => ({
    ...{ name: textOf(event["name"]) ?? "", atMs: eventTime(event["time_unix_nano"] ?? event["timestamp"]) },
    attributes: readAttributes(event["attributes"]),
  }));
}

/** Values of attributes are JSON in texts, with bigints where numbers are too long; OpenTelemetry's own are not. */
function readAttributes(written: unknown): Fields {
  if (!isObject(written)) return {};
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, typeof value === "string" ? parsed(value) : value]));
}

function parsed(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}

function eventTime(written: unknown): number | null {
  const time = toTime(written);
  if (time === undefined) return null;
  return time < LEAST_NS ? time / 1000 : time / NS_PER_MS;
}

/** Times since 1970 in nanoseconds are exact to a quarter of a microsecond as numbers. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Protobuf's JSON has 64-bit numbers as texts; 0 is a time that was not set. */
function toTime(written: unknown): number | undefined {
  const isText = typeof written === "string" && /^\d{1,25}$/.test(written);
  const time = isText || typeof written === "bigint" ? Number(written) : written;
  return typeof time === "number" && Number.isFinite(time) && time > 0 ? time : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
