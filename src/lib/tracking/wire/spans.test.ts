import fc from "fast-check";
import { expect, it } from "vitest";
import { readSpans } from "./spans.js";

const START = 1_790_000_000_000_000_000;

it("reads spans as clients of MLflow 3 write them", () => {
  const spans = readSpans([
    {
      ...{ trace_id: "dHI=", span_id: "Yg==", parent_span_id: "YQ==", name: "model", start_time_unix_nano: START + 5_000_000 },
      ...{ end_time_unix_nano: START + 25_000_000, status: { code: "STATUS_CODE_ERROR", message: "too long" } },
      attributes: {
        "mlflow.spanType": '"LLM"',
        "mlflow.spanInputs": '{"q":1}',
        "mlflow.spanOutputs": '"yes"',
        temperature: "0.5",
        plain: "a b",
      },
      events: [{ name: "exception", time_unix_nano: START + 20_000_000, attributes: { "exception.type": "ValueError" } }],
    },
    {
      span_id: "YQ==",
      parent_span_id: null,
      name: "root",
      start_time_unix_nano: START,
      end_time_unix_nano: null,
      status: { code: "STATUS_CODE_OK" },
    },
  ]);
  expect(spans).toEqual([
    {
      ...{ spanId: "YQ==", parentId: null, name: "root", type: null, startMs: 0, durationMs: null, status: "OK", message: null },
      ...{ inputs: null, outputs: null, attributes: {}, events: [] },
    },
    {
      ...{ spanId: "Yg==", parentId: "YQ==", name: "model", type: "LLM", startMs: 5, durationMs: 20, status: "ERROR", message: "too long" },
      ...{ inputs: { q: 1 }, outputs: "yes", attributes: { temperature: 0.5, plain: "a b" } },
      events: [{ name: "exception", atMs: 20, attributes: { "exception.type": "ValueError" } }],
    },
  ]);
});

it("reads times that are texts, as Protobuf's JSON has numbers of 64 bits", () => {
  const [span] = readSpans([
    { span_id: "a", name: "n", start_time_unix_nano: String(START), end_time_unix_nano: String(START + 2_000_000) },
    { span_id: "b", name: "no time", start_time_unix_nano: "soon" },
  ]);
  expect(span).toMatchObject({ spanId: "a", startMs: 0, durationMs: 2 });
});

it("reads spans as clients of MLflow 2 write them", () => {
  const [span] = readSpans([
    {
      ...{ name: "predict", context: { span_id: "a", trace_id: "t" }, parent_id: null, start_time: START, end_time: START + 1_500_000 },
      ...{ status_code: "OK", status_message: "", attributes: { "mlflow.spanType": '"CHAIN"' } },
      events: [{ name: "e", timestamp: START / 1000, attributes: {} }],
    },
  ]);
  expect(span).toMatchObject({ spanId: "a", parentId: null, type: "CHAIN", durationMs: 1.5, status: "OK", message: null });
  expect(span?.events).toEqual([{ name: "e", atMs: 0, attributes: {} }]);
});

it("takes anything for what it is: no span of what is none, and times that begin with 0 and do not fall", () => {
  const time = fc.oneof(fc.integer({ min: START, max: START + 1e15 }), fc.jsonValue());
  const field = {
    span_id: fc.oneof(fc.string(), fc.jsonValue()),
    start_time_unix_nano: time,
    end_time_unix_nano: time,
    events: fc.jsonValue(),
  };
  const written = fc.oneof(fc.jsonValue(), fc.record({ ...field, attributes: fc.jsonValue(), status: fc.jsonValue() }));
  fc.assert(
    fc.property(fc.array(written), (list) => {
      const spans = readSpans(list);
      expect(spans.length).toBeLessThanOrEqual(list.length);
      if (spans.length > 0) expect(spans[0]?.startMs).toBe(0);
      for (const [i, { startMs, durationMs }] of spans.entries()) {
        expect(startMs).toBeGreaterThanOrEqual(spans[i - 1]?.startMs ?? 0);
        if (durationMs !== null) expect(durationMs).toBeGreaterThanOrEqual(0);
      }
    }),
    { endOnFailure: true },
  );
});
