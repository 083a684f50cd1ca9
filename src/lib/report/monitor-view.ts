import type { ChalkInstance } from "chalk";
import type { SloStatus } from "../operations/monitor/burn-rate.js";
import { formatMeasure } from "../operations/monitor/format-measure.js";
import type { KpiResult } from "../operations/monitor/kpis.js";
import { parseCondition } from "../operations/monitor/condition.js";
import type { Observation } from "../operations/monitor/monitor.js";
import { formatDuration } from "../base/config/duration.js";

const LONGEST_ERROR = 160;

/** Indicators, objectives and alerts, a line each. */
export function renderVerdicts({ kpis, slos, alerts, time }: Observation, chalk: ChalkInstance): string[] {
  const isKnown = kpis.some(({ state }) => state !== "no data");
  const unknown = kpis.length > 0 && !isKnown ? [chalk.dim(`  ? none of the ${kpis.length} indicators is known`)] : [];
  return [
    ...(isKnown ? kpis.map((kpi) => `  ${renderKpi(kpi, chalk)}`) : unknown),
    ...slos.map((slo) => `  ${renderSlo(slo, chalk)}`),
    ...renderAlerts({ alerts, time }, chalk),
  ];
}

/** Alerts, a line each. */
function renderAlerts({ alerts, time }: Pick<Observation, "alerts" | "time">, chalk: ChalkInstance): string[] {
  return alerts.map(
    ({ state, name, severity, since, evidence }) =>
      `  ${state === "firing" ? chalk.red("FIRING") : chalk.yellow("pending")} ${severity} ${name} for ${formatDuration(time - since)}: ${shorten(evidence)}`,
  );
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

/** An error or its evidence, at a length that people read. */
export function shorten(text: string): string {
  return text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR - 1)}…` : text;
}
