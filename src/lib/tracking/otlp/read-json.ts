import { parseExactJson } from "../../base/slices/exact-json.js";
import type { Steps } from "../../base/slices/slices.js";
import { invalid } from "../mlflow-error.js";
import {
  checkSpan,
  noAttributes,
  doubleForJson,
  isInt64,
  toStatus,
  type OtlpAttributes,
  type OtlpSpan,
  type OtlpValue,
} from "./otlp-span.js";

/**
 * The spans of an ExportTraceServiceRequest in OTLP's JSON (opentelemetry.io/docs/specs/otlp, JSON Protobuf Encoding: ids in hexadecimal,
 * 64-bit numbers as texts or numbers), a span a step. Throws INVALID_PARAMETER_VALUE for texts that are none.
 */
export function* readJsonSpans(bytes: Uint8Array): Steps<OtlpSpan[]> {
  const spans: OtlpSpan[] = [];
  for (const resource of listOf(parse(bytes), "resourceSpans")) {
    for (const scope of listOf(resource, "scopeSpans")) {
      for (const written of listOf(scope, "spans")) {
        spans.push(checkSpan(toSpan(written)));
        yield;
      }
    }
  }
  return spans;
}

type Fields = Record<string, unknown>;

function parse(bytes: Uint8Array): unknown {
  try {
    return parseExactJson(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw invalid("The body is not the JSON of an ExportTraceServiceRequest.");
  }
}

function toSpan(written: unknown): OtlpSpan {
  const fields = objectOf(written, "a span");
  const status = fields["status"] === undefined ? {} : objectOf(fields["status"], "status");
  const parent = textOf(fields, "parentSpanId").toLowerCase();
  return {
    ...{ traceId: textOf(fields, "traceId").toLowerCase(), spanId: textOf(fields, "spanId").toLowerCase() },
    parentId: parent === "" || /^0+$/.test(parent) ? null : parent,
    name: textOf(fields, "name"),
    ...{ startNs: timeOf(fields, "startTimeUnixNano"), endNs: timeOf(fields, "endTimeUnixNano") || null },
    status: statusOf(status["code"]),
    message: textOf(status, "message") || null,
    attributes: toAttributes(fields["attributes"]),
    events: listOf(fields, "events").map((event) => {
      const of = objectOf(event, "an event");
      return { name: textOf(of, "name"), timeNs: timeOf(of, "timeUnixNano"), attributes: toAttributes(of["attributes"]) };
    }),
  };
}

/** Exporters write the number; protobuf's own JSON the name. */
function statusOf(code: unknown): OtlpSpan["status"] {
  const named = typeof code === "string" ? /^(?:STATUS_CODE_)?(UNSET|OK|ERROR)$/.exec(code)?.[1] : undefined;
  return named === undefined ? toStatus(Number(code ?? 0)) : (named as OtlpSpan["status"]);
}

function toAttributes(written: unknown): OtlpAttributes {
  const attributes = noAttributes();
  for (const pair of asList(written, "attributes")) {
    const fields = objectOf(pair, "an attribute");
    attributes[textOf(fields, "key")] = toValue(fields["value"]);
  }
  return attributes;
}

function toValue(written: unknown): OtlpValue {
  if (written === undefined || written === null) return null;
  const fields = objectOf(written, "a value");
  if ("intValue" in fields) return integerOf(fields["intValue"]);
  if ("doubleValue" in fields) return doubleOf(fields["doubleValue"]);
  if ("arrayValue" in fields) return listOf(fields["arrayValue"], "values").map(toValue);
  if ("kvlistValue" in fields) return toAttributes((objectOf(fields["kvlistValue"], "kvlistValue") as { values?: unknown }).values);
  const value = fields["stringValue"] ?? fields["boolValue"] ?? fields["bytesValue"] ?? null;
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as OtlpValue;
  throw invalid(`An attribute has a value that is not OTLP's: ${JSON.stringify(Object.keys(fields)).slice(0, 80)}.`);
}

function integerOf(written: unknown): number | bigint {
  const text = ["bigint", "number", "string"].includes(typeof written) ? String(written) : "";
  if (!/^-?\d{1,20}$/.test(text) || !isInt64(BigInt(text)))
    throw invalid(`The intValue ${text === "" ? typeof written : text.slice(0, 80)} of an attribute is not a whole number of 64 bits.`);
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}

/** Protobuf's JSON has doubles as numbers, or in texts. */
function doubleOf(written: unknown): number | string {
  if (typeof written === "number") return written;
  if (typeof written === "bigint") return Number(written);
  const value = typeof written === "string" && written.trim() !== "" ? Number(written) : Number.NaN;
  if (!Number.isNaN(value) || written === "NaN") return doubleForJson(value);
  throw invalid(`The doubleValue ${JSON.stringify(written)} of an attribute is not a number.`);
}

function timeOf(fields: Fields, name: string): bigint {
  const written = fields[name] ?? 0;
  if (typeof written === "bigint") return written;
  const text = typeof written === "number" || typeof written === "string" ? String(written) : "";
  if (!/^\d{1,20}$/.test(text)) throw invalid(`${name} of a span is not a time in nanoseconds.`);
  return BigInt(text);
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name] ?? "";
  if (typeof value === "string") return value;
  throw invalid(`${name} of a span is not a text.`);
}

function listOf(of: unknown, name: string): unknown[] {
  return asList(objectOf(of, "An ExportTraceServiceRequest, or a part of it,")[name], name);
}

function asList(value: unknown, name: string): unknown[] {
  const list = value ?? [];
  if (Array.isArray(list)) return list as unknown[];
  throw invalid(`${name} of an ExportTraceServiceRequest is not a list.`);
}

function objectOf(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(`${name} is not a JSON object.`);
}
