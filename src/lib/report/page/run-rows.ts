import { keyed } from "../../tracking/keyed.js";
import type { Run } from "../../tracking/records.js";
import { toWireNumber } from "../../tracking/wire/values.js";
import type { WireRow } from "../../tracking/wire/views.js";
import { PARENT_TAG } from "../../tracking/mlflow-tags.js";

/** Tags can be whole documents. */
const LONGEST_TAG = 500;

/** A row of the web application; other results have no times. */
export type ShownRow = Omit<WireRow, "start_time"> & { start_time: number | null };

/** A run as a row of the web application. How many points its metrics have is said by `points`; one each without it. */
export function runRow(run: Run, points: (key: string) => number = () => 1): WireRow {
  const { runId, runName, experimentId, status, lifecycleStage, startTime, endTime, userId, params, tags } = run;
  const metrics = run.metrics.map(({ key, value, step }) => {
    const last = toWireNumber(value);
    return [key, { last, min: last, max: last, step, points: points(key) }] as const;
  });
  return {
    ...{ run_id: runId, run_name: runName, experiment_id: experimentId, status, lifecycle_stage: lifecycleStage },
    ...{ start_time: startTime, end_time: endTime, user_id: userId, parent_run_id: tags[PARENT_TAG] ?? null, children: 0, params },
    metrics: keyed([...metrics]),
    tags: keyed(Object.entries(tags).map(([key, value]) => [key, value.slice(0, LONGEST_TAG)])),
  };
}

/** A result that is not a run, with the means of its scores and their intervals, as a row of the web application. */
export function resultRow(id: string, name: string, means: Readonly<Record<string, Mean>>): ShownRow {
  const metrics = Object.entries(means).flatMap(([score, { mean, low, high }]) => [
    [score, mean] as const,
    ...(low === null || high === null ? [] : [[`${score}_ci_low`, low] as const, [`${score}_ci_high`, high] as const]),
  ]);
  return {
    ...{ run_id: id, run_name: name, experiment_id: "", status: "FINISHED", lifecycle_stage: "active", user_id: "" },
    ...{ start_time: null, end_time: null, parent_run_id: null, children: 0, params: {}, tags: {} },
    metrics: keyed(metrics.map(([key, value]) => [key, { last: toWireNumber(value), points: 1 }])),
  };
}

interface Mean {
  mean: number;
  low: number | null;
  high: number | null;
}
