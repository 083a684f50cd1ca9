import type { ChalkInstance } from "chalk";
import type { SloStatus } from "../operations/monitor/burn-rate.js";
import { formatMeasure } from "../operations/monitor/format-measure.js";
import type { KpiResult } from "../operations/monitor/kpis.js";
import { parseCondition } from "../operations/monitor/condition.js";
import type { MeasureName } from "../operations/monitor/measures.js";
import type { Observation } from "../operations/monitor/monitor.js";
import { formatDuration } from "../base/config/duration.js";
import { formatTime } from "./plain-table.js";
import { sparkline } from "./sparkline.js";

const CURVES: readonly [MeasureName, string][] = [
  ["requests_per_second", "requests"],
  ["generated_tokens_per_second", "tokens"],
  ["p95_response_time", "p95 answer"],
  ["p95_first_token", "p95 first token"],
  ["error_rate", "errors"],
  ["queued_requests", "queue"],
  ["memory", "memory"],
  ["gpu_memory", "GPU memory"],
  ["kv_cache_usage", "KV cache"],
  ["probe_latency", "probe"],
  ["probe_tokens_per_second", "probe tokens"],
];
const CURVE_WIDTH = 40;
const KEPT = 120;
const LAST_ERRORS = 3;
const LONGEST_ERROR = 160;

/** The newest observations of a server, for a picture that is drawn again and again. */
export class ServerHistory {
  readonly observations: Observation[] = [];
  readonly errors: { time: number; text: string }[] = [];

  add(observation: Observation): void {
    this.observations.push(observation);
    this.observations.splice(0, Math.max(0, this.observations.length - KEPT));
    this.errors.push(...observation.errors.map((text) => ({ time: observation.time, text })));
    this.errors.splice(0, Math.max(0, this.errors.length - LAST_ERRORS));
  }
}

/** A server at a glance: state, curves, indicators, objectives, alerts, last errors. */
export function renderDashboard({ observations, errors }: ServerHistory, chalk: ChalkInstance): string {
  const latest = observations.at(-1);
  if (!latest) return "";
  return [
    `${latest.up ? chalk.green("●") : chalk.red("●")} ${chalk.bold(latest.target)} ${chalk.dim(`${latest.dialect ?? "no metrics"}, poll ${latest.step + 1}, ${formatTime(latest.time)}`)}`,
    ...CURVES.flatMap(([name, label]) => curve(observations, { name, label }, chalk)),
    ...renderVerdicts(latest, chalk),
    ...errors.map(({ time, text }) => chalk.dim(`  ${formatTime(time).slice(11)} ${shorten(text)}`)),
  ].join("\n");
}

function curve(
  observations: readonly Observation[],
  { name, label }: { name: MeasureName; label: string },
  chalk: ChalkInstance,
): string[] {
  const values = observations.map(({ measured }) => measured[name]);
  if (values.every((value) => value === undefined)) return [];
  const line = sparkline(values, CURVE_WIDTH).padStart(CURVE_WIDTH);
  return [`  ${label.padEnd(16)}${chalk.cyan(line)}  ${formatMeasure(name, values.at(-1))}`];
}

/** Indicators, objectives and alerts, a line each. */
export function renderVerdicts({ kpis, slos, alerts, time }: Observation, chalk: ChalkInstance): string[] {
  const isKnown = kpis.some(({ state }) => state !== "no data");
  const unknown = kpis.length > 0 && !isKnown ? [chalk.dim(`  ? none of the ${kpis.length} indicators is known`)] : [];
  return [
    ...(isKnown ? kpis.map((kpi) => `  ${renderKpi(kpi, chalk)}`) : unknown),
    ...slos.map((slo) => `  ${renderSlo(slo, chalk)}`),
    ...alerts.map(
      ({ state, name, severity, since, evidence }) =>
        `  ${state === "firing" ? chalk.red("FIRING") : chalk.yellow("pending")} ${severity} ${name} for ${formatDuration(time - since)}: ${shorten(evidence)}`,
    ),
  ];
}

/** One line for logs and pipes. */
export function renderLine({ time, target, up, measured, alerts, errors, probe }: Observation): string {
  const names = [
    "requests_per_second",
    "generated_tokens_per_second",
    "p95_response_time",
    "error_rate",
    "queued_requests",
    "memory",
  ] as const;
  const known = names.flatMap((name) =>
    measured[name] === undefined ? [] : [`${name}=${formatMeasure(name, measured[name]).replace(" ", "")}`],
  );
  const probed =
    probe && probe.error === undefined
      ? [
          `probe=${formatMeasure("probe_latency", probe.latencySeconds).replace(" ", "")}`,
          `probe_tokens_per_second=${formatMeasure("probe_tokens_per_second", probe.tokensPerSecond)}`,
        ]
      : [];
  const firing = alerts.filter(({ state }) => state === "firing").map(({ name }) => name);
  const parts = [...known, ...probed, ...(firing.length > 0 ? [`firing=${firing.join(",")}`] : [])];
  return `${new Date(time).toISOString()} ${target} ${up ? "up" : "DOWN"} ${parts.join(" ")}${errors.length > 0 ? ` errors: ${errors.join("; ")}` : ""}`;
}

/** An indicator with its value, colored by its state. */
function renderKpi({ kpi, value, state }: KpiResult, chalk: ChalkInstance): string {
  const { measure } = parseCondition(kpi);
  const color = state === "passed" ? chalk.green : state === "failed" ? chalk.red : chalk.dim;
  return color(`${state === "passed" ? "✓" : state === "failed" ? "✗" : "?"} ${kpi} (${formatMeasure(measure, value)})`);
}

/** An objective with its share, error budget and how fast that burns. */
function renderSlo({ slo, attained, met, requests, error_budget_left: left, burn }: SloStatus, chalk: ChalkInstance): string {
  if (attained === null) return chalk.dim(`? ${slo}: no requests yet`);
  const burning = burn.filter(({ exceeded }) => exceeded).map(({ factor }) => `${factor}x`);
  const color = met ? chalk.green : chalk.red;
  const budget = left === null ? "" : `, ${formatBudget(left)}`;
  const text = `${met ? "✓" : "✗"} ${slo}: ${Number((attained * 100).toPrecision(5))} % of ${Math.round(requests)}${budget}`;
  return `${color(text)}${burning.length > 0 ? chalk.red(`, burning too fast (${burning.join(", ")})`) : ""}`;
}

function formatBudget(left: number): string {
  if (left >= 0) return `${Number((left * 100).toPrecision(3))} % of the error budget left`;
  return `${Number((1 - left).toPrecision(3))} times the error budget used`;
}

function shorten(text: string): string {
  return text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR - 1)}…` : text;
}
