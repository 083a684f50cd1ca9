import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { METRICS, VLLM_METRICS, type MetricDefinition, type MetricName } from "./metric-table.js";

export type Labels = Record<string, string>;

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Gauges of the library whose names are those of counters; the same is there by kind under other names. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** The Prometheus metrics of one server, by the names of the table. */
export class MetricRegistry {
  private readonly registry = new Registry();
  private readonly metrics = new Map<string, Counter | Gauge | Histogram>();
  private readonly refreshers: (() => void | Promise<void>)[] = [];

  /** `vllm` adds vLLM's names; without `custom` only the metrics every inference server of this kind has are exposed. */
  constructor({ vllm = false, custom = true } = {}) {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    const table: Record<string, MetricDefinition> = vllm ? { ...METRICS, ...VLLM_METRICS } : METRICS;
    for (const [name, definition] of Object.entries(table)) {
      if (custom || !name.startsWith("llmops_")) this.metrics.set(name, create(name, definition, this.registry));
    }
  }

  /** Adds to a counter; without effect where the name is one of vLLM's and those are off. */
  add(name: MetricName, labels: Labels = {}, by = 1): void {
    const metric = this.metrics.get(name);
    if (metric instanceof Counter && by > 0) metric.inc(labels, by);
  }

  /** Shows a counter or histogram at 0 before it counts: Prometheus sees no growth in a series that begins at 1. */
  begin(name: MetricName, labels: Labels): void {
    const metric = this.metrics.get(name);
    if (metric instanceof Counter) metric.inc(labels, 0);
    else if (metric instanceof Histogram) metric.zero(labels);
  }

  set(name: MetricName, value: number, labels: Labels = {}): void {
    const metric = this.metrics.get(name);
    if (metric instanceof Gauge) metric.set(labels, value);
  }

  observe(name: MetricName, value: number, labels: Labels = {}): void {
    const metric = this.metrics.get(name);
    if (metric instanceof Histogram) metric.observe(labels, value);
  }

  /** Called before every scrape, for gauges that show what is so now. */
  beforeScrape(refresh: () => void | Promise<void>): void {
    this.refreshers.push(refresh);
  }

  /** Everything as Prometheus reads it: its text format, or OpenMetrics where that is asked for. */
  async expose(accept = ""): Promise<{ type: string; text: string }> {
    for (const refresh of this.refreshers) await refresh();
    const text = await this.registry.metrics();
    if (!accept.includes("application/openmetrics-text")) return { type: TEXT, text };
    return { type: OPEN_METRICS, text: toOpenMetrics(text) };
  }
}

function create(
  name: string,
  { type, help, labels = [], buckets = [] }: MetricDefinition,
  registry: Registry,
): Counter | Gauge | Histogram {
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === "counter") return new Counter(common);
  if (type === "gauge") return new Gauge(common);
  return new Histogram({ ...common, buckets: [...buckets] });
}

/** OpenMetrics names the family of a counter without `_total`, and ends with a mark. */
function toOpenMetrics(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "");
  const counters = lines.filter((line) => /^# TYPE \S+_total counter$/.test(line)).map((line) => line.split(" ")[2] ?? "");
  const families = new Set(counters);
  const renamed = lines.map((line) => {
    const [mark, keyword, name = ""] = line.split(" ");
    if (mark !== "#" || !families.has(name)) return line;
    return line.replace(`# ${keyword} ${name}`, `# ${keyword} ${name.replace(/_total$/, "")}`);
  });
  return `${renamed.join("\n")}\n# EOF\n`;
}
