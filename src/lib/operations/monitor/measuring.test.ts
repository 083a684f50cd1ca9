import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { METRICS } from "../../base/metrics/metric-table.js";
import { holds, parseCondition } from "./condition.js";
import { average, bucketQuantile, evaluate, rate, toPromql, upTo, type Expression } from "./expression.js";
import { History } from "./history.js";
import { checkKpis, parseKpis } from "./kpis.js";
import { detectDialect, MEASURE_NAMES, measureOf } from "./measures.js";
import { readingsOf } from "./expression.js";
import { parsePrometheusText } from "./prometheus-text.js";
import { SeriesTotals } from "./series-totals.js";

function historyOf(expressions: readonly Expression[], texts: readonly string[], intervalMs = 10_000): History {
  const history = new History();
  const totals = new SeriesTotals();
  texts.forEach((text, i) => history.add(totals.take(parsePrometheusText(text), expressions, i * intervalMs)));
  return history;
}

describe("parsePrometheusText", () => {
  it("reads names, labels with escapes, special values, times and exemplars", () => {
    const text = `# HELP a help\n# TYPE a counter\na 1\nb{x="1",y="a\\"b\\\\c\\nd",} 2.5e3 1700000000000\nc_bucket{le="+Inf"} 3 # {id="z"} 0.4 1.5\nd Nan\ne -Inf\nvllm:f{m="{,}"} 7\n# EOF\n`;
    expect(parsePrometheusText(text)).toEqual([
      { name: "a", labels: {}, value: 1 },
      { name: "b", labels: { x: "1", y: 'a"b\\c\nd' }, value: 2500 },
      { name: "c_bucket", labels: { le: "+Inf" }, value: 3 },
      { name: "d", labels: {}, value: Number.NaN },
      { name: "e", labels: {}, value: -Infinity },
      { name: "vllm:f", labels: { m: "{,}" }, value: 7 },
    ]);
  });

  it.each(["<html>", "a{b=1} 2", "a one", 'a{b="x" 2', "a"])("refuses %j, naming the line", async (line) => {
    const error = await errorOf(() => parsePrometheusText(`ok 1\n${line}`));
    expect([error.code, error.message.slice(0, 6)]).toEqual(["ENDPOINT_ERROR", "Line 2"]);
  });
});

describe("windows of a server's metrics", () => {
  const requests = rate("r_total");

  it("sums growth over series, and goes on after a restart from 0", () => {
    const history = historyOf(
      [requests],
      ['r_total{a="1"} 10\nr_total{a="2"} 5', 'r_total{a="1"} 20\nr_total{a="2"} 5', 'r_total{a="1"} 4'],
    );
    expect(evaluate(requests, history.window(20_000)!)).toBeCloseTo((10 + 4) / 20);
    expect(evaluate(requests, history.window(10_000)!)).toBeCloseTo(0.4);
  });

  it("has none of a single look, and takes a longer one as far as there is data", () => {
    const history = historyOf([requests], ["r_total 1"]);
    expect(history.window(1000)).toBeUndefined();
    expect(historyOf([requests], ["r_total 1", "r_total 3"]).window(3_600_000)?.seconds).toBe(10);
  });

  it("keeps so much and no more, however often one looks", () => {
    const history = historyOf(
      [requests],
      Array.from({ length: 20_000 }, (_, i) => `r_total ${i}`),
      1000,
    );
    expect(history.size).toBeLessThan(1000);
    expect(evaluate(requests, history.window(300_000)!)).toBeCloseTo(1, 2);
    expect(evaluate(requests, history.window(3 * 3_600_000)!)).toBeCloseTo(1, 2);
  });

  it("computes means, quantiles as Prometheus does, and shares of a histogram", () => {
    const text = (counts: [number, number, number], sum: number) =>
      `h_bucket{le="0.1"} ${counts[0]}\nh_bucket{le="1.0"} ${counts[1]}\nh_bucket{le="+Inf"} ${counts[2]}\nh_sum ${sum}\nh_count ${counts[2]}`;
    const mean = average("h");
    const within = upTo(1, "h");
    const history = historyOf([mean, within], [text([5, 5, 5], 1), text([15, 20, 25], 11)]);
    const window = history.window(10_000)!;
    expect(evaluate(mean, window)).toBeCloseTo(0.5);
    expect(evaluate(within, window)).toBe(15);
    // ten at most 0.1, five up to 1, five above: the 11th of 20 lies a fifth into the second bucket
    expect(bucketQuantile(0.55, window.buckets("h"))).toBeCloseTo(0.1 + 0.9 * 0.2);
    expect(bucketQuantile(0.99, window.buckets("h"))).toBe(1);
    expect(bucketQuantile(0.5, [])).toBeUndefined();
  });

  it("knows nothing rather than something wrong where nothing happened", () => {
    const history = historyOf([average("h")], ["h_sum 1\nh_count 1", "h_sum 1\nh_count 1"]);
    expect(evaluate(average("h"), history.window(10_000)!)).toBeUndefined();
  });
});

describe("measures", () => {
  it("only name metrics that llmops serve has", () => {
    const known = new Set(Object.keys(METRICS));
    const built = /^process_(resident_memory_bytes)$/;
    for (const name of MEASURE_NAMES) {
      for (const dialect of ["llmops", "inference"] as const) {
        const expression = measureOf(name).of?.[dialect];
        for (const reading of expression ? readingsOf(expression) : []) {
          const family = reading.name.replace(/_(sum|count)$/, "");
          expect(known.has(reading.name) || known.has(family) || built.test(reading.name), `${name}: ${reading.name}`).toBe(true);
        }
      }
    }
  });

  it("tell whose metrics they are", () => {
    expect(detectDialect(new Set(["llmops_requests_in_flight", "vllm:num_requests_running"]))).toBe("llmops");
    expect(detectDialect(new Set(["vllm:num_requests_running"]))).toBe("vllm");
    expect(detectDialect(new Set(["llamacpp:requests_processing"]))).toBe("llamacpp");
    expect(detectDialect(new Set(["api_requests_total"]))).toBe("inference");
    expect(detectDialect(new Set(["node_cpu_seconds_total"]))).toBeUndefined();
  });

  it("are written in PromQL that does not stumble over what is not there", () => {
    const promql = toPromql(measureOf("error_rate").of!.llmops!, "5m", 'job="x"');
    expect(promql).toContain('sum(rate(successful_inferences_total{job="x"}[5m])) or vector(0)');
    expect(toPromql(upTo(2, "h"), "1h")).toBe('(sum(increase(h_bucket{le=~"2|2\\\\.0"}[1h])) or vector(0))');
  });
});

describe("conditions", () => {
  it.each([
    ["p95_response_time<1s", "p95_response_time", 1],
    ["avg_response_time <= 500ms", "avg_response_time", 0.5],
    ["error_rate > 5%", "error_rate", 0.05],
    ["success_rate>0.99", "success_rate", 0.99],
    ["memory<4GB", "memory", 4e9],
    ["queued_requests>=10", "queued_requests", 10],
  ])("reads %j", (text, measure, bound) => expect(parseCondition(text)).toMatchObject({ measure, bound }));

  it.each([
    ["p95_response_tme<1s", "Did you mean p95_response_time?"],
    ["p95_response_time<1", "with ms, s, m"],
    ["p95_response_time", "Write it as"],
    ["error_rate>5ms", "with %"],
  ])("refuses %j and says what to write", async (text, hint) => {
    const error = await errorOf(() => parseCondition(text));
    expect(error.hint).toContain(hint);
  });

  it("hold, do not hold, or cannot be told", () => {
    const condition = parseCondition("error_rate>5%");
    expect([holds(condition, { error_rate: 0.06 }), holds(condition, { error_rate: 0.05 }), holds(condition, {})]).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  it("make up the usual indicators, once each", () => {
    const kpis = parseKpis(["default", "error_rate<1%", "queued_requests<5"]);
    expect(kpis).toHaveLength(10);
    const [average500, , , rps] = checkKpis(kpis, { avg_response_time: 0.4, requests_per_second: 3 });
    expect([average500?.state, rps?.state]).toEqual(["passed", "failed"]);
    expect(checkKpis(kpis, {}).every(({ state, value }) => state === "no data" && value === null)).toBe(true);
  });
});
