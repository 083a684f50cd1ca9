import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Span, Trace } from "../../api/traces.js";
import { readValue, writeValue } from "./assessment-value.js";
import { spanReach, spanTree } from "./span-tree.js";
import { readTraceSearch, tracesQuery } from "./trace-search.js";
import { requestOf, responseOf } from "./trace-texts.js";

function span(span_id: string, parent_id: string | null, start_ms = 0): Span {
  const empty = { inputs: null, outputs: null, attributes: {}, events: [] };
  return { span_id, parent_id, name: span_id, type: null, start_ms, duration_ms: 2, status: "OK", message: null, ...empty };
}

describe("the tree of spans", () => {
  it("has each span below its parent, in order of time", () => {
    const tree = spanTree([span("root", null), span("a", "root", 1), span("b", "root", 3), span("a1", "a", 2)]);
    expect(tree.map(({ span: { span_id }, depth }) => [span_id, depth])).toEqual([
      ["root", 0],
      ["a", 1],
      ["a1", 2],
      ["b", 1],
    ]);
    expect(spanReach([span("a", null, 1), span("b", null, 3)])).toBe(5);
  });

  it("has every span once, whatever their parents are", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.array(fc.option(id)), (ids, parents) => {
        const spans = ids.map((one, i) => span(one, parents[i] ?? null, i));
        const tree = spanTree(spans);
        expect(tree.map((one) => one.span.span_id).sort()).toEqual([...ids].sort());
        for (const [i, { depth }] of tree.entries()) expect(depth).toBeLessThanOrEqual((tree[i - 1]?.depth ?? -1) + 1);
      }),
      { endOnFailure: true },
    );
  });
});

it("reads a filter where one begins, and words otherwise", () => {
  expect(readTraceSearch(" status = 'ERROR' ")).toEqual({ filter: "status = 'ERROR'" });
  expect(readTraceSearch("feedback.quality = '1' AND tags.`a b` LIKE 'x%'")).toHaveProperty("filter");
  expect(readTraceSearch("name of the capital")).toEqual({ words: "name of the capital" });
  expect(readTraceSearch("")).toEqual({});
  expect(tracesQuery({ experiment: "1,2", run: "r", state: "ERROR", search: "execution_time > 5", sort: "slowest" })).toEqual({
    ...{ experiment_ids: ["1", "2"], run_id: "r", filter: "status = 'ERROR' AND execution_time > 5" },
    order_by: ["execution_time_ms DESC"],
  });
});

it("reads a value back as it wrote it", () => {
  expect([readValue("0.5"), readValue("true"), readValue(" good "), readValue('["a"]'), readValue('"5"')]).toEqual([
    0.5,
    true,
    "good",
    ["a"],
    "5",
  ]);
  const value = fc.oneof(
    fc.string().map((text) => text.trim()),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string()),
  );
  fc.assert(
    fc.property(value, (one) => {
      if (one !== "") expect(readValue(writeValue(one))).toEqual(one);
    }),
    { endOnFailure: true },
  );
});

it("keeps whole numbers digit by digit, in texts and in what is typed", () => {
  const trace_metadata = { "mlflow.traceInputs": '{"id": 12345678901234567890}', "mlflow.traceOutputs": '"**done**"' };
  const trace = { trace_metadata, request_preview: "cut" } as unknown as Trace;
  expect(requestOf(trace)).toEqual({ text: '{"id": 12345678901234567890}', isCut: false });
  expect(responseOf(trace)).toEqual({ text: "**done**", isCut: false });
  expect(requestOf({ ...trace, trace_metadata: { "mlflow.traceInputs": '{"id": 1234' } })).toEqual({ text: "cut", isCut: false });
  expect(readValue("12345678901234567890")).toBe("12345678901234567890");
  expect(readValue('{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}');
  expect(readValue("9007199254740991")).toBe(9007199254740991);
});
