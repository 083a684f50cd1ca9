import { axisEnds } from "./axis-ends.js";
import { chartGrid, timeChart, type TimeLine } from "./charts.js";
import type { MonitorSeries } from "./monitor-series.js";
import { formatTime } from "./plain-table.js";

interface Panel {
  title: string;
  unit: string;
  /** Metrics with what they are called in the legend; a pattern takes all it matches. */
  lines: readonly (readonly [metric: string | RegExp, label: string])[];
  factor?: number;
  /** Between what values can be; lower ones are drawn as the lower of them. */
  within?: readonly [number, number];
}

const SHARE = { unit: "%", factor: 100, within: [0, 100] } as const;

/** What is drawn, in this order, of what there is. The first three are those of the documented dashboard. */
const PANELS: readonly Panel[] = [
  { title: "Memory", unit: "GB", lines: [["memory_allocated_gb", "allocated"]] },
  { title: "Generation speed of the probe", unit: "tokens/s", lines: [["tokens_per_second", "tokens/s"]] },
  {
    title: "Latency of the probe",
    unit: "s",
    lines: [
      ["latency_seconds", "answer"],
      ["first_token_seconds", "first token"],
    ],
  },
  {
    ...{ title: "Response time", unit: "s" },
    lines: [
      ["avg_response_time_seconds", "mean"],
      ["p50_response_time_seconds", "p50"],
      ["p95_response_time_seconds", "p95"],
      ["p99_response_time_seconds", "p99"],
    ],
  },
  {
    title: "First token, time between tokens",
    unit: "s",
    lines: [
      ["p95_first_token_seconds", "first token, p95"],
      ["avg_token_seconds", "between tokens"],
    ],
  },
  {
    title: "Requests",
    unit: "1/s",
    lines: [
      ["requests_per_second", "requests"],
      ["goodput", "goodput"],
    ],
  },
  {
    title: "Tokens in all answers",
    unit: "tokens/s",
    lines: [
      ["generated_tokens_per_second", "generated"],
      ["prompt_tokens_per_second", "prompts"],
    ],
  },
  { title: "Errors", ...SHARE, lines: [["error_rate", "error rate"]] },
  {
    title: "Caches",
    ...SHARE,
    lines: [
      ["cache_hit_rate", "model cache hits"],
      ["response_cache_hit_rate", "response cache hits"],
      ["kv_cache_usage", "KV cache used"],
    ],
  },
  {
    title: "Queue",
    unit: "requests",
    lines: [
      ["running_requests", "running"],
      ["queued_requests", "waiting"],
    ],
  },
  {
    title: "Share of memory used",
    ...SHARE,
    lines: [
      ["memory_usage", "memory"],
      ["gpu_memory_usage", "GPU memory"],
    ],
  },
  { title: "Error budget left (to -100 %)", ...SHARE, within: [-100, 100], lines: [[/^slo_(.*)_error_budget_left$/, ""]] },
  {
    title: "Availability, alerts",
    unit: "",
    lines: [
      ["up", "up"],
      ["firing_alerts", "firing alerts"],
    ],
  },
];
/** A pause so much longer than usual is a gap. */
const GAP_FACTOR = 3;

/** Every chart there are numbers for, as SVG. */
export async function monitorCharts({ metrics }: MonitorSeries): Promise<string[]> {
  const drawn = PANELS.map(async ({ title, unit, lines, factor = 1, within }) => {
    const shown = lines
      .flatMap(([metric, label]) => findLines(metrics, metric, label))
      .map((line) => prepare(line, { factor, floor: within?.[0] ?? -Infinity }));
    const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
    return shown.length === 0 ? [] : [await timeChart(title, unit, shown, within && axisEnds(values, within))];
  });
  return (await Promise.all(drawn)).flat();
}

/** One picture with every chart, as SVG. */
export async function monitorSvg(series: MonitorSeries): Promise<string> {
  return chartGrid(headingOf(series), await monitorCharts(series));
}

function headingOf(series: MonitorSeries): string {
  return `${series.name}   ${spanOf(series)}`;
}

function spanOf({ metrics }: MonitorSeries): string {
  const times = [...metrics.values()].flatMap((points) => [points[0]?.[0], points.at(-1)?.[0]]).filter((time) => time !== undefined);
  return times.length === 0
    ? "nothing was seen"
    : `${formatTime(times.reduce((a, b) => Math.min(a, b)))} to ${formatTime(times.reduce((a, b) => Math.max(a, b)))}`;
}

function findLines(metrics: MonitorSeries["metrics"], metric: string | RegExp, label: string): TimeLine[] {
  if (typeof metric === "string") {
    const points = metrics.get(metric);
    return points ? [{ name: label, points }] : [];
  }
  return [...metrics].flatMap(([key, points]) => {
    const match = metric.exec(key);
    return match ? [{ name: match[1] ?? key, points }] : [];
  });
}

/** Values in the panel's unit; the line breaks where nobody looked. */
function prepare({ name, points }: TimeLine, { factor, floor }: { factor: number; floor: number }): TimeLine {
  const steps = points.slice(1).map(([time], i) => time - (points[i]?.[0] ?? time));
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? Infinity;
  const broken = points.flatMap(([time, value], i): [number, number | null][] => {
    const own: [number, number | null] = [time, value === null ? null : Math.max(floor, value * factor)];
    const step = steps[i - 1];
    return step !== undefined && step > GAP_FACTOR * usual ? [[time - step / 2, null], own] : [own];
  });
  return { name, points: broken };
}
