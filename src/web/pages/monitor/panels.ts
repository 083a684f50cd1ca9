import type { Bound, MonitorStatus } from "../../api/monitors.js";
import { formatIn, type Unit } from "../../format/units.js";

export interface PanelLine {
  metric: string;
  label: string;
}

/** A chart of metrics that share a unit. */
export interface Panel {
  title: string;
  unit: Unit;
  lines: readonly PanelLine[];
  /** Lines that are 0 all the time are left out. */
  isRare?: boolean;
}

const line = (metric: string, label: string): PanelLine => ({ metric, label });

/** What a monitor's run may have, in the order it is shown. */
export const PANELS: readonly Panel[] = [
  {
    ...{ title: "Response time", unit: "seconds" },
    lines: [
      line("p50_response_time_seconds", "median"),
      line("avg_response_time_seconds", "mean"),
      line("p95_response_time_seconds", "p95"),
      line("p99_response_time_seconds", "p99"),
    ],
  },
  { title: "First token", unit: "seconds", lines: [line("p95_first_token_seconds", "p95")] },
  { title: "Time between tokens", unit: "seconds", lines: [line("avg_token_seconds", "mean")] },
  { title: "Requests", unit: "per second", lines: [line("requests_per_second", "requests"), line("goodput", "goodput")] },
  { title: "Errors", unit: "ratio", lines: [line("error_rate", "error rate")] },
  {
    ...{ title: "Tokens in all answers", unit: "per second" },
    lines: [line("generated_tokens_per_second", "generated"), line("prompt_tokens_per_second", "prompts")],
  },
  { title: "Queue", unit: "count", lines: [line("running_requests", "running"), line("queued_requests", "waiting")] },
  { title: "Memory", unit: "bytes", lines: [line("process_memory_bytes", "process"), line("gpu_memory_bytes", "GPU")] },
  {
    ...{ title: "Memory used, of what there is", unit: "ratio" },
    lines: [line("memory_usage", "process"), line("gpu_memory_usage", "GPU"), line("kv_cache_usage", "KV cache")],
  },
  {
    ...{ title: "Cache hits", unit: "ratio" },
    lines: [line("cache_hit_rate", "models"), line("response_cache_hit_rate", "responses")],
  },
  { title: "Probe: time", unit: "seconds", lines: [line("latency_seconds", "answer"), line("first_token_seconds", "first token")] },
  { title: "Probe: speed", unit: "per second", lines: [line("tokens_per_second", "tokens")] },
  {
    ...{ title: "Failures", unit: "count", isRare: true },
    lines: [
      ...[line("errors", "errors of the poll"), line("probe_failures", "failed probes"), line("model_load_failures", "failed model loads")],
      ...[line("provider_faults", "failures of upstreams"), line("tracking_backlog", "waiting for MLflow")],
    ],
  },
  { title: "Availability", unit: "count", lines: [line("up", "up"), line("firing_alerts", "firing alerts")] },
];

/** All metrics of all panels. */
export const PANEL_METRICS: readonly string[] = PANELS.flatMap(({ lines }) => lines.map(({ metric }) => metric));

/** A value that something shown in a panel is held against. */
export interface Limit {
  label: string;
  value: number;
}

/** Where the bounds of objectives are drawn, by what they are about. */
const OBJECTIVE_METRICS: Record<string, string> = {
  ttft: "p95_first_token_seconds",
  itl: "avg_token_seconds",
  e2e: "p95_response_time_seconds",
};

/** The bounds of indicators, alerts, and objectives on a panel's metrics, each value once. */
export function limitsOf({ lines, unit }: Panel, { kpis, rules, slos }: Pick<MonitorStatus, "kpis" | "rules" | "slos">): Limit[] {
  const isShown = (metric: string | undefined) => lines.some((one) => one.metric === metric);
  const of = (bound: Bound, label: string) => (isShown(bound.metric) ? [{ label, value: bound.bound }] : []);
  const inWords = ({ comparator, bound }: Bound) => `${comparator} ${formatIn(unit, bound)}`;
  const found = [
    ...slos.flatMap(({ slo, bound_ms }) => {
      const metric = OBJECTIVE_METRICS[/^\w+/.exec(slo)?.[0] ?? ""];
      return bound_ms !== null && isShown(metric) ? [{ label: `objective ${slo}`, value: bound_ms / 1000 }] : [];
    }),
    ...rules.flatMap(({ name, threshold }) => (threshold ? of(threshold, `alert ${name} ${inWords(threshold)}`) : [])),
    ...kpis.flatMap((kpi) => of(kpi, kpi.kpi)),
  ];
  return found.filter(({ value }, i) => found.findIndex((other) => other.value === value) === i);
}

/** What a server is like at a glance, by measures of its last poll. */
export const GLANCE: readonly { measure: string; name: string; unit: Unit }[] = [
  { measure: "requests_per_second", name: "Requests", unit: "per second" },
  { measure: "p95_response_time", name: "Response, p95", unit: "seconds" },
  { measure: "p95_first_token", name: "First token, p95", unit: "seconds" },
  { measure: "error_rate", name: "Errors", unit: "ratio" },
  { measure: "generated_tokens_per_second", name: "Tokens", unit: "per second" },
  { measure: "running_requests", name: "Running", unit: "count" },
  { measure: "queued_requests", name: "Waiting", unit: "count" },
  { measure: "memory", name: "Memory", unit: "bytes" },
  { measure: "gpu_memory", name: "GPU memory", unit: "bytes" },
  { measure: "probe_latency", name: "Probe", unit: "seconds" },
  { measure: "probe_tokens_per_second", name: "Probe tokens", unit: "per second" },
];

/** The unit of an indicator, by its metric. */
export function unitOf(metric: string): Unit {
  if (/(?:_rate|_usage)$/.test(metric)) return "ratio";
  return PANELS.find(({ lines }) => lines.some((one) => one.metric === metric))?.unit ?? "count";
}

/** So many times the greatest value: a limit farther away would leave the values a line at the bottom. */
const FAR = 4;

/** Limits that are drawn, and those too far from a panel's values, which are only told. */
export function splitLimits(limits: readonly Limit[], most: number): { near: Limit[]; far: Limit[] } {
  const isNear = ({ value }: Limit) => most <= 0 || value <= FAR * most;
  return { near: limits.filter(isNear), far: limits.filter((limit) => !isNear(limit)) };
}
