import type { ChalkInstance } from "chalk";
import { counted } from "../base/errors/counted.js";
import { formatDuration } from "../base/config/duration.js";
import { formatMeasure } from "../operations/monitor/format-measure.js";
import type { MeasureName } from "../operations/monitor/measures.js";
import type { Observation } from "../operations/monitor/monitor.js";
import { displayWidth, shortenMiddle, wrapProse } from "./display-width.js";
import { renderVerdicts, shorten } from "./monitor-view.js";
import { formatTime } from "./plain-table.js";
import type { Screen } from "./screen.js";
import type { ServerHistory } from "./server-history.js";
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
const CURVE = { label: 16, width: 40 } as const;
/** Two of these fit into 80 columns. */
const SMALL_CURVE = { label: 13, width: 12, value: 12 } as const;
/** In front of what stands below a server's name. */
const INDENT = 2;
/** Of a name that is shortened, in columns. */
const MIN_NAME = 12;
/** What a line of a server has room for. */
const MAIN: readonly [MeasureName, string][] = [
  ["requests_per_second", ""],
  ["generated_tokens_per_second", ""],
  ["p95_response_time", "p95 "],
  ["error_rate", "errors "],
  ["queued_requests", "queue "],
];

/** A server as it was seen last, and before. */
interface Seen {
  latest: Observation;
  history: ServerHistory;
}

/**
 * All servers in at most `height` lines of the screen: in full where there is room, otherwise the more briefly the more there are. Where
 * a line for each is still too much, those that are worst off come first, with the number of the others.
 */
export function renderServers(histories: readonly ServerHistory[], screen: Screen, height: number): string {
  const seen = histories.flatMap((history): Seen[] => {
    const latest = history.observations.at(-1);
    return latest ? [{ latest, history }] : [];
  });
  const pictures = [
    () => seen.map((one) => renderFull(one, screen.chalk)).join("\n\n"),
    () => seen.map((one) => renderSmall(one, screen)).join("\n"),
    () => seen.map((one) => renderBrief(one, screen)).join("\n"),
  ];
  for (const picture of pictures) {
    const text = picture();
    if (wrapProse(text, screen.width).split("\n").length <= height) return text;
  }
  const lines = seen.toSorted((a, b) => trouble(b) - trouble(a)).map((one) => renderLine(one, screen));
  if (lines.length <= height) return lines.join("\n");
  return [...lines.slice(0, height - 1), screen.chalk.dim(`and ${lines.length - height + 1} more`)].join("\n");
}

/** State, curves, indicators, objectives, alerts, last errors. */
function renderFull({ latest, history: { observations, errors } }: Seen, chalk: ChalkInstance): string {
  return [
    renderHead(latest, { chalk, width: Infinity }),
    ...CURVES.flatMap(([name, label]) => {
      const values = valuesOf(observations, name);
      if (!values) return [];
      const line = sparkline(values, CURVE.width).padStart(CURVE.width);
      return [`  ${label.padEnd(CURVE.label)}${chalk.cyan(line)}  ${formatMeasure(name, values.at(-1))}`];
    }),
    ...renderVerdicts(latest, chalk),
    ...errors.map(({ time, text }) => chalk.dim(`  ${formatTime(time).slice(11)} ${shorten(text)}`)),
  ].join("\n");
}

/** The same, two curves in a line, and of indicators and objectives only those that do not hold. */
function renderSmall({ latest, history: { observations } }: Seen, screen: Screen): string {
  const { chalk, width } = screen;
  const curves = CURVES.flatMap(([name, label]) => {
    const values = valuesOf(observations, name);
    if (!values) return [];
    const line = sparkline(values, SMALL_CURVE.width).padStart(SMALL_CURVE.width);
    const value = formatMeasure(name, values.at(-1)).padStart(SMALL_CURVE.value);
    return [`  ${shortenMiddle(label, SMALL_CURVE.label).padEnd(SMALL_CURVE.label)}${chalk.cyan(line)}${value}`];
  });
  const isWide = width >= 2 * (SMALL_CURVE.label + SMALL_CURVE.width + SMALL_CURVE.value + 2);
  const rows = isWide ? curves.flatMap((curve, i) => (i % 2 === 0 ? [curve + (curves[i + 1] ?? "")] : [])) : curves;
  const { kpis, slos } = latest;
  const failing = { ...latest, kpis: kpis.filter(({ state }) => state === "failed"), slos: slos.filter(({ met }) => met === false) };
  return [renderHead(latest, screen), ...rows, ...renderVerdicts(failing, chalk), ...renderHolding(latest, chalk)].join("\n");
}

function renderHolding({ kpis, slos }: Observation, chalk: ChalkInstance): string[] {
  const counts = [
    [kpis.filter(({ state }) => state === "passed").length, "indicator"],
    [slos.filter(({ met }) => met === true).length, "objective"],
  ] as const;
  const parts = counts.flatMap(([count, noun]) => (count > 0 ? [counted(count, noun)] : []));
  return parts.length === 0 ? [] : [chalk.green(`  ✓ met: ${parts.join(", ")}`)];
}

/** State and the main numbers, and what fires. */
function renderBrief({ latest }: Seen, screen: Screen): string {
  const alerts = firing(latest).map(({ severity, name, since }) => {
    return screen.chalk.red(fit(`FIRING ${severity} ${name} for ${formatDuration(latest.time - since)}`, screen));
  });
  return [renderHead(latest, screen), ...[fit(mainNumbers(latest), screen), ...alerts].map((line) => `  ${line}`)].join("\n");
}

/** A server in one line. */
function renderLine({ latest }: Seen, screen: Screen): string {
  const { chalk, width } = screen;
  const names = firing(latest).map(({ name }) => name);
  const alerts = names.length === 0 ? "" : `FIRING ${names.join(", ")} `;
  const target = shortenMiddle(latest.target, Math.max(MIN_NAME, Math.floor(width / 2)));
  const rest = fit(`${target}  ${alerts}${mainNumbers(latest)}`, screen);
  return `${light(latest, chalk)} ${names.length > 0 || !latest.up ? chalk.red(rest) : rest}`;
}

function renderHead(latest: Observation, { chalk, width }: Screen): string {
  const more = `${latest.dialect ?? "no metrics"}, poll ${latest.step + 1}, ${formatTime(latest.time)}`;
  const target = shortenMiddle(latest.target, Math.max(MIN_NAME, width - INDENT - displayWidth(more) - 1));
  return `${light(latest, chalk)} ${chalk.bold(target)} ${chalk.dim(more)}`;
}

function light({ up }: Observation, chalk: ChalkInstance): string {
  return up ? chalk.green("●") : chalk.red("●");
}

function mainNumbers({ up, measured }: Observation): string {
  const known = MAIN.flatMap(([name, label]) => (measured[name] === undefined ? [] : [`${label}${formatMeasure(name, measured[name])}`]));
  return [...(up ? [] : ["DOWN"]), ...known].join(" · ");
}

function firing({ alerts }: Observation): Observation["alerts"] {
  return alerts.filter(({ state }) => state === "firing");
}

/** Down is worse than any alert, and a critical one than warnings. */
function trouble({ latest }: Seen): number {
  const alerts = firing(latest);
  return (latest.up ? 0 : 1000) + (alerts.some(({ severity }) => severity === "critical") ? 100 : 0) + alerts.length;
}

/** Undefined where the server has none. */
function valuesOf(observations: readonly Observation[], name: MeasureName): (number | undefined)[] | undefined {
  const values = observations.map(({ measured }) => measured[name]);
  return values.some((value) => value !== undefined) ? values : undefined;
}

/** A line below a server's name, as far as there is room for it. */
function fit(text: string, { width }: Screen): string {
  return shortenMiddle(text, Math.max(1, width - INDENT));
}
