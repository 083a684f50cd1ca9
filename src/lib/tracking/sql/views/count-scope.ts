import type { RunScope } from "../../store-views.js";
import type { Connection } from "../connection.js";
import { stageIs } from "../experiments.js";
import type { RunConditions } from "../run-search.js";
import { ofExperiments } from "./scope.js";
import { PARENT_TAG } from "../../mlflow-tags.js";

/**
 * How many runs a scope without words has; `conditions` are those of the scope. All roots are all runs but the children, which an index has
 * together: to ask each run for its parent takes several times as long.
 */
export async function countScope(db: Connection, scope: RunScope, conditions: RunConditions): Promise<number> {
  if (scope.parent !== "roots" || (scope.filter ?? "").trim() !== "" || scope.group) return countRuns(db, conditions);
  const [own, stage] = [ofExperiments(scope.experimentIds), stageIs("r.lifecycle_stage", scope.viewType ?? "ACTIVE_ONLY")];
  const sql = `SELECT count(*) AS n FROM runs r WHERE ${own.text} AND ${stage.text}`;
  const all = (await db.get<{ n: number }>(sql, ...own.values, ...stage.values))?.n ?? 0;
  return all - (await countChildren(db, scope));
}

async function countRuns(db: Connection, { joins, where }: RunConditions): Promise<number> {
  const sql = `SELECT count(*) AS n FROM runs r ${joins.text} WHERE ${where.text}`;
  return (await db.get<{ n: number }>(sql, ...joins.values, ...where.values))?.n ?? 0;
}

/** Runs of the scope whose parent is shown too: by the different parents, one search of the index for each. */
async function countChildren(db: Connection, { experimentIds, viewType = "ACTIVE_ONLY" }: RunScope): Promise<number> {
  const own = ofExperiments(experimentIds);
  const [ofParent, ofRun] = [stageIs("p.lifecycle_stage", viewType), stageIs("r.lifecycle_stage", viewType)];
  const tags = `tags INDEXED BY llmops_tag_values WHERE "key" = '${PARENT_TAG}'`;
  const found = await db.get<{ n: number }>(
    `WITH RECURSIVE parents (id) AS (SELECT min(value) FROM ${tags} UNION ALL
       SELECT (SELECT min(value) FROM ${tags} AND value > parents.id) FROM parents WHERE parents.id IS NOT NULL)
     SELECT count(*) AS n FROM parents
     CROSS JOIN runs p INDEXED BY llmops_runs_by_id ON p.run_uuid = parents.id AND ${ofParent.text}
     CROSS JOIN tags t INDEXED BY llmops_tag_values ON t."key" = '${PARENT_TAG}' AND t.value = parents.id
     CROSS JOIN runs r INDEXED BY llmops_runs_by_id ON r.run_uuid = t.run_uuid AND ${own.text} AND ${ofRun.text}`,
    ...[...ofParent.values, ...own.values, ...ofRun.values],
  );
  return found?.n ?? 0;
}
