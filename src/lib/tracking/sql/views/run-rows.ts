import type { MetricSummary, RunRow } from "../../store-views.js";
import { together, type Connection } from "../connection.js";
import { keyed } from "../../keyed.js";
import { IN_LIST, inList, readKeyed } from "../keyed-values.js";
import { readRunInfos } from "../read-runs.js";
import { PARENT_TAG } from "../../mlflow-tags.js";

const LONGEST_TAG = 200;
const NOTE_TAG = /^mlflow\.note(\.|$)/;

/** The runs of these ids as rows of a table, in the order of the ids; "last" leaves the histories of metrics alone. */
export async function readRunRows(db: Connection, runIds: readonly string[], depth?: "last"): Promise<RunRow[]> {
  if (runIds.length === 0) return [];
  const [infos, params, tags, metrics, children] = await together(
    readRunInfos(db, runIds),
    readKeyed(db, { table: "params", owner: "run_uuid" }, runIds),
    readKeyed(db, { table: "tags", owner: "run_uuid" }, runIds),
    depth === "last" ? readLastValues(db, runIds) : readMetricSummaries(db, runIds),
    countChildren(db, runIds),
  );
  return runIds.flatMap((id) => {
    const info = infos.get(id);
    if (!info) return [];
    const { runId, runName, experimentId, status, lifecycleStage, startTime, endTime, userId } = info;
    const all = tags.get(id) ?? {};
    const parentRunId = all[PARENT_TAG] ?? null;
    return [
      {
        ...{ runId, runName, experimentId, status, lifecycleStage, startTime, endTime, userId, parentRunId },
        ...{ children: children.get(id) ?? 0, params: params.get(id) ?? {}, metrics: metrics.get(id) ?? {}, tags: shortTags(all) },
      },
    ];
  });
}

function shortTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(tags).filter(([key]) => !NOTE_TAG.test(key));
  return keyed(kept.map(([key, value]) => [key, cutText(value)]));
}

/** No half of a surrogate pair is left at the end. */
function cutText(value: string): string {
  return value.length <= LONGEST_TAG ? value : value.slice(0, LONGEST_TAG).replace(/[\uD800-\uDBFF]$/u, "");
}

async function readLastValues(db: Connection, runIds: readonly string[]): Promise<Map<string, Record<string, MetricSummary>>> {
  const found = new Map<string, Record<string, MetricSummary>>();
  const rows = await db.rows<[run: string, key: string, value: number | null]>(
    `SELECT run_uuid, "key", CASE WHEN is_nan THEN NULL ELSE value END FROM latest_metrics WHERE run_uuid IN ${IN_LIST} ORDER BY rowid`,
    inList(runIds),
  );
  for (const [run, key, value] of rows) {
    const own = found.get(run) ?? keyed([]);
    own[key] = { last: toDouble(value) };
    found.set(run, own);
  }
  return found;
}

async function readMetricSummaries(db: Connection, runIds: readonly string[]): Promise<Map<string, Record<string, MetricSummary>>> {
  const list = inList(runIds);
  const found = new Map<string, Record<string, MetricSummary>>();
  const latest = await db.rows<[run: string, key: string, value: number, step: number, isNan: number]>(
    `SELECT run_uuid, "key", value, step, is_nan FROM latest_metrics WHERE run_uuid IN ${IN_LIST} ORDER BY rowid`,
    list,
  );
  for (const [run, key, value, step, isNan] of latest) {
    const last = toDouble(isNan ? null : value);
    const own = found.get(run) ?? keyed([]);
    own[key] = { last, min: last, max: last, step, points: 1 };
    found.set(run, own);
  }
  const histories = await db.rows<[run: string, key: string, min: number | null, max: number | null, points: number]>(
    `SELECT run_uuid, "key", min(CASE WHEN is_nan THEN NULL ELSE value END), max(CASE WHEN is_nan THEN NULL ELSE value END), count(*) FROM metrics
     WHERE run_uuid IN ${IN_LIST} GROUP BY run_uuid, "key" HAVING count(*) > 1`,
    list,
  );
  for (const [run, key, min, max, points] of histories) {
    const summary = found.get(run)?.[key];
    if (summary) Object.assign(summary, { min: toDouble(min), max: toDouble(max), points });
  }
  return found;
}

/** A stored value: NaN for none, and an infinity for the largest double that stands for it. */
export function toDouble(value: number | null): number {
  if (value === null) return Number.NaN;
  return Math.abs(value) === Number.MAX_VALUE ? Math.sign(value) * Infinity : value;
}

async function countChildren(db: Connection, runIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.rows<[parent: string, children: number]>(
    `SELECT t.value, count(*) FROM tags t INDEXED BY llmops_tag_values JOIN runs c ON c.run_uuid = t.run_uuid AND c.lifecycle_stage = 'active'
     WHERE t."key" = '${PARENT_TAG}' AND t.value IN ${IN_LIST} GROUP BY t.value`,
    inList(runIds),
  );
  return new Map(rows);
}
