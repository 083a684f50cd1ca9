import { exactJsonText } from "../../base/slices/exact-json.js";
import type { NewSpan } from "../trace-records.js";
import { MLFLOW, mlflowAttributes, usageOf } from "./conventions.js";
import type { OtlpAttributes, OtlpSpan, OtlpValue } from "./otlp-span.js";

/** A span as a store keeps it. */
export function toSpan(span: OtlpSpan): NewSpan {
  const attributes = withMlflowNames(span);
  const type = attributes[MLFLOW.type];
  return {
    ...{ traceId: `tr-${span.traceId}`, spanId: span.spanId, parentId: span.parentId, name: span.name, status: span.status },
    type: typeof type === "string" ? type : "UNKNOWN",
    ...{ startNs: span.startNs, endNs: span.endNs, content: contentOf(span) },
    ...{ request: previewOf(attributes[MLFLOW.inputs]), response: previewOf(attributes[MLFLOW.outputs]) },
    usage: usageOf(attributes) ?? null,
  };
}

/** A span as MLflow's own server, and traces.json, have it: the JSON of Span.to_dict of mlflow/entities/span.py. */
export function contentOf(span: OtlpSpan): string {
  return exactJsonText({
    ...{ trace_id: toBase64(span.traceId), span_id: toBase64(span.spanId) },
    parent_span_id: span.parentId === null ? null : toBase64(span.parentId),
    ...{ name: span.name, start_time_unix_nano: span.startNs, end_time_unix_nano: span.endNs },
    events: span.events.map(({ name, timeNs, attributes }) => ({ name, time_unix_nano: timeNs, attributes })),
    status: { code: `STATUS_CODE_${span.status}`, message: span.message },
    attributes: Object.fromEntries(Object.entries(withMlflowNames(span)).map(([key, value]) => [key, exactJsonText(value)])),
  });
}

function withMlflowNames({ traceId, attributes }: OtlpSpan): OtlpAttributes {
  return { [MLFLOW.traceId]: `tr-${traceId}`, ...mlflowAttributes(attributes), ...attributes };
}

/** What people are shown of inputs or outputs: the last message's text where they are messages of a chat, otherwise all as JSON. */
function previewOf(value: OtlpValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  const message = messagesOf(value)?.at(-1);
  return (message === undefined ? undefined : textOf(message)) ?? exactJsonText(value);
}

function messagesOf(value: OtlpValue): OtlpValue[] | undefined {
  if (Array.isArray(value)) return value.every((one) => fieldOf(one, "role") !== undefined) ? value : undefined;
  const inner = fieldOf(value, "messages");
  if (Array.isArray(inner)) return inner;
  const choices = fieldOf(value, "choices");
  const message = Array.isArray(choices) ? fieldOf(choices[0], "message") : undefined;
  return message === undefined ? undefined : [message];
}

/** The text of a message of OpenAI's, or of the GenAI conventions, which have it in parts. */
function textOf(message: OtlpValue): string | undefined {
  const content = fieldOf(message, "content");
  if (typeof content === "string") return content;
  const parts = [content, fieldOf(message, "parts")].find((value) => Array.isArray(value)) ?? [];
  const texts = parts.map((part) => fieldOf(part, "text") ?? fieldOf(part, "content")).filter((text) => typeof text === "string");
  return texts.length > 0 ? texts.join("\n") : undefined;
}

function fieldOf(value: OtlpValue | undefined, name: string): OtlpValue | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function toBase64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}
