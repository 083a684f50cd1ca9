/** A value as OpenTelemetry's protobuf has it in JSON. */
interface AnyValue {
  string_value?: string;
  bool_value?: boolean;
  int_value?: number | string;
  double_value?: number | string;
  array_value?: { values?: AnyValue[] };
  kvlist_value?: { values?: Attribute[] };
}

interface Attribute {
  key: string;
  value?: AnyValue;
}

/** A span as traces/batchGet of MLflow 3.6 answers it. */
export interface WireSpan {
  trace_id: string;
  span_id: string;
  parent_span_id?: string;
  name?: string;
  start_time_unix_nano?: number | string;
  end_time_unix_nano?: number | string;
  status?: { code?: string; message?: string };
  attributes?: Attribute[];
  events?: { name?: string; time_unix_nano?: number | string; attributes?: Attribute[] }[];
}

/** A span as MLflow's clients write it into the artifact traces.json: values of attributes are JSON in texts. */
export function spanToJson(span: WireSpan): object {
  return {
    trace_id: span.trace_id,
    span_id: span.span_id,
    parent_span_id: span.parent_span_id || null,
    name: span.name ?? "",
    start_time_unix_nano: span.start_time_unix_nano ?? 0,
    end_time_unix_nano: span.end_time_unix_nano ?? null,
    status: { code: span.status?.code ?? "STATUS_CODE_UNSET", message: span.status?.message ?? "" },
    attributes: Object.fromEntries((span.attributes ?? []).map(({ key, value }) => [key, JSON.stringify(plain(value))])),
    events: (span.events ?? []).map((event) => ({
      ...{ name: event.name ?? "", time_unix_nano: event.time_unix_nano ?? 0 },
      attributes: Object.fromEntries((event.attributes ?? []).map(({ key, value }) => [key, plain(value)])),
    })),
  };
}

function plain(value: AnyValue = {}): unknown {
  const { string_value: text, bool_value: flag, int_value: whole, double_value: double, array_value: array, kvlist_value: map } = value;
  if (array) return (array.values ?? []).map(plain);
  if (map) return Object.fromEntries((map.values ?? []).map(({ key, value: one }) => [key, plain(one)]));
  return text ?? flag ?? (whole === undefined ? undefined : Number(whole)) ?? (double === undefined ? null : Number(double));
}
