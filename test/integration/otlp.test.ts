import { gzipSync } from "node:zlib";
import { trace as api, ROOT_CONTEXT, type Attributes } from "@opentelemetry/api";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { emptySpan, type OtlpSpan } from "../../src/lib/tracking/otlp/otlp-span.js";
import { trackingServer, type TestServer } from "../helpers/tracking-server.js";
import { webServer } from "../helpers/web-server.js";
import { withDatabase } from "../helpers/query-store.js";

const HEADERS = { "x-mlflow-experiment-id": "0" };
const START = new Date("2026-05-01T10:00:00.123Z");

/** A chat with a tool call, as an instrumented program sends it through one of OpenTelemetry's own exporters. Returns the trace's id. */
async function send(exporter: ProtobufExporter | JsonExporter, attributes: Attributes = {}): Promise<string> {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("test");
  const root = tracer.startSpan("answer a question", {
    startTime: START,
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: "How warm is it in Köln?" }] }]),
      "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: "21 °C" }] }]),
      ...attributes,
    },
  });
  const context = api.setSpan(ROOT_CONTEXT, root);
  const child = tracer.startSpan(
    "execute_tool weather",
    { startTime: START, attributes: { "gen_ai.operation.name": "execute_tool" } },
    context,
  );
  child.addEvent("retried", { attempt: 2 }, new Date(START.getTime() + 5));
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enumeration of another copy of the API is another type
  child.setStatus({ code: 2, message: "timeout" });
  child.end(new Date(START.getTime() + 10));
  root.setAttribute("gen_ai.usage.input_tokens", 12);
  root.setAttribute("gen_ai.usage.output_tokens", 5);
  root.end(new Date(START.getTime() + 250));
  await provider.forceFlush();
  await provider.shutdown();
  return `tr-${root.spanContext().traceId}`;
}

const EXPORTERS = {
  protobuf: (url: string) => new ProtobufExporter({ url: `${url}/v1/traces`, headers: HEADERS }),
  "protobuf, gzipped": (url: string) =>
    new ProtobufExporter({ url: `${url}/v1/traces`, headers: HEADERS, compression: CompressionAlgorithm.GZIP }),
  JSON: (url: string) => new JsonExporter({ url: `${url}/v1/traces`, headers: HEADERS }),
};

async function post({ url }: TestServer, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...HEADERS, ...headers },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  const text = await response.text();
  return { status: response.status, text };
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
function spanJson(more: object = {}) {
  return { traceId: TRACE, spanId: "b7ad6b7169203331", name: "n", startTimeUnixNano: "1790000000000000001", ...more };
}
const request = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

describe("spans by OpenTelemetry's protocol", () => {
  it.each(Object.entries(EXPORTERS))("become a trace, as %s", async (_name, exporter) => {
    const server = await webServer();
    const id = await send(exporter(server.url));
    expect(await server.store.traces.get(id)).toMatchObject({
      ...{ experimentId: "0", requestTimeMs: START.getTime(), durationMs: 250, state: "OK" },
      ...{ requestPreview: "How warm is it in Köln?", responsePreview: "21 °C" },
      tags: { "mlflow.traceName": "answer a question", "mlflow.trace.spansLocation": "TRACKING_STORE" },
      metadata: { "mlflow.trace.tokenUsage": JSON.stringify({ input_tokens: 12, output_tokens: 5, total_tokens: 17 }) },
    });
    const { spans } = (await (await fetch(`${server.url}/api/llmops/1/traces/spans?trace_id=${id}`)).json()) as any;
    expect(spans).toMatchObject([
      { name: "answer a question", type: "AGENT", parent_id: null, start_ms: 0, duration_ms: 250 },
      { name: "execute_tool weather", type: "TOOL", status: "ERROR", message: "timeout", duration_ms: 10 },
    ]);
    expect(spans[1].events).toEqual([{ name: "retried", at_ms: 5, attributes: { attempt: 2 } }]);
  });

  it.each(Object.entries(EXPORTERS))("are told to who watches the store, as %s", async (_name, exporter) => {
    const server = await webServer();
    const events = await fetch(`${server.url}/api/llmops/1/events`);
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    await send(exporter(server.url));
    let heard = "";
    while (!heard.includes('"traces":true')) heard += (await reader.read()).value ?? expect.fail("the stream ended");
    await reader.cancel();
  });

  it("are given back as they came, to clients of MLflow", async () => {
    const server = await trackingServer();
    await post(server, request(spanJson({ attributes: [{ key: "n", value: { intValue: "9007199254740993" } }], status: { code: 1 } })));
    const answer = await fetch(`${server.url}/api/3.0/mlflow/traces/batchGet?trace_ids=tr-${TRACE}`);
    const { traces } = (await answer.json()) as any;
    expect(traces[0].spans).toEqual([
      {
        ...{ trace_id: Buffer.from(TRACE, "hex").toString("base64"), span_id: "t61rcWkgMzE=", name: "n" },
        ...{ start_time_unix_nano: "1790000000000000001", status: { code: "STATUS_CODE_OK" }, events: [] },
        attributes: [
          { key: "mlflow.traceRequestId", value: { string_value: `tr-${TRACE}` } },
          { key: "n", value: { int_value: "9007199254740993" } },
        ],
      },
    ]);
  });

  it("are in progress until their root has ended, and count once however often they are sent", async () => {
    const server = await trackingServer();
    const usage = [{ key: "gen_ai.usage.input_tokens", value: { intValue: 7 } }];
    await post(server, request(spanJson()));
    const state = async () => (await server.store.traces.get(`tr-${TRACE}`)).state;
    expect(await state()).toBe("IN_PROGRESS");
    const ended = request(spanJson({ endTimeUnixNano: "1790000000500000000", attributes: usage }));
    for (let i = 0; i < 3; i++) expect(await post(server, ended)).toEqual({ status: 200, text: "{}" });
    expect(await state()).toBe("OK");
    const { metadata, durationMs } = await server.store.traces.get(`tr-${TRACE}`);
    expect([durationMs, metadata["mlflow.trace.tokenUsage"]]).toEqual([500, '{"input_tokens":7,"output_tokens":0,"total_tokens":7}']);
    expect((await server.store.traces.storedSpans(`tr-${TRACE}`, 10)).total).toBe(1);
  });

  it("say the tokens of their trace once: those of calls are within what their agent says, whoever comes first", async () => {
    const usage = (tokens: number) => ({ attributes: [{ key: "gen_ai.usage.input_tokens", value: { intValue: tokens } }] });
    const agent = spanJson({ spanId: "a".repeat(16), ...usage(10) });
    const step = spanJson({ spanId: "b".repeat(16), parentSpanId: "a".repeat(16) });
    const calls = ["c", "d"].map((id) => spanJson({ spanId: id.repeat(16), parentSpanId: "b".repeat(16), ...usage(5) }));
    for (const spans of [
      [...calls, step, agent],
      [agent, step, ...calls],
    ]) {
      const server = await trackingServer();
      for (const span of spans) expect((await post(server, request(span))).status).toBe(200);
      const { metadata } = await server.store.traces.get(`tr-${TRACE}`);
      expect(JSON.parse(metadata["mlflow.trace.tokenUsage"] ?? "")).toEqual({ input_tokens: 10, output_tokens: 0, total_tokens: 10 });
    }
  });

  it("add nothing to the tokens that a client has said of the trace before", async () => {
    const server = await trackingServer();
    const said = { input_tokens: 7, output_tokens: 0, total_tokens: 7 };
    await server.store.traces.put({
      ...{ traceId: `tr-${TRACE}`, experimentId: "0", requestTimeMs: 1, durationMs: 1, state: "OK", clientRequestId: null, tags: {} },
      ...{ requestPreview: null, responsePreview: null, metadata: { "mlflow.trace.tokenUsage": JSON.stringify(said) } },
    });
    await post(
      server,
      request(spanJson({ attributes: [{ key: "mlflow.chat.tokenUsage", value: { stringValue: JSON.stringify(said) } }] })),
    );
    const { metadata } = await server.store.traces.get(`tr-${TRACE}`);
    expect(JSON.parse(metadata["mlflow.trace.tokenUsage"] ?? "")).toEqual(said);
  });

  it("say the tokens that are in the store, whoever wrote them and whatever was not written after all", async () => {
    const server = await trackingServer();
    const span = (id: string, tokens: number): OtlpSpan => ({
      ...{ ...emptySpan(), traceId: TRACE, spanId: id.repeat(16), startNs: 1n },
      attributes: { "gen_ai.usage.input_tokens": tokens },
    });
    const total = async () => {
      const { metadata } = await server.store.traces.get(`tr-${TRACE}`);
      return (JSON.parse(metadata["mlflow.trace.tokenUsage"] ?? "") as { total_tokens: number }).total_tokens;
    };
    await server.store.traces.logSpans("0", [span("a", 1)]);
    const another = openLocalStore(server.folder, { create: false });
    await another.traces.logSpans("0", [span("a", 10)]);
    await another.close();
    await server.store.traces.logSpans("0", [span("b", 100)]);
    expect(await total()).toBe(110);
    const refused = { ...span("c", 0), traceId: "f".repeat(32), status: null as never };
    await expect(server.store.traces.logSpans("0", [span("a", 5000), refused])).rejects.toThrow("NOT NULL");
    await server.store.traces.logSpans("0", [span("d", 1000)]);
    expect(await total()).toBe(1110);
  });

  it("say nothing of tokens any more where none of them does", async () => {
    const server = await trackingServer();
    const usage = [{ key: "gen_ai.usage.input_tokens", value: { intValue: 7 } }];
    await post(server, request(spanJson({ attributes: usage })));
    await post(server, request(spanJson()));
    expect((await server.store.traces.get(`tr-${TRACE}`)).metadata).toEqual({});
  });

  it.each([2n ** 63n, -(2n ** 63n) - 1n, 10n ** 19n * 9n])("are refused with an integer that 64 bits do not have: %i", async (value) => {
    const server = await trackingServer();
    const attributes = [{ key: "n", value: { intValue: String(value) } }];
    expect((await post(server, request(spanJson({ attributes })))).status).toBe(400);
  });

  it("are searched beside others whose content is broken", async () => {
    const server = await trackingServer();
    const attributes = [{ key: "kind", value: { stringValue: "good" } }];
    await post(server, request(spanJson({ attributes })));
    await post(server, request(spanJson({ traceId: "a".repeat(32) })));
    withDatabase(server.folder, (database) => database.exec("UPDATE spans SET content = '{bad' WHERE trace_id LIKE 'tr-aaa%'"));
    const { items } = await server.store.traces.search(["0"], { filter: "span.attributes.kind = 'good'", maxResults: 10 });
    expect(items.map(({ traceId }) => traceId)).toEqual([`tr-${TRACE}`]);
  });

  it("keep numbers as they are written, also in messages, and those that JSON does not have", async () => {
    const server = await webServer();
    const messages = '[{"role": "user", "content": 9007199254740993}]';
    const attributes = [
      { key: "gen_ai.input.messages", value: { stringValue: messages } },
      { key: "loss", value: { doubleValue: "NaN" } },
      { key: "rate", value: { doubleValue: "1.5" } },
    ];
    await post(server, request(spanJson({ attributes })));
    const answer = await (await fetch(`${server.url}/api/llmops/1/traces/spans?trace_id=tr-${TRACE}`)).text();
    expect(answer).toContain('"inputs":[{"role":"user","content":9007199254740993}]');
    expect(JSON.parse(answer)).toMatchObject({ spans: [{ attributes: { loss: "NaN", rate: 1.5 } }] });
  });

  it("are searched by what any of them has", async () => {
    const server = await trackingServer();
    const kind = [{ key: "gen_ai.request.model", value: { stringValue: "qwen" } }];
    await post(
      server,
      request(spanJson({ attributes: kind }), spanJson({ spanId: "00f067aa0ba902b7", name: "tool's", traceId: "f".repeat(32) })),
    );
    const found = async (filter: string) => {
      const { items } = await server.store.traces.search(["0"], { filter, maxResults: 10 });
      return items.map(({ traceId }) => traceId.slice(0, 6));
    };
    expect(await found("span.attributes.gen_ai.request.model = 'qwen'")).toEqual(["tr-0af"]);
    expect(await found("span.name LIKE 'tool%' AND span.status = 'UNSET'")).toEqual(["tr-fff"]);
    expect(await found("span.content ILIKE '%QWEN%'")).toEqual(["tr-0af"]);
    expect(await found("trace.text LIKE '%qwen%'")).toEqual(["tr-0af"]);
    await expect(found("span.color = 'x'")).rejects.toThrow("Invalid span key 'color'");
  });

  it("are refused where they are none, with what is wrong, and nothing of them is kept", async () => {
    const server = await trackingServer();
    const refused: [body: string | Buffer, headers: Record<string, string>, says: RegExp][] = [
      [request(spanJson()), { "x-mlflow-experiment-id": "" }, /x-mlflow-experiment-id/],
      [request(spanJson()), { "x-mlflow-experiment-id": "77" }, /77/],
      [request(spanJson()), { "content-type": "text/plain" }, /Content-Type must be one of/],
      [request(spanJson(), spanJson({ traceId: "0".repeat(32) })), {}, /trace_id/],
      [request(spanJson({ spanId: "xyz" })), {}, /span_id 'xyz'/],
      [request(spanJson({ endTimeUnixNano: "5" })), {}, /ends at 5 ns/],
      [request(spanJson({ startTimeUnixNano: "99999999999999999999" })), {}, /not a time/],
      ['{"resourceSpans":7}', {}, /resourceSpans/],
      ["{", {}, /JSON/],
      [Buffer.from([10, 200, 1, 2]), { "content-type": "application/x-protobuf" }, /protobuf/],
      [Buffer.from("not gzip"), { "content-encoding": "gzip" }, /gzip/],
      [gzipSync(Buffer.alloc(40 * 2 ** 20)), { "content-encoding": "gzip" }, /large/i],
    ];
    for (const [body, headers, says] of refused) {
      const { status, text } = await post(server, body, headers);
      expect([status >= 400 && status < 500, text]).toEqual([true, expect.stringMatching(says)]);
    }
    expect((await server.store.traces.search(["0"], { maxResults: 10 })).items).toEqual([]);
  });

  it("of any bytes are read, or refused with 400", async () => {
    const server = await trackingServer();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 80 }).map((inner) => nested(inner)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const { status } = await post(server, Buffer.from(body), { "content-type": "application/x-protobuf" });
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });
});

/** Bytes where a span belongs: ExportTraceServiceRequest.resource_spans[0].scope_spans[0].spans[0]. */
function nested(span: Uint8Array): Uint8Array {
  const wrap = (tag: number, inner: Uint8Array) => Uint8Array.from([tag, inner.length, ...inner]);
  return wrap(10, wrap(18, wrap(18, span)));
}
