import { METRICS, type MetricDefinition } from "../../base/metrics/metric-table.js";
import type { Slo } from "../slo/slo.js";
import { countedSeries } from "./counted-series.js";
import { add, increase, upTo, type Expression } from "./expression.js";
import { OBJECTIVE_HISTOGRAMS, SUCCESS, type Dialect } from "./measures.js";
import type { PrometheusSample } from "./prometheus-text.js";

/** Where the requests of an objective are counted. */
export interface SloSource {
  /** The server's own counters for this very objective, a histogram, or counts of failures. */
  kind: "counters" | "histogram" | "failures";
  good: Expression;
  total: Expression;
  /** The bound that is really looked at, where it is not the objective's: a histogram only knows its own edges. */
  boundSeconds?: number;
}

/**
 * How an objective is counted by the metrics of a server: exactly where it counts that objective itself (`serve --slo`), else by
 * the nearest edge of a histogram at or below the bound, so that it is never taken for better than it is. Undefined where the
 * server has nothing of the kind, or no edge so low, and then the probe's own requests are what there is.
 */
export function sloSource(slo: Slo, dialect: Dialect, samples?: readonly PrometheusSample[]): SloSource | undefined {
  const counts = samples?.some(({ name, labels }) => name === "llmops_slo_requests_total" && labels["slo"] === slo.text);
  if (counts === true) {
    const where = { label: "slo", values: [slo.text] };
    return {
      kind: "counters",
      good: increase("llmops_slo_good_requests_total", where),
      total: increase("llmops_slo_requests_total", where),
    };
  }
  if (slo.measure === "success") {
    if (dialect !== "llmops" && dialect !== "inference") return undefined;
    return { kind: "failures", good: SUCCESS.succeeded, total: add(SUCCESS.failed, SUCCESS.succeeded) };
  }
  const { [dialect]: histogram } = OBJECTIVE_HISTOGRAMS[slo.measure];
  if (histogram === undefined) return undefined;
  const bound = slo.boundMs / 1000;
  const edge = edgesOf(histogram, samples).findLast((own) => own <= bound * (1 + 1e-9));
  if (edge === undefined) return undefined;
  return {
    kind: "histogram",
    good: upTo(edge, histogram),
    total: upTo(Infinity, histogram),
    ...(Math.abs(edge - bound) > 1e-9 * bound && { boundSeconds: edge }),
  };
}

/**
 * The finite edges of a histogram, ascending: those that all of the server's series have, or ours where nothing of the server is known.
 * None where the server does not say how many observations there are: it has neither a bucket +Inf nor a count.
 */
function edgesOf(histogram: string, samples: readonly PrometheusSample[] | undefined): number[] {
  const ours: Record<string, MetricDefinition> = METRICS;
  if (!samples) return [...(ours[histogram]?.buckets ?? [])];
  const series = countedSeries(samples, new Set([`${histogram}_bucket`, `${histogram}_count`]));
  const [first = [], ...others] = series.map(({ parts }) => Object.keys(parts).map(Number));
  const shared = first.filter((edge) => others.every((edges) => edges.includes(edge)));
  return shared.includes(Infinity) ? shared.filter(Number.isFinite).sort((a, b) => a - b) : [];
}
