import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, evaluate, increase, quantile, upTo } from "./expression.js";
import { toWindow } from "./history.js";
import { parsePrometheusText } from "./prometheus-text.js";
import { SeriesTotals, type SavedTotals } from "./series-totals.js";
import { emptySnapshot } from "./snapshot.js";

const within = upTo(1, "h");
const all = upTo(Infinity, "h");
const p99 = quantile(0.99, "h");

/** What scrapes after the first one grew by, however often the monitor is started again. */
function counted(texts: readonly string[], { restarts = false } = {}) {
  const expressions = [within, all, p99, increase("c_total"), increase("h_count")];
  let totals = new SeriesTotals();
  const sum = { within: 0, all: 0, c: 0, count: 0, p99: undefined as number | undefined };
  let previous = totals.take(parsePrometheusText(texts[0] ?? ""), expressions, 0);
  for (const [i, text] of texts.slice(1).entries()) {
    if (restarts) {
      totals = new SeriesTotals(JSON.parse(JSON.stringify(totals.saved)) as SavedTotals);
      previous = emptySnapshot(previous.time);
    }
    const now = totals.take(parsePrometheusText(text), expressions, (i + 1) * 1000);
    const window = toWindow(previous, now);
    const grown = { within: evaluate(within, window) ?? 0, all: evaluate(all, window) ?? 0 };
    if (grown.all > 0) expect(grown.within).toBeLessThanOrEqual(grown.all);
    sum.within += grown.within;
    sum.all += grown.all;
    sum.c += evaluate(increase("c_total"), window) ?? 0;
    sum.count += evaluate(increase("h_count"), window) ?? 0;
    sum.p99 = evaluate(p99, window);
    previous = now;
  }
  return sum;
}

const both = [{ restarts: false }, { restarts: true }];
/** A histogram with so many observations up to 1, up to 5, and in all. */
const histogram = ([one, five, all]: [number, number, number], { inf = true, count = true, labels = "" } = {}) =>
  [
    `h_bucket{${labels}le="1"} ${one}`,
    `h_bucket{${labels}le="5"} ${five}`,
    ...(inf ? [`h_bucket{${labels}le="+Inf"} ${all}`] : []),
    ...(count ? [`h_count{${labels}} ${all}`] : []),
  ].join("\n");

describe.each(both)("what a server counted, its monitor started again: $restarts", (options) => {
  it("is all of a histogram by its count, where that has no bucket +Inf", () => {
    const texts = [histogram([0, 0, 0], { inf: false }), histogram([900, 950, 1000], { inf: false })];
    expect(counted(texts, options)).toMatchObject({ within: 900, all: 1000, p99: 5 });
  });

  it("is a histogram's count by its bucket +Inf, where it has no count", () => {
    expect(counted([histogram([0, 0, 0], { count: false }), histogram([9, 9, 10], { count: false })], options)).toMatchObject({
      count: 10,
    });
  });

  it("is not known of a histogram that has neither", () => {
    const bare = { inf: false, count: false };
    expect(counted([histogram([0, 0, 0], bare), histogram([9, 9, 10], bare)], options)).toMatchObject({ all: 0, p99: undefined });
  });

  it("begins with a series' first value, and a histogram's parts all with the last of them", () => {
    const late = [histogram([900, 900, 1000], { inf: false, count: false }), histogram([990, 990, 1100]), histogram([1080, 1080, 1200])];
    expect(counted(late, options)).toMatchObject({ within: 90, all: 100 });
    expect(counted(["d_total 1", "c_total 500", "c_total 510"], options)).toMatchObject({ c: 10 });
  });

  it("goes on after a restart, also where the new process has counted more than the old one", () => {
    const start = (seconds: number, text: string) => `process_start_time_seconds ${seconds}\n${text}`;
    expect(counted([start(1, "c_total 5"), start(1, "c_total 6"), start(90, "c_total 9")], options)).toMatchObject({ c: 10 });
    // the process says nothing of it, but everything went down
    expect(counted(['c_total{a="1"} 50', 'c_total{a="1"} 3\nc_total{a="2"} 4'], options)).toMatchObject({ c: 7 });
    expect(counted([histogram([1, 50, 50]), histogram([2, 3, 4])], options)).toMatchObject({ within: 2, all: 4 });
  });

  it("never is more than truly was, and never has more good ones than there are, whatever is left out of scrapes", () => {
    const step = fc.record({
      one: fc.nat(20),
      more: fc.nat(20),
      inf: fc.boolean(),
      count: fc.boolean(),
      hidden: fc.boolean(),
      isRestarted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), (steps) => {
        let [one, all, started, truth] = [0, 0, 1, 0];
        const texts = steps.map(({ one: good, more, inf, count, hidden, isRestarted }, i) => {
          if (isRestarted) [one, all, started] = [0, 0, started + 100];
          [one, all, truth] = [one + good, all + good + more, i === 0 ? 0 : truth + good + more];
          const own = hidden ? "" : histogram([one, one, all], { inf, count, labels: 'm="a",' });
          return `process_start_time_seconds ${started}\n${own}`;
        });
        const sum = counted(texts, options);
        expect(sum.all).toBeLessThanOrEqual(truth);
        if (steps.every(({ hidden, inf, count }) => !hidden && (inf || count))) expect(sum.all).toBe(truth);
      }),
      { endOnFailure: true },
    );
  });
});

describe("a series that is added to another", () => {
  it("does not grow by what the other has", () => {
    const totals = new SeriesTotals();
    const sum = add(increase("c_total"), increase("c_total", { label: "a", values: ["1"] }));
    const first = totals.take(parsePrometheusText('c_total{a="1"} 1\nc_total{a="2"} 1'), [sum, sum], 0);
    const last = totals.take(parsePrometheusText('c_total{a="1"} 3\nc_total{a="2"} 4'), [sum, sum], 1000);
    expect(evaluate(sum, toWindow(first, last))).toBe(5 + 2);
  });
});
