import { LlmopsError } from "../../base/errors/llmops-error.js";
import { metricValue, type Run } from "../../tracking/records.js";

/** A column of a table of runs: its heading, and a run's value, undefined where it has none. */
export interface RunColumn {
  name: string;
  value(run: Run): string | number | undefined;
}

const ATTRIBUTES: Record<string, (run: Run) => string | number | undefined> = {
  run_id: (run) => run.runId,
  name: (run) => run.runName,
  status: (run) => run.status,
  start_time: (run) => new Date(run.startTime).toISOString(),
  end_time: (run) => (run.endTime === null ? undefined : new Date(run.endTime).toISOString()),
  duration: (run) => (run.endTime === null ? undefined : (run.endTime - run.startTime) / 1000),
  user: (run) => run.tags["mlflow.user"] ?? run.userId,
  experiment_id: (run) => run.experimentId,
};
const MOST = 6;
const BOUNDS = /_ci_(low|high)$/;

/**
 * A column a user names: metrics.KEY, params.KEY, tags.KEY, or one of run_id, name, status, start_time,
 * end_time, duration (seconds), user, experiment_id. Throws INVALID_ARGUMENT.
 */
export function parseColumn(name: string): RunColumn {
  const [, kind, key = ""] = /^(metrics?|params?|tags?)\.(.+)$/.exec(name) ?? [];
  if (kind?.startsWith("metric")) return metricColumn(key);
  if (kind?.startsWith("param")) return { name: key, value: ({ params }) => (Object.hasOwn(params, key) ? params[key] : undefined) };
  if (kind?.startsWith("tag")) return { name: key, value: ({ tags }) => (Object.hasOwn(tags, key) ? tags[key] : undefined) };
  const value = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
  if (value) return { name, value };
  throw new LlmopsError("INVALID_ARGUMENT", `Unknown column "${name}".`, {
    hint: `Columns: metrics.KEY, params.KEY, tags.KEY, ${Object.keys(ATTRIBUTES).join(", ")}.`,
  });
}

/** Params that are not the same in all of the runs (or in all that have them), in the order they first come. */
export function differingParams(runs: readonly Run[], { amongHolders = false } = {}): string[] {
  const keys = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  return keys.filter((key) => {
    const values = runs.map(({ params }) => (Object.hasOwn(params, key) ? params[key] : undefined));
    return new Set(amongHolders ? values.filter((value) => value !== undefined) : values).size > 1;
  });
}

/** The columns shown when nobody asks for others: params that differ (or all), and the most common metrics without their intervals. */
export function defaultColumns(runs: readonly Run[], { allParams = false } = {}): RunColumn[] {
  const everyParam = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  const params = allParams ? everyParam : differingParams(runs, { amongHolders: true }).slice(0, MOST);
  const counts = new Map<string, number>();
  for (const { key } of runs.flatMap(({ metrics }) => metrics)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const metrics = [...counts.keys()].filter((key) => !BOUNDS.test(key) && !key.startsWith("system/"));
  const common = metrics.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)).slice(0, MOST);
  return [...params.map((key) => parseColumn(`params.${key}`)), ...common.map(metricColumn)];
}

function metricColumn(key: string): RunColumn {
  return { name: key, value: (run) => metricValue(run, key) };
}

/** Params in one line: "lr=0.1, epochs=3". */
export function describeParams(params: Readonly<Record<string, string>>): string {
  const text = Object.entries(params)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
  return text === "" ? "none" : text;
}
