import { invalid } from "../mlflow-error.js";

/** A value of OpenTelemetry's AnyValue: bytes are base64, whole numbers beyond 2^53 bigints, what was left out null. */
export type OtlpValue = string | number | bigint | boolean | null | OtlpValue[] | { [key: string]: OtlpValue };

export type OtlpAttributes = Record<string, OtlpValue>;

/** A span as OpenTelemetry's exporters send it (opentelemetry-proto, trace/v1/trace.proto). Times are nanoseconds since 1970. */
export interface OtlpSpan {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Null for the root of a trace. */
  parentId: string | null;
  name: string;
  startNs: bigint;
  /** Null for a span that has not ended. */
  endNs: bigint | null;
  status: "UNSET" | "OK" | "ERROR";
  message: string | null;
  attributes: OtlpAttributes;
  events: { name: string; timeNs: bigint; attributes: OtlpAttributes }[];
}

const STATUSES = ["UNSET", "OK", "ERROR"] as const;
/** SQLite and PostgreSQL keep times as signed 64-bit numbers. */
const MOST_NS = 2n ** 63n - 1n;

/** A span with nothing in it yet: no time, and no id. */
export function emptySpan(): OtlpSpan {
  return {
    ...{ traceId: "", spanId: "", parentId: null, name: "", startNs: 0n, endNs: null, status: "UNSET", message: null },
    ...{ attributes: noAttributes(), events: [] },
  };
}

/** Attributes that inherit nothing: one may be called "constructor". */
export function noAttributes(): OtlpAttributes {
  return Object.create(null) as OtlpAttributes;
}

/** A double as JSON can have it: what is not finite is a text. */
export function doubleForJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Whether OpenTelemetry's integers, which have 64 bits and a sign, have the value. */
export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** The status of a number of OpenTelemetry's; UNSET for others. */
export function toStatus(code: number): OtlpSpan["status"] {
  return STATUSES[code] ?? "UNSET";
}

/** The span, if it is one. Throws INVALID_PARAMETER_VALUE for ids and times that none has. */
export function checkSpan(span: OtlpSpan): OtlpSpan {
  checkId("trace_id", span.traceId, 32);
  checkId("span_id", span.spanId, 16);
  if (span.parentId !== null) checkId("parent_span_id", span.parentId, 16);
  const { startNs, endNs } = span;
  if (startNs <= 0n || startNs > MOST_NS) throw invalid(`The span ${span.spanId} starts at ${startNs} ns, which is not a time.`);
  if (endNs !== null && (endNs < startNs || endNs > MOST_NS))
    throw invalid(`The span ${span.spanId} ends at ${endNs} ns, before it starts at ${startNs} ns, or beyond all times.`);
  return span;
}

function checkId(name: string, id: string, digits: number): void {
  if (id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id)) return;
  throw invalid(`The ${name} '${id.slice(0, 64)}' of a span is not ${digits / 2} bytes, or is zero.`);
}
