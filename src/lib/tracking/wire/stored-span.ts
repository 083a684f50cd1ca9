import { parseExactJson } from "../../base/slices/exact-json.js";

type Fields = Record<string, unknown>;

/**
 * The content of a stored span in the JSON of OpenTelemetry's protobuf, as traces/batchGet answers it: ids in base64, 64-bit numbers as
 * texts. Undefined for content that is not a span's.
 */
export function storedSpanToWire(content: string): object | undefined {
  const span = parse(content);
  if (!isObject(span) || !isText(span["trace_id"]) || !isText(span["span_id"])) return undefined;
  const status = isObject(span["status"]) ? span["status"] : {};
  return {
    ...{
      trace_id: span["trace_id"],
      span_id: span["span_id"],
      parent_span_id: span["parent_span_id"] ?? undefined,
      name: textOf(span["name"]),
    },
    start_time_unix_nano: toTime(span["start_time_unix_nano"]),
    end_time_unix_nano: toTime(span["end_time_unix_nano"]),
    attributes: toPairs(span["attributes"], parse),
    events: listOf(span["events"]).map((event) => ({
      ...{ name: textOf(event["name"]), time_unix_nano: toTime(event["time_unix_nano"]) },
      attributes: toPairs(event["attributes"], (value) => value),
    })),
    status: { code: textOf(status["code"]) || "STATUS_CODE_UNSET", message: textOf(status["message"]) || undefined },
  };
}

/** Values of a span's own attributes are JSON in texts; those of its events are not. */
function toPairs(attributes: unknown, read: (value: unknown) => unknown): object[] {
  if (!isObject(attributes)) return [];
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(read(value)) }));
}

function toAnyValue(value: unknown): object {
  if (typeof value === "string") return { string_value: value };
  if (typeof value === "boolean") return { bool_value: value };
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return { int_value: String(value) };
  if (typeof value === "number") return { double_value: value };
  if (Array.isArray(value)) return { array_value: { values: value.map(toAnyValue) } };
  if (isObject(value)) return { kvlist_value: { values: toPairs(value, (inner) => inner) } };
  return {};
}

function toTime(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

function parse(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function textOf(value: unknown): string {
  return isText(value) ? value : "";
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
