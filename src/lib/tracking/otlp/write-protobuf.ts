import { PbfWriter } from "pbf";
import { isInt64, type OtlpAttributes, type OtlpSpan, type OtlpValue } from "./otlp-span.js";

const STATUS = { UNSET: 0, OK: 1, ERROR: 2 } as const;
/** Eight bytes, in the wire format of protobuf. */
const FIXED64 = 1;
const VARINT = 0;

/** Spans as an ExportTraceServiceRequest in protobuf (opentelemetry-proto 1.x). */
export function writeProtobufSpans(spans: readonly OtlpSpan[]): Uint8Array {
  const writer = new PbfWriter();
  writer.writeMessage(1, writeResource, spans);
  return writer.finish();
}

function writeResource(spans: readonly OtlpSpan[], writer: PbfWriter): void {
  writer.writeMessage(2, writeScope, spans);
}

function writeScope(spans: readonly OtlpSpan[], writer: PbfWriter): void {
  for (const span of spans) writer.writeMessage(2, writeSpan, span);
}

function writeSpan(span: OtlpSpan, writer: PbfWriter): void {
  writer.writeBytesField(1, Buffer.from(span.traceId, "hex"));
  writer.writeBytesField(2, Buffer.from(span.spanId, "hex"));
  if (span.parentId !== null) writer.writeBytesField(4, Buffer.from(span.parentId, "hex"));
  writer.writeStringField(5, span.name);
  writeFixed64(writer, 7, span.startNs);
  if (span.endNs !== null) writeFixed64(writer, 8, span.endNs);
  writeAttributes(span.attributes, writer, 9);
  for (const event of span.events) writer.writeMessage(11, writeEvent, event);
  writer.writeMessage(15, writeStatus, span);
}

function writeEvent(event: OtlpSpan["events"][number], writer: PbfWriter): void {
  writeFixed64(writer, 1, event.timeNs);
  writer.writeStringField(2, event.name);
  writeAttributes(event.attributes, writer, 3);
}

function writeStatus({ status, message }: OtlpSpan, writer: PbfWriter): void {
  if (message !== null) writer.writeStringField(2, message);
  writer.writeVarintField(3, STATUS[status]);
}

function writeAttributes(attributes: OtlpAttributes, writer: PbfWriter, tag: number): void {
  for (const pair of Object.entries(attributes)) writer.writeMessage(tag, writePair, pair);
}

function writePair([key, value]: [string, OtlpValue], writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeMessage(2, writeValue, value);
}

function writeValue(value: OtlpValue, writer: PbfWriter): void {
  if (typeof value === "string") writer.writeStringField(1, value);
  else if (typeof value === "boolean") writer.writeBooleanField(2, value);
  else if (typeof value === "bigint" ? isInt64(value) : Number.isSafeInteger(value))
    writeInt64(writer, 3, BigInt(value as number | bigint));
  else if (typeof value === "bigint" || typeof value === "number") writer.writeDoubleField(4, Number(value));
  else if (Array.isArray(value)) writer.writeMessage(5, writeList, value);
  else if (value !== null) writer.writeMessage(6, (pairs: OtlpAttributes, inner) => writeAttributes(pairs, inner, 1), value);
}

function writeList(values: readonly OtlpValue[], writer: PbfWriter): void {
  for (const value of values) writer.writeMessage(1, writeValue, value);
}

/** The library's own takes doubles, which nanoseconds since 1970 are beyond. */
function writeFixed64(writer: PbfWriter, tag: number, value: bigint): void {
  writer.writeTag(tag, FIXED64);
  writer.writeFixed32(Number(value & 0xffff_ffffn));
  writer.writeFixed32(Number(value >> 32n));
}

function writeInt64(writer: PbfWriter, tag: number, value: bigint): void {
  writer.writeTag(tag, VARINT);
  let left = BigInt.asUintN(64, value);
  while (left > 0x7fn) {
    writer.writeVarint(0); // a byte of its own, whatever is put into it
    writer.buf[writer.pos - 1] = Number(left & 0x7fn) | 0x80;
    left >>= 7n;
  }
  writer.writeVarint(Number(left));
}
