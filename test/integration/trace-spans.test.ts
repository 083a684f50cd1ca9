import { describe, expect, it } from "vitest";
import type { Trace } from "../../src/lib/tracking/trace-records.js";
import type { TestServer } from "../helpers/tracking-server.js";
import { webServer } from "../helpers/web-server.js";
import { withDatabase } from "../helpers/query-store.js";

const START = 1_790_000_000_000_000_000;

async function traced(): Promise<TestServer & { trace: Trace }> {
  const server = await webServer();
  const trace = await server.store.traces.put({
    ...{ traceId: "tr-1", experimentId: "0", requestTimeMs: 1000, durationMs: 20, state: "OK", clientRequestId: null },
    ...{ requestPreview: "q", responsePreview: "a", metadata: {}, tags: {} },
  });
  return { ...server, trace };
}

function span(id: string, more: object = {}): object {
  const times = { start_time_unix_nano: START, end_time_unix_nano: START + 2_000_000 };
  return { span_id: id, parent_span_id: null, name: id, ...times, status: { code: "STATUS_CODE_OK" }, attributes: {}, events: [], ...more };
}

async function spansOf(url: string, traceId = "tr-1"): Promise<Record<string, any>> {
  return (await fetch(`${url}/api/llmops/1/traces/spans?trace_id=${traceId}`)).json() as Promise<Record<string, any>>;
}

/** As MLflow's own server keeps them. */
function insertSpans(folder: string, spans: readonly [id: string, startNs: number][]): void {
  withDatabase(folder, (database) => {
    const insert = database.prepare(
      "INSERT INTO spans (trace_id, experiment_id, span_id, status, start_time_unix_nano, content) VALUES ('tr-1', 0, ?, 'OK', ?, ?)",
    );
    for (const [id, startNs] of spans) insert.run([id, startNs, JSON.stringify(span(id))]);
  });
}

describe("spans of a trace over HTTP", () => {
  it("come from the artifact that clients write", async () => {
    const { url, store, trace } = await traced();
    const location = trace.tags["mlflow.artifactLocation"] ?? "";
    await store.artifacts.write(
      location,
      "traces.json",
      JSON.stringify({ spans: [span("root"), span("child", { parent_span_id: "root" })] }),
    );
    const { source, total, spans } = await spansOf(url);
    expect([source, total]).toEqual(["artifact", 2]);
    expect(spans[1]).toMatchObject({ span_id: "child", parent_id: "root", start_ms: 0, duration_ms: 2, status: "OK" });
  });

  it("come from the database where MLflow's own server kept them", async () => {
    const { url, folder } = await traced();
    insertSpans(folder, [["a", 1]]);
    expect(await spansOf(url)).toMatchObject({ source: "database", total: 1, spans: [{ span_id: "a" }] });
  });

  it("say how many there are where the database has more than are given", async () => {
    const { url, folder } = await traced();
    insertSpans(
      folder,
      Array.from({ length: 2100 }, (_, i) => [`s${i}`, i]),
    );
    const { total, spans } = await spansOf(url);
    expect([total, spans.length]).toEqual([2100, 2000]);
  });

  it("have numbers digit by digit, however long, and times also where these are long", async () => {
    const { url, store, trace } = await traced();
    const attributes = { "mlflow.spanInputs": '{"id":9007199254740993}' };
    const written = JSON.stringify({ spans: [span("a", { attributes })] });
    await store.artifacts.write(trace.tags["mlflow.artifactLocation"] ?? "", "traces.json", written);
    const answer = await (await fetch(`${url}/api/llmops/1/traces/spans?trace_id=tr-1`)).text();
    expect(answer).toContain('"inputs":{"id":9007199254740993}');
    expect(JSON.parse(answer)).toMatchObject({ spans: [{ duration_ms: 2 }] });
  });

  it("are all there where several have one id, and have no duration where they end before they begin", async () => {
    const { url, store, trace } = await traced();
    const early = span("a", { end_time_unix_nano: 1 });
    await store.artifacts.write(trace.tags["mlflow.artifactLocation"] ?? "", "traces.json", JSON.stringify({ spans: [span("a"), early] }));
    expect(await spansOf(url)).toMatchObject({ total: 2, spans: [{ span_id: "a" }, { span_id: "a (2)", duration_ms: null }] });
  });

  it("are none where nobody kept any, or they lie elsewhere; what cannot be read is refused", async () => {
    const { url, store, trace } = await traced();
    const none = { source: null, total: 0, spans: [] };
    expect(await spansOf(url)).toEqual(none);
    for (const broken of ["{", "[]", '{"spans": 1}']) {
      await store.artifacts.write(trace.tags["mlflow.artifactLocation"] ?? "", "traces.json", broken);
      expect((await spansOf(url))["message"], broken).toContain("is not JSON with a list of spans");
    }
    await store.traces.setTag("tr-1", "mlflow.artifactLocation", "mlflow-artifacts:/../outside");
    expect((await spansOf(url))["error_code"]).toBe("INVALID_PARAMETER_VALUE");
    await store.traces.setTag("tr-1", "mlflow.artifactLocation", "file:///etc");
    expect(await spansOf(url)).toEqual(none);
    expect((await spansOf(url, "tr-none"))["error_code"]).toBe("RESOURCE_DOES_NOT_EXIST");
  });

  it("are at most 2,000, with long values cut", async () => {
    const { url, store, trace } = await traced();
    const many = Array.from({ length: 2500 }, (_, i) =>
      span(`s${i}`, { attributes: { "mlflow.spanInputs": JSON.stringify("x".repeat(9000)) } }),
    );
    await store.artifacts.write(trace.tags["mlflow.artifactLocation"] ?? "", "traces.json", JSON.stringify({ spans: many }));
    const { total, spans } = await spansOf(url);
    expect([total, spans.length]).toEqual([2500, 2000]);
    expect(spans[0].inputs).toHaveLength(2001);
  });
});
