import { parseExactJson } from "../../base/slices/exact-json.js";
import { checkSpan, noAttributes, type OtlpAttributes, type OtlpSpan, type OtlpValue } from "./otlp-span.js";

type Fields = Record<string, unknown>;

/**
 * A span as stores and the artifact traces.json have it: the JSON of Span.to_dict of mlflow/entities/span.py, of MLflow 3, or of MLflow 2
 * with its times and ids. Undefined for what is none.
 */
export function spanOfContent(written: unknown): OtlpSpan | undefined {
  if (!isObject(written)) return undefined;
  const startNs = timeOf(written["start_time_unix_nano"] ?? written["start_time"]);
  if (startNs === undefined) return undefined;
  const span: OtlpSpan = {
    ...idsOf(written),
    name: textOf(written["name"]) ?? "",
    ...{ startNs, endNs: timeOf(written["end_time_unix_nano"] ?? written["end_time"]) ?? null },
    ...statusOf(written),
    attributes: attributesOf(written["attributes"], fromJson),
    events: listOf(written["events"]).map(eventOf),
  };
  return isSpan(span) ? span : undefined;
}

function idsOf(written: Fields): Pick<OtlpSpan, "traceId" | "spanId" | "parentId"> {
  const context = isObject(written["context"]) ? written["context"] : {};
  const parent = hexOf(written["parent_span_id"] ?? written["parent_id"], 8);
  return {
    traceId: hexOf(written["trace_id"] ?? context["trace_id"], 16),
    spanId: hexOf(written["span_id"] ?? context["span_id"], 8),
    parentId: parent === "" ? null : parent,
  };
}

/** The JSON of a span; undefined for what is not JSON. */
export function parseContent(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function isSpan(span: OtlpSpan): boolean {
  try {
    checkSpan(span);
    return true;
  } catch {
    return false;
  }
}

function statusOf({ status, status_code: code, status_message: message }: Fields): Pick<OtlpSpan, "status" | "message"> {
  const written = isObject(status) ? status : { code: status ?? code, message };
  const [word] = /OK|ERROR/.exec(String(written["code"])) ?? [];
  return { status: word === "OK" || word === "ERROR" ? word : "UNSET", message: textOf(written["message"]) ?? null };
}

/** OpenTelemetry's time 0 is one that is not known. */
function eventOf(event: Fields): OtlpSpan["events"][number] {
  const timeNs = timeOf(event["time_unix_nano"] ?? event["timestamp"]) ?? 0n;
  return { name: textOf(event["name"]) ?? "", timeNs, attributes: attributesOf(event["attributes"], (value) => value as OtlpValue) };
}

function attributesOf(written: unknown, read: (value: unknown) => OtlpValue): OtlpAttributes {
  const attributes = noAttributes();
  if (isObject(written)) for (const [key, value] of Object.entries(written)) attributes[key] = read(value);
  return attributes;
}

/** Values of a span's own attributes are JSON in texts. */
function fromJson(value: unknown): OtlpValue {
  if (typeof value !== "string") return value as OtlpValue;
  try {
    return parseExactJson(value) as OtlpValue;
  } catch {
    return value;
  }
}

function timeOf(written: unknown): bigint | undefined {
  if (typeof written === "bigint") return written;
  const text = typeof written === "number" || typeof written === "string" ? String(written) : "";
  return /^\d{1,20}$/.test(text) && !/^0+$/.test(text) ? BigInt(text) : undefined;
}

/** An id in hexadecimal: written so, with 0x before it, or in base64; empty where it is none of so many bytes. */
function hexOf(written: unknown, bytes: number): string {
  if (typeof written !== "string") return "";
  const [, digits] = /^(?:0x)?([0-9a-f]+)$/i.exec(written) ?? [];
  if (digits !== undefined && (written.startsWith("0x") || digits.length === 2 * bytes))
    return digits.toLowerCase().padStart(2 * bytes, "0");
  const decoded = Buffer.from(written, "base64");
  return decoded.length === bytes ? decoded.toString("hex") : "";
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
