import { MlflowError } from "../mlflow-error.js";
import { noAttributes, type OtlpAttributes, type OtlpSpan, type OtlpValue } from "../otlp/otlp-span.js";

/** A value as OpenTelemetry's protobuf has it in JSON. */
interface WireValue {
  string_value?: string;
  bool_value?: boolean;
  int_value?: WireInteger;
  double_value?: number | string;
  array_value?: { values?: WireValue[] };
  kvlist_value?: { values?: WirePair[] };
}

interface WirePair {
  key: string;
  value?: WireValue;
}

type WireInteger = number | bigint | string;

/** A span as traces/batchGet of MLflow 3.6 answers it: ids in base64. */
export interface WireSpan {
  trace_id: string;
  span_id: string;
  parent_span_id?: string | undefined;
  name?: string;
  start_time_unix_nano?: WireInteger | undefined;
  end_time_unix_nano?: WireInteger | undefined;
  status?: { code?: string; message?: string | undefined };
  attributes?: WirePair[];
  events?: { name?: string; time_unix_nano?: WireInteger | undefined; attributes?: WirePair[] }[];
}

/** A span as traces/batchGet answers it; 64-bit numbers are texts. */
export function spanToWire(span: OtlpSpan): WireSpan {
  return {
    ...{ trace_id: toBase64(span.traceId), span_id: toBase64(span.spanId) },
    parent_span_id: span.parentId === null ? undefined : toBase64(span.parentId),
    name: span.name,
    start_time_unix_nano: String(span.startNs),
    end_time_unix_nano: span.endNs === null ? undefined : String(span.endNs),
    attributes: toPairs(span.attributes),
    events: span.events.map(({ name, timeNs, attributes }) => ({ name, time_unix_nano: String(timeNs), attributes: toPairs(attributes) })),
    status: { code: `STATUS_CODE_${span.status}`, message: span.message ?? undefined },
  };
}

/** The span of an answer of traces/batchGet. Throws INVALID_PARAMETER_VALUE for times and numbers that are none. */
export function spanFromWire(wire: WireSpan): OtlpSpan {
  const { parent_span_id: parent = "", name = "", start_time_unix_nano: start = 0, end_time_unix_nano: end = 0, events = [] } = wire;
  return {
    ...{ traceId: toHex(wire.trace_id), spanId: toHex(wire.span_id), parentId: toHex(parent) || null, name },
    ...{ startNs: bigintOf(start), endNs: bigintOf(end) || null, ...statusFromWire(wire) },
    attributes: fromPairs(wire.attributes),
    events: events.map(({ name: of = "", time_unix_nano: time = 0, attributes }) => {
      return { name: of, timeNs: bigintOf(time), attributes: fromPairs(attributes) };
    }),
  };
}

function statusFromWire({ status: { code = "", message = "" } = {} }: WireSpan): Pick<OtlpSpan, "status" | "message"> {
  const [word] = /OK|ERROR/.exec(code) ?? [];
  return { status: word === "OK" || word === "ERROR" ? word : "UNSET", message: message === "" ? null : message };
}

function toPairs(attributes: OtlpAttributes): WirePair[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toWireValue(value) }));
}

function toWireValue(value: OtlpValue): WireValue {
  if (typeof value === "string") return { string_value: value };
  if (typeof value === "boolean") return { bool_value: value };
  if (typeof value === "bigint") return { int_value: String(value) };
  if (typeof value === "number") return Number.isSafeInteger(value) ? { int_value: String(value) } : { double_value: value };
  if (Array.isArray(value)) return { array_value: { values: value.map(toWireValue) } };
  return value === null ? {} : { kvlist_value: { values: toPairs(value) } };
}

function fromPairs(pairs: readonly WirePair[] = []): OtlpAttributes {
  const attributes = noAttributes();
  for (const { key, value } of pairs) attributes[key] = fromWireValue(value);
  return attributes;
}

function fromWireValue(value: WireValue = {}): OtlpValue {
  if (value.array_value) return (value.array_value.values ?? []).map(fromWireValue);
  if (value.kvlist_value) return fromPairs(value.kvlist_value.values);
  if (value.int_value !== undefined) return toInteger(value.int_value);
  return value.string_value ?? value.bool_value ?? value.double_value ?? null;
}

function toInteger(written: WireInteger): number | bigint {
  const whole = bigintOf(written);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

function bigintOf(written: WireInteger): bigint {
  if (typeof written === "bigint" || /^-?\d{1,20}$/.test(String(written))) return BigInt(written);
  throw new MlflowError(
    "INVALID_PARAMETER_VALUE",
    `A span of the server has ${String(written).slice(0, 80)} where a whole number belongs.`,
    {
      hint: "Is it an MLflow server?",
    },
  );
}

function toBase64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}

function toHex(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}
