import type { RunsReport } from "../../lib/base/pages/report-data.js";
import type { RunColumns, RunRow, RunsQuery } from "../api/documents.js";
import { compareValues, toNumber } from "../format/numbers.js";

type Window = RunsQuery & { offset: number; limit: number };
type Value = string | number | undefined;

/** The runs of a file in the order that is asked for, a window at a time. */
export function recordedRuns({ runs }: RunsReport): (request: Window) => object {
  const all = runs as readonly RunRow[];
  return ({ order_by = [], offset, limit }) => {
    const sorted = sortRuns(all, order_by[0] ?? "");
    return { is_current: true, total: all.length, offset, runs: sorted.slice(offset, offset + limit) };
  };
}

/** Runs by a term of an order as the server takes it; those without a value come last. */
function sortRuns(runs: readonly RunRow[], term: string): readonly RunRow[] {
  const [, kind = "", key = "", direction = ""] = /^(metrics|params|tags|attributes)\.`?(.+?)`? (ASC|DESC)$/.exec(term) ?? [];
  if (kind === "") return runs;
  const sign = direction === "DESC" ? -1 : 1;
  const keyed = runs.map((run) => ({ run, value: valueOf(run, kind, key) }));
  return keyed.sort((a, b) => compareKnown(a.value, b.value, sign)).map(({ run }) => run);
}

function valueOf(run: RunRow, kind: string, key: string): Value {
  if (kind === "params") return run.params[key];
  if (kind === "tags") return run.tags[key];
  if (kind === "attributes") return (run[key as keyof RunRow] as Value | null) ?? undefined;
  const [, name = key, of = "last"] = /^(.+)\.(min|max)$/.exec(key) ?? [];
  const value = toNumber(run.metrics[name]?.[of as "last" | "min" | "max"]);
  return Number.isNaN(value) ? undefined : value;
}

function compareKnown(a: Value, b: Value, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : compareValues(String(a), String(b)));
}

interface HistoryRequest {
  run_ids: string | readonly string[];
  metric_key: string;
}

/** The history of a metric in some runs. */
export function recordedCurves({ curves }: RunsReport): (request: HistoryRequest) => object {
  return ({ run_ids, metric_key: key }) => {
    const asked = new Set(typeof run_ids === "string" ? [run_ids] : run_ids);
    const found = curves.filter((curve) => curve.key === key && asked.has(curve.run_id));
    return {
      metrics: found.flatMap(({ run_id, points }) => points.map(([step, timestamp, value]) => ({ run_id, key, step, timestamp, value }))),
    };
  };
}

/** Which metrics and parameters runs have. */
export function columnsOf(runs: readonly RunRow[]): RunColumns {
  const params = new Map<string, string[]>();
  const metrics = new Map<string, number[]>();
  for (const run of runs) {
    for (const [key, value] of Object.entries(run.params)) params.set(key, [...(params.get(key) ?? []), value]);
    for (const [key, { last }] of Object.entries(run.metrics)) metrics.set(key, [...(metrics.get(key) ?? []), toNumber(last)]);
  }
  return {
    ...{ is_current: true, total: runs.length, statuses: {}, tags: [] },
    metrics: [...metrics].map(([key, values]) => {
      return { key, runs: values.length, min: Math.min(...values), max: Math.max(...values) };
    }),
    params: [...params].map(([key, values]) => ({ key, runs: values.length, distinct: new Set(values).size, values: [] })),
  };
}
