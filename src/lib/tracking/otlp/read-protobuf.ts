import { PbfReader } from "pbf";
import { messageOf } from "../../base/errors/llmops-error.js";
import type { Steps } from "../../base/slices/slices.js";
import { invalid, MlflowError } from "../mlflow-error.js";
import {
  checkSpan,
  emptySpan,
  noAttributes,
  doubleForJson,
  toStatus,
  type OtlpAttributes,
  type OtlpSpan,
  type OtlpValue,
} from "./otlp-span.js";

/** Values within values: more than any exporter nests, few enough for the stack. */
const MOST_DEPTH = 64;

/**
 * The spans of an ExportTraceServiceRequest in protobuf (opentelemetry-proto 1.x: collector/trace/v1, trace/v1, common/v1), a span a step.
 * Throws INVALID_PARAMETER_VALUE for bytes that are none.
 */
export function* readProtobufSpans(bytes: Uint8Array): Steps<OtlpSpan[]> {
  const written: Uint8Array[] = [];
  guarded(() => readWhole(bytes, readRequest, written));
  const spans: OtlpSpan[] = [];
  for (const one of written) {
    spans.push(checkSpan(guarded(() => readWhole(one, readSpan, emptySpan()))));
    yield;
  }
  return spans;
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof MlflowError) throw cause;
    throw invalid(`The body is not a protobuf ExportTraceServiceRequest: ${messageOf(cause)}.`);
  }
}

type ReadField<T> = (tag: number, into: T, reader: PbfReader) => void;

function readWhole<T>(bytes: Uint8Array, read: ReadField<T>, into: T): T {
  const reader = new PbfReader(bytes);
  return readUntil(reader, bytes.length, read, into);
}

/** A message ends where its length says, and so does all that is in it: what was cut off is not taken for a shorter one. */
function readUntil<T>(reader: PbfReader, end: number, read: ReadField<T>, into: T): T {
  if (end > reader.length) throw new SyntaxError("it is cut off");
  reader.readFields(read, into, end);
  if (reader.pos !== end) throw new SyntaxError("a field is longer than what it is in");
  return into;
}

function message<T>(reader: PbfReader, read: ReadField<T>, into: T): T {
  return readUntil(reader, reader.readVarint() + reader.pos, read, into);
}

const readRequest: ReadField<Uint8Array[]> = (tag, spans, reader) => {
  if (tag === 1) message(reader, readResourceSpans, spans);
};

const readResourceSpans: ReadField<Uint8Array[]> = (tag, spans, reader) => {
  if (tag === 2) message(reader, readScopeSpans, spans);
};

const readScopeSpans: ReadField<Uint8Array[]> = (tag, spans, reader) => {
  if (tag === 2) spans.push(reader.readBytes());
};

const SPAN_FIELDS: Record<number, (span: OtlpSpan, reader: PbfReader) => void> = {
  1: (span, reader) => (span.traceId = hex(reader.readBytes())),
  2: (span, reader) => (span.spanId = hex(reader.readBytes())),
  4: (span, reader) => (span.parentId = hex(reader.readBytes()) || null),
  5: (span, reader) => (span.name = reader.readString()),
  7: (span, reader) => (span.startNs = readFixed64(reader)),
  8: (span, reader) => (span.endNs = readFixed64(reader) || null),
  9: (span, reader) => readAttribute(reader, span.attributes, 0),
  11: (span, reader) => span.events.push(message(reader, readEvent, { name: "", timeNs: 0n, attributes: noAttributes() })),
  15: (span, reader) => message(reader, readStatus, span),
};

const readSpan: ReadField<OtlpSpan> = (tag, span, reader) => {
  SPAN_FIELDS[tag]?.(span, reader);
};

const readEvent: ReadField<OtlpSpan["events"][number]> = (tag, event, reader) => {
  if (tag === 1) event.timeNs = readFixed64(reader);
  if (tag === 2) event.name = reader.readString();
  if (tag === 3) readAttribute(reader, event.attributes, 0);
};

const readStatus: ReadField<OtlpSpan> = (tag, span, reader) => {
  if (tag === 2) span.message = reader.readString() || null;
  if (tag === 3) span.status = toStatus(reader.readVarint());
};

function readAttribute(reader: PbfReader, attributes: OtlpAttributes, depth: number): void {
  const pair = { key: "", value: null as OtlpValue };
  message(
    reader,
    (tag, into: typeof pair) => {
      if (tag === 1) into.key = reader.readString();
      if (tag === 2) into.value = readValue(reader, depth + 1);
    },
    pair,
  );
  attributes[pair.key] = pair.value;
}

function readValue(reader: PbfReader, depth: number): OtlpValue {
  if (depth > MOST_DEPTH) throw new SyntaxError(`values are nested deeper than ${MOST_DEPTH}`);
  const box = { value: null as OtlpValue };
  message(
    reader,
    (tag, into: typeof box) => {
      const value = readOneOf(tag, reader, depth);
      if (value !== undefined) into.value = value;
    },
    box,
  );
  return box.value;
}

function readOneOf(tag: number, reader: PbfReader, depth: number): OtlpValue | undefined {
  switch (tag) {
    case 1:
      return reader.readString();
    case 2:
      return reader.readBoolean();
    case 3:
      return readInt64(reader);
    case 4:
      return doubleForJson(reader.readDouble());
    case 5:
      return message(reader, (inner, list: OtlpValue[]) => void (inner === 1 && list.push(readValue(reader, depth + 1))), []);
    case 6:
      return message(reader, (inner, pairs: OtlpAttributes) => void (inner === 1 && readAttribute(reader, pairs, depth)), noAttributes());
    case 7:
      return Buffer.from(reader.readBytes()).toString("base64");
    default:
      return undefined;
  }
}

/** Nanoseconds since 1970 are beyond what a double tells apart. */
function readFixed64(reader: PbfReader): bigint {
  const value = reader.dataView.getBigUint64(reader.pos, true);
  reader.pos += 8;
  return value;
}

function readInt64(reader: PbfReader): number | bigint {
  let bits = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.buf[reader.pos++];
    if (byte === undefined) throw new SyntaxError("it is cut off");
    bits |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return toNumber(BigInt.asIntN(64, bits));
  }
  throw new SyntaxError("a number has more than 64 bits");
}

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
