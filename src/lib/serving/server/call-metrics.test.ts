import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../base/errors/codes.js";
import { MetricRegistry } from "../../base/metrics/metric-registry.js";
import { CallMetrics } from "./call-metrics.js";
import type { CallRecord } from "./call-record.js";

function counting() {
  const registry = new MetricRegistry({ vllm: true });
  const metrics = new CallMetrics(registry, []);
  const note = (own: Partial<CallRecord>): void => {
    metrics.begin();
    metrics.end({ model: "m", version: "none", domain: undefined, finishReason: "stop", totalMs: 2, ...own } as CallRecord);
  };
  const series = async (name: string) => (await registry.expose()).text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return { note, series, text: async () => (await registry.expose()).text };
}

describe("the series of calls", () => {
  it("stay few, whatever names clients and upstream servers make up", async () => {
    const { note, text } = counting();
    for (let i = 0; i < 5000; i++) note({ model: `m${i}`, domain: `d${i}`, finishReason: `f${i}` });
    const few = (await text()).split("\n").length;
    for (let i = 5000; i < 10_000; i++) note({ model: `m${i}"\n\\`, domain: `d${i}`, finishReason: `f${i}` });
    expect((await text()).split("\n").length).toBeLessThan(few + 100);
    expect(few).toBeLessThan(6000);
  });

  it("are of models that were there: names that are refused do not crowd them out", async () => {
    const { note, series } = counting();
    const refusals: ErrorCode[] = ["MODEL_NOT_FOUND", "ENDPOINT_REFUSED", "ABORTED", "RATE_LIMITED"];
    for (let i = 0; i < 400; i++) note({ model: `made-up-${i}`, errorCode: refusals[i % refusals.length] });
    note({ model: "real" });
    note({ model: "down", errorCode: "ENDPOINT_UNREACHABLE" });
    expect(await series("successful_inferences_total")).toEqual([expect.stringContaining('model="real"')]);
    const failed = await series("failed_inferences_total");
    expect(failed).toHaveLength(refusals.length + 1);
    expect(failed.join("\n")).toContain('model="down"');
  });

  it("are each there once: names that are the same on the wire are one", async () => {
    const { note, series } = counting();
    for (const model of ["\ud800", "\udbff", `${"x".repeat(119)}\u{1f600}`, `${"x".repeat(119)}\u{1f680}\u{1f680}`]) note({ model });
    const sent = (await series("successful_inferences_total")).map((line) => Buffer.from(line).toString("utf8"));
    expect(sent.map((line) => line.replace(/ \d+$/, ""))).toHaveLength(new Set(sent.map((line) => line.replace(/ \d+$/, ""))).size);
  });
});
