import { LlmopsError } from "../../base/errors/llmops-error.js";
import { metricValue, type Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { findRuns } from "./find-runs.js";

export type Direction = "max" | "min";

export interface BestQuery {
  metric: string;
  direction: Direction;
  experiments: readonly string[] | undefined;
  /** Conditions on other metrics and attributes: see toFilter. */
  where: string | undefined;
}

export interface BestRun {
  run: Run;
  value: number;
  /** The interval the run was logged with, if it was. */
  low: number | null;
  high: number | null;
  /** Runs that had the metric and met the conditions. */
  considered: number;
  /** Runs that have the very same value, this one among them. */
  tied: number;
  /** Runs whose interval reaches the best one's: the metric alone does not tell them apart. */
  overlapping: { run: Run; value: number }[];
}

const ATTRIBUTES = /^(run_id|run_name|status|artifact_uri|user_id|start_time|end_time|created)$/i;
const MOST = 50_000;

/** MLflow's filter of conditions in which a bare name is a metric: "p95<2 AND params.model = 'a'". */
export function toFilter(where: string): string {
  return where
    .split(/\s+AND\s+/i)
    .map((clause) => {
      const [, name = "", rest = ""] = /^\s*([\w/:-]+)(\s*[<>=!].*)$/s.exec(clause) ?? [];
      return name === "" || ATTRIBUTES.test(name) ? clause : `metrics.\`${name}\`${rest}`;
    })
    .join(" AND ");
}

/** The tag of the setting that its sweep found best. */
const SWEEPS_BEST = "llmops.best";

/** The tag of the study that a run belongs to. */
const STUDY = "llmops.study_id";

/**
 * The run with the best value of a metric; of several with the same, one its own sweep found best, else the latest. Settings of studies
 * that are still running do not count. Throws STORE_NOT_FOUND when no run has it and meets the conditions.
 */
export async function findBest(store: TrackingStore, { metric, direction, experiments, where }: BestQuery): Promise<BestRun> {
  const runs = await findRuns(store, {
    experiments,
    filter: where === undefined ? undefined : toFilter(where),
    orderBy: [`metrics.\`${metric}\` ${direction === "max" ? "DESC" : "ASC"}`],
    limit: MOST,
  });
  const ended = runs.filter((run) => !hasRunningMean(run));
  const scored = ended.map((run) => ({ run, ...readInterval(run, metric) })).filter(({ value }) => !Number.isNaN(value));
  const equal = scored.filter(({ value }) => value === scored[0]?.value);
  const best = equal.find(({ run }) => run.tags[SWEEPS_BEST] === "true") ?? equal[0];
  if (!best) throw await nothingFound(store, { metric, direction, experiments, where });
  const overlapping = scored.filter((other) => other !== best && overlap(best, other));
  return { ...best, considered: scored.length, tied: equal.length, overlapping };
}

/** A setting of a study that is still asked: what it has is a mean over few cells, not a result. */
function hasRunningMean({ status, tags }: Run): boolean {
  return status === "RUNNING" && tags[STUDY] !== undefined;
}

async function nothingFound(store: TrackingStore, { metric, experiments, where }: BestQuery): Promise<LlmopsError> {
  const runs = await findRuns(store, { experiments, limit: 1000 });
  const known = [...new Set(runs.flatMap((run) => run.metrics.map(({ key }) => key)))].filter((key) => !/_ci_(low|high)$/.test(key));
  return new LlmopsError("STORE_NOT_FOUND", `No run has the metric "${metric}"${where === undefined ? "" : ` and meets ${where}`}.`, {
    hint: known.length > 0 ? `Metrics there are: ${known.slice(0, 15).join(", ")}.` : "No run has a metric yet: see `llmops mlflow runs`.",
  });
}

interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}

function readInterval(run: Run, metric: string): Interval {
  const bound = (name: string) => metricValue(run, `${metric}_ci_${name}`) ?? null;
  return { value: metricValue(run, metric) ?? Number.NaN, low: bound("low"), high: bound("high") };
}

function overlap(a: Interval, b: Interval): boolean {
  return a.low !== null && a.high !== null && b.low !== null && b.high !== null && a.low <= b.high && b.low <= a.high;
}
