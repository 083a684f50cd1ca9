import type { Dashboard as GrafanaDashboard, Panel as GrafanaPanel } from "@grafana/schema";
import { toPromql, type Expression } from "./expression.js";
import { measureOf, type Dialect, type MeasureName, type Unit } from "./measures.js";

/** Values as they stand in the file, where Grafana's types have enums of a package that is not there at run time. */
type Plain<T> = T extends string ? `${T}` : T extends number ? number : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Dashboard = Plain<GrafanaDashboard>;
type Panel = Plain<GrafanaPanel>;

/** What is drawn together. */
interface Drawing {
  title: string;
  unit: string;
  lines: readonly (readonly [MeasureName, string])[];
}

const DRAWINGS: readonly Drawing[] = [
  {
    title: "Requests",
    unit: "reqps",
    lines: [
      ["requests_per_second", "requests"],
      ["goodput", "goodput"],
    ],
  },
  { title: "Errors", unit: "percentunit", lines: [["error_rate", "error rate"]] },
  {
    ...{ title: "Response time", unit: "s" },
    lines: [
      ["avg_response_time", "mean"],
      ["p50_response_time", "p50"],
      ["p95_response_time", "p95"],
      ["p99_response_time", "p99"],
    ],
  },
  {
    title: "First token, time between tokens",
    unit: "s",
    lines: [
      ["p95_first_token", "first token p95"],
      ["avg_token_time", "between tokens"],
    ],
  },
  {
    title: "Tokens",
    unit: "short",
    lines: [
      ["generated_tokens_per_second", "generated/s"],
      ["prompt_tokens_per_second", "prompts/s"],
    ],
  },
  {
    title: "Running and waiting",
    unit: "short",
    lines: [
      ["running_requests", "running"],
      ["queued_requests", "waiting"],
    ],
  },
  {
    title: "Memory",
    unit: "bytes",
    lines: [
      ["memory", "process"],
      ["gpu_memory", "GPU"],
    ],
  },
  {
    title: "Memory used of what there is",
    unit: "percentunit",
    lines: [
      ["memory_usage", "memory"],
      ["gpu_memory_usage", "GPU"],
      ["kv_cache_usage", "KV cache"],
    ],
  },
  {
    title: "Caches",
    unit: "percentunit",
    lines: [
      ["cache_hit_rate", "model cache hits"],
      ["response_cache_hit_rate", "response cache hits"],
    ],
  },
  {
    title: "Faults",
    unit: "short",
    lines: [
      ["model_load_failures", "models not loaded"],
      ["provider_faults", "upstream faults"],
      ["tracking_backlog", "MLflow backlog"],
    ],
  },
];
const INDICATORS: readonly [MeasureName, string, number, number][] = [
  ["success_rate", "Success", 0.99, 1],
  ["p95_response_time", "p95", 1, -1],
  ["requests_per_second", "Requests/s", 0, 1],
  ["generated_tokens_per_second", "Tokens/s", 0, 1],
];
const UNITS: Record<Unit, string> = { seconds: "s", bytes: "bytes", ratio: "percentunit", "per second": "short", count: "short" };
const SELECTOR = 'job=~"$job"';
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const PANEL = { width: 12, height: 8 };
const STAT = { width: 6, height: 4 };
/** The layout of dashboards Grafana 12 and 13 read. */
const SCHEMA_VERSION = 39;

/** A Grafana dashboard of what this kind of server's metrics tell, by the same expressions as `llmops monitor`. */
export function grafanaDashboard(dialect: Dialect): Dashboard {
  const known = (name: MeasureName): Expression | undefined => measureOf(name).of?.[dialect];
  const stats = INDICATORS.filter(([name]) => known(name)).map(([name, title, bound, direction], i) =>
    statPanel(i, { title, unit: UNITS[measureOf(name).unit], expr: promql(known(name)), bound, direction }),
  );
  const drawn = DRAWINGS.map((drawing) => ({ ...drawing, lines: drawing.lines.filter(([name]) => known(name)) })).filter(
    ({ lines }) => lines.length > 0,
  );
  const charts = drawn.map(({ title, unit, lines }, i) =>
    chartPanel(stats.length + i, i, { title, unit, targets: lines.map(([name, legend]) => ({ expr: promql(known(name)), legend })) }),
  );
  return {
    uid: `llmops-${dialect}`,
    title: dialect === "llmops" ? "llmops" : `llmops: ${dialect}`,
    tags: ["llmops"],
    timezone: "browser",
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", label: "Data source", query: "prometheus" },
        {
          ...{ name: "job", type: "query", label: "Job", datasource: DATASOURCE, includeAll: true, multi: true, refresh: 2 },
          query: `label_values(${firstMetric(known)}, job)`,
          current: { selected: true, text: "All", value: "$__all" },
        },
      ],
    },
    panels: [...stats, ...charts],
  };
}

function firstMetric(known: (name: MeasureName) => Expression | undefined): string {
  const expression = known("queued_requests") ?? known("running_requests");
  return expression && "name" in expression ? expression.name : "up";
}

function promql(expression: Expression | undefined): string {
  return expression ? toPromql(expression, "$__rate_interval", SELECTOR) : "";
}

function statPanel(
  index: number,
  { title, unit, expr, bound, direction }: { title: string; unit: string; expr: string; bound: number; direction: number },
): Panel {
  const [below, above] = direction > 0 ? ["red", "green"] : ["green", "red"];
  const steps =
    bound === 0
      ? [{ value: null, color: "blue" }]
      : [
          { value: null, color: below },
          { value: bound, color: above },
        ];
  return {
    ...{ id: index + 1, type: "stat", title, datasource: DATASOURCE },
    gridPos: { x: index * STAT.width, y: 0, w: STAT.width, h: STAT.height },
    targets: [{ refId: "A", expr, datasource: DATASOURCE }],
    fieldConfig: { defaults: { unit, thresholds: { mode: "absolute", steps } }, overrides: [] },
    options: { reduceOptions: { calcs: ["lastNotNull"] } },
  };
}

function chartPanel(
  id: number,
  index: number,
  { title, unit, targets }: { title: string; unit: string; targets: readonly { expr: string; legend: string }[] },
): Panel {
  return {
    ...{ id: id + 1, type: "timeseries", title, datasource: DATASOURCE },
    gridPos: { x: (index % 2) * PANEL.width, y: STAT.height + Math.floor(index / 2) * PANEL.height, w: PANEL.width, h: PANEL.height },
    targets: targets.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode(65 + i),
      expr,
      legendFormat: legend,
      datasource: DATASOURCE,
    })),
    fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 8, showPoints: "never" } }, overrides: [] },
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
  };
}
